// SPDX-License-Identifier: BSD-3-Clause
// app/common/service/capabilities.h: all threads give up what they have, those that leave signals to others, too.

#include "../../app/common/service/capabilities.h"
#include "../../app/common/service/privilege.h"
#include "../support/cmocka_wrap.h"

#include <linux/capability.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, SOMEBODY = 54321 };

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: " #condition "\n", __FILE__, __LINE__);            \
			_exit(EXIT_FAILURE);                                                       \
		}                                                                                  \
	} while (0)

static struct error error;
static bool over;

static uint32_t
effective(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	EXPECT(syscall(SYS_capget, &header, data) == 0);
	return data[0].effective | data[0].permitted | data[1].effective | data[1].permitted;
}

static void *
wait_until_over(void *argument)
{
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		usleep(1000);
	(void)argument;
	return effective() == 0 ? &over : NULL;
}

static void
drop_all(void)
{
	pthread_t threads[THREADS];
	sigset_t others, before;
	void *result;

	EXPECT(effective() != 0 && capabilities_held());
	capabilities_other_signals(&others);
	pthread_sigmask(SIG_SETMASK, &others, &before);
	for (int i = 0; i < THREADS; i++)
		EXPECT(pthread_create(&threads[i], NULL, wait_until_over, NULL) == 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	EXPECT(capabilities_drop(&error));
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (int i = 0; i < THREADS; i++) {
		EXPECT(pthread_join(threads[i], &result) == 0);
		EXPECT(result != NULL);
	}
	EXPECT(effective() == 0 && !capabilities_held());
	EXPECT(socket(AF_PACKET, SOCK_RAW, 0) < 0);
}

// A thread that blocks the signal keeps what it has, and that is told.
static void
drop_in_vain(void)
{
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	EXPECT(pthread_create(&thread, NULL, wait_until_over, NULL) == 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	EXPECT(!capabilities_drop(&error));
	EXPECT(strcmp(error.text, "1 threads keep capabilities of the kernel") == 0);
}

// As systemd starts a service with AmbientCapabilities: a user, who has some.
static void
as_user(void)
{
	EXPECT(prctl(PR_SET_KEEPCAPS, 1) == 0);
	EXPECT(setresuid(SOMEBODY, SOMEBODY, SOMEBODY) == 0);
	EXPECT(capabilities_held());
	EXPECT(capabilities_drop(&error) && !capabilities_held());
}

static void
become(void)
{
	struct privilege_user user;
	gid_t groups[8];

	EXPECT(privilege_find_user("nobody", &user, &error));
	EXPECT(privilege_become(&user, 12345, &error));
	EXPECT(geteuid() == user.uid && getegid() == user.gid && !capabilities_held());
	int count = getgroups(8, groups);

	bool found = false;

	for (int i = 0; i < count; i++)
		found |= groups[i] == 12345;
	EXPECT(found);
	EXPECT(privilege_forbid_more(false, &error));
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_DUMPABLE) == 0);
}

static void
in_child(void (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		body();
		_exit(EXIT_SUCCESS);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
test_of_root(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	in_child(drop_all);
	in_child(drop_in_vain);
	in_child(as_user);
	in_child(become);
}

static void
test_users(void **state)
{
	struct privilege_user user;

	(void)state;
	assert_false(privilege_find_user("no-such-user", &user, &error));
	assert_string_equal(error.text, "there is no such user");
	assert_false(privilege_find_user("root", &user, &error));
	assert_string_equal(error.text, "must not be root: this user serves the network");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_root),
		cmocka_unit_test(test_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
