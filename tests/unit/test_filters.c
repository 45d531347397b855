// SPDX-License-Identifier: BSD-3-Clause
// app/common/service/filter.h, and the tables of Weir and of the gateway: what a thread does not need ends the process.

#include "../../app/common/service/filter.h"
#include "../../app/weir-gateway/confinement.h"
#include "../../app/weir/setup/filters.h"
#include "../support/cmocka_wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: " #condition "\n", __FILE__, __LINE__);            \
			_exit(EXIT_FAILURE);                                                       \
		}                                                                                  \
	} while (0)

static struct config config = {.seccomp = CONFIG_SECCOMP_ON};
static struct weir weir = {.config = &config};
static struct error error;

// The status of a child that runs `body` and then ends with 0.
static int
status_of(void (*body)(void))
{
	const struct rlimit none = {0, 0};
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		body();
		_exit(EXIT_SUCCESS);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
assert_killed(void (*body)(void))
{
	int status = status_of(body);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void
assert_lives(void (*body)(void))
{
	int status = status_of(body);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void *
do_nothing(void *argument)
{
	return argument;
}

static void
start_thread(void)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
}

static void
run_program(void)
{
	char name[] = "/bin/true";
	char *const words[] = {name, NULL};

	execv(name, words);
}

static void
start_process(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

// --- all threads of Weir --------------------------------------------------------------------------

static void
all_needed(void)
{
	EXPECT(filters_install_all(&weir, &error));
	start_thread();
	int fd = open("/proc/self/status", O_RDONLY);

	EXPECT(fd >= 0);
	close(fd);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	EXPECT(fd >= 0);
	close(fd);
	EXPECT(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS);
	EXPECT(syscall(SYS_bpf, 0, NULL, 0) == -1 && errno == EPERM);
}

static void
all_program(void)
{
	EXPECT(filters_install_all(&weir, &error));
	run_program();
}

static void
all_process(void)
{
	EXPECT(filters_install_all(&weir, &error));
	start_process();
}

static void
all_mount(void)
{
	EXPECT(filters_install_all(&weir, &error));
	syscall(SYS_mount, "a", "/b", "c", 0, NULL);
}

static void
all_trace(void)
{
	EXPECT(filters_install_all(&weir, &error));
	syscall(SYS_ptrace, 0, 0, 0, 0);
}

static void
all_become(void)
{
	EXPECT(filters_install_all(&weir, &error));
	syscall(SYS_setresuid, 0, 0, 0);
}

static void
test_all_threads(void **state)
{
	(void)state;
	if (filters_obstacle() != NULL)
		skip();
	assert_lives(all_needed);
	assert_killed(all_program);
	assert_killed(all_process);
	assert_killed(all_mount);
	assert_killed(all_trace);
	assert_killed(all_become);
}

static int wake[2];

static void *
wait_then_mount(void *argument)
{
	char byte;

	EXPECT(read(wake[0], &byte, 1) == 1);
	syscall(SYS_mount, "a", "/b", "c", 0, NULL);
	return argument;
}

// A thread that was there before, as those of DPDK are.
static void
older_thread(void)
{
	pthread_t thread;

	EXPECT(pipe(wake) == 0);
	EXPECT(pthread_create(&thread, NULL, wait_then_mount, NULL) == 0);
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(write(wake[1], "x", 1) == 1);
	pthread_join(thread, NULL);
}

static void
test_older_threads(void **state)
{
	(void)state;
	if (filters_obstacle() != NULL)
		skip();
	assert_killed(older_thread);
}

// --- lcores ---------------------------------------------------------------------------------------

static void *
install_lcore(void *argument)
{
	EXPECT(filters_install_lcore(&weir, &error));
	return argument;
}

static void
lcore_needed(void)
{
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(filters_install_lcore(&weir, &error));
	usleep(1);
	EXPECT(write(STDERR_FILENO, "", 0) == 0);
	free(malloc(1 << 24));
}

static void
lcore_open(void)
{
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(filters_install_lcore(&weir, &error));
	EXPECT(open("/proc/self/status", O_RDONLY) < 0 && errno == EACCES);
}

static void
lcore_socket(void)
{
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(filters_install_lcore(&weir, &error));
	socket(AF_UNIX, SOCK_DGRAM, 0);
}

static void
lcore_thread(void)
{
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(filters_install_lcore(&weir, &error));
	start_thread();
}

// The filter of an lcore is no other thread's.
static void
beside_lcore(void)
{
	pthread_t thread;

	EXPECT(filters_install_all(&weir, &error));
	EXPECT(pthread_create(&thread, NULL, install_lcore, NULL) == 0);
	EXPECT(pthread_join(thread, NULL) == 0);
	EXPECT(close(open("/proc/self/status", O_RDONLY)) == 0);
}

static void
test_lcores(void **state)
{
	(void)state;
	if (filters_obstacle() != NULL)
		skip();
	assert_lives(lcore_needed);
	assert_lives(beside_lcore);
	assert_lives(lcore_open);
	assert_killed(lcore_socket);
	assert_killed(lcore_thread);
}

// --- modes, and the gateway -----------------------------------------------------------------------

static void
off(void)
{
	config.seccomp = CONFIG_SECCOMP_OFF;
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(prctl(PR_GET_SECCOMP) == 0 || getenv("WEIR_TEST_CONFINED") != NULL);
	EXPECT(syscall(SYS_mount, "a", "/b", "c", 0, NULL) == -1);
}

static void
log_only(void)
{
	config.seccomp = CONFIG_SECCOMP_LOG;
	EXPECT(filters_install_all(&weir, &error));
	EXPECT(syscall(SYS_mount, "a", "/b", "c", 0, NULL) == -1);
}

static void
test_modes(void **state)
{
	(void)state;
	assert_lives(off);
	assert_lives(log_only);
	config.seccomp = CONFIG_SECCOMP_ON;
}

static void
gateway_needed(void)
{
	EXPECT(confinement_begin(&error));
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	EXPECT(fd >= 0);
	close(fd);
}

static void
gateway_open(void)
{
	EXPECT(confinement_begin(&error));
	EXPECT(open("/proc/self/status", O_RDONLY) < 0 && errno == EACCES);
}

static void
gateway_program(void)
{
	EXPECT(confinement_begin(&error));
	run_program();
}

static void
gateway_thread(void)
{
	pthread_t thread;

	EXPECT(confinement_begin(&error));
	pthread_create(&thread, NULL, do_nothing, NULL);
}

static void
test_gateway(void **state)
{
	(void)state;
	if (filters_obstacle() != NULL)
		skip();
	assert_lives(gateway_needed);
	assert_lives(gateway_open);
	assert_killed(gateway_program);
	assert_killed(gateway_thread);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_threads),
		cmocka_unit_test(test_older_threads),
		cmocka_unit_test(test_lcores),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_gateway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
