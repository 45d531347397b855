// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/locks.h and below: lock files, the runtime folder, sockets left behind.

#include "../../app/weir/setup/locks.h"
#include "../../app/weir/setup/runtime_folder.h"
#include "../../app/weir/setup/socket_files.h"
#include "../../app/weir/setup/socket_group.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// A child that holds a lock until it is killed.
static pid_t
hold(const char *path)
{
	int ends[2];
	char byte;
	pid_t child, holder;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		static struct lock_file lock;

		if (lock_file_take(&lock, path, &holder) != LOCK_FILE_TAKEN)
			_exit(EXIT_FAILURE);
		(void)!write(ends[1], "x", 1);
		pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	return child;
}

static void
end(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
test_lock_file(void **state)
{
	static struct lock_file lock;
	char path[TEMP_PATH_MAX];
	pid_t holder;

	(void)state;
	temp_path(&temp, "lock", path);
	pid_t child = hold(path);

	assert_int_equal(lock_file_take(&lock, path, &holder), LOCK_FILE_HELD);
	assert_int_equal(holder, child);
	end(child);
	assert_int_equal(access(path, F_OK), 0); // a dead process's is no obstacle
	assert_int_equal(lock_file_take(&lock, path, &holder), LOCK_FILE_TAKEN);
	lock_file_free(&lock);
	assert_int_equal(access(path, F_OK), -1);
	temp_path(&temp, "missing/lock", path);
	assert_int_equal(lock_file_take(&lock, path, &holder), LOCK_FILE_FAILED);
}

// What lies in the lock's place is neither followed nor waited for.
static void
test_lock_file_strange(void **state)
{
	static struct lock_file lock;
	char path[TEMP_PATH_MAX], target[TEMP_PATH_MAX];
	struct stat status;
	pid_t holder;

	(void)state;
	temp_path(&temp, "fifo", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(lock_file_take(&lock, path, &holder), LOCK_FILE_FAILED);
	temp_write(&temp, "target", "precious", target);
	temp_path(&temp, "link", path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(lock_file_take(&lock, path, &holder), LOCK_FILE_FAILED);
	assert_int_equal(stat(target, &status), 0);
	assert_int_equal(status.st_size, 8);
}

static void
read_config(struct weir *weir, const char *text)
{
	*weir = (struct weir){.config = config_file_load_valid(text)};
}

static void
forget_config(struct weir *weir)
{
	config_free((struct config *)weir->config);
}

static void
test_socket_names(void **state)
{
	static const char *const mine[] = {"/a", "/b", "/c", "/d"};
	static struct weir weir;
	static struct socket_files files;
	char *extra[] = {
		(char[]){"--vdev"},
		(char[]){"net_memif9,socket-abstract=no,socket=/d,role=server"},
		(char[]){"--vdev"},
	};

	(void)state;
	read_config(
		&weir,
		PORTS "driver = { eal = [ \"--no-pci\",\n"
		      "\"--vdev=net_memif0,role=server,socket=/a,socket-abstract=no\",\n"
		      "\"--vdev=net_memif1,role=server,id=1,socket=/a,socket-abstract=no\",\n"
		      "\"--vdev=net_memif2,role=client,socket=/no1,socket-abstract=no\",\n"
		      "\"--vdev=net_memif3,role=server,socket=/no2\",\n"
		      "\"--vdev=net_memif4,socket=/no3,socket-abstract=no\",\n"
		      "\"--vdev=net_memif5,role=server,socket=no4,socket-abstract=no\",\n"
		      "\"--vdev=net_virtio_user0,path=/b,server=1\",\n"
		      "\"--vdev=net_virtio_user1,path=/no5\",\n"
		      "\"--vdev=net_vhost0,iface=/c\",\n"
		      "\"--vdev=net_vhost1,iface=/no6,client=1\" ]; };\n"
	);
	weir.eal_arguments = extra;
	weir.eal_argument_count = RTE_DIM(extra);
	socket_files_find(&files, &weir);
	assert_int_equal(files.count, RTE_DIM(mine));
	for (unsigned i = 0; i < RTE_DIM(mine); i++)
		assert_string_equal(files.paths[i], mine[i]);
	forget_config(&weir);
}

static int
listen_at(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
test_sockets_left_behind(void **state)
{
	static const int types[] = {SOCK_SEQPACKET, SOCK_STREAM};
	char path[TEMP_PATH_MAX], words[64];
	struct error error;
	bool removed;

	(void)state;
	temp_path(&temp, "socket", path);
	assert_true(socket_file_clear(path, &removed, &error) && !removed);
	for (unsigned i = 0; i < RTE_DIM(types); i++) {
		int fd = listen_at(path, types[i]);

		assert_false(socket_file_clear(path, &removed, &error));
		snprintf(words, sizeof(words), "process %d listens on ", (int)getpid());
		if (types[i] == SOCK_STREAM) // ours is of the other type: who it is stays unknown
			snprintf(words, sizeof(words), "another process has the socket ");
		assert_non_null(strstr(error.text, words));
		assert_int_equal(access(path, F_OK), 0);
		close(fd);
		assert_true(socket_file_clear(path, &removed, &error) && removed);
		assert_int_equal(access(path, F_OK), -1);
	}
	temp_write(&temp, "socket", "precious", path);
	assert_false(socket_file_clear(path, &removed, &error));
	assert_non_null(strstr(error.text, "is not a socket"));
	assert_int_equal(access(path, F_OK), 0);
}

static void
test_prefix(void **state)
{
	static struct weir weir;
	char *extra[] = {(char[]){"--file-prefix"}, (char[]){"theirs"}};

	(void)state;
	read_config(&weir, PORTS "memory = { file_prefix = \"mine\"; };\n");
	assert_string_equal(runtime_folder_prefix(&weir), "mine");
	weir.eal_arguments = extra;
	weir.eal_argument_count = 1;
	assert_string_equal(runtime_folder_prefix(&weir), "mine");
	weir.eal_argument_count = 2;
	assert_string_equal(runtime_folder_prefix(&weir), "theirs");
	forget_config(&weir);
	read_config(&weir, PORTS "driver = { eal = [ \"--file-prefix=other\" ]; };\n");
	assert_string_equal(runtime_folder_prefix(&weir), "other");
	forget_config(&weir);
}

static void
assert_folder(struct weir *weir, bool fit, const char *words)
{
	struct error error = {0};

	assert_int_equal(runtime_folder_up(weir, &error), fit);
	if (strstr(error.text, words) == NULL)
		fail_msg("no \"%s\" in: %s", words, error.text);
}

// Each cause has a sentence of its own.
static void
test_runtime_folder(void **state)
{
	static struct weir weir;
	char path[TEMP_PATH_MAX], file[TEMP_PATH_MAX];
	struct socket_group group;
	struct error error;
	struct stat status;

	(void)state;
	read_config(&weir, PORTS);
	temp_path(&temp, "missing", path);
	setenv("RUNTIME_DIRECTORY", path, 1);
	assert_folder(
		&weir, false, "/missing, for the telemetry socket, cannot be reached: No such"
	);
	setenv("RUNTIME_DIRECTORY", temp.folder, 1);
	assert_folder(&weir, true, "");
	temp_path(&temp, "dpdk/weir", path);
	assert_string_equal(weir.runtime_folder, path);
	assert_int_equal(stat(path, &status), 0);
	assert_true(socket_group_find(weir.config, &group, &error));
	assert_int_equal(status.st_mode & 0777, group.shared ? 0750 : 0700);
	assert_int_equal(status.st_gid, group.id);
	assert_int_equal(chmod(path, 0755), 0);
	assert_folder(&weir, false, "is open to others (mode 755): chmod 700 /");
	assert_int_equal(chmod(path, 0770), 0);
	assert_folder(&weir, false, "is open to others (mode 770): chmod 700 /");
	assert_int_equal(rmdir(path), 0);
	temp_write(&temp, "dpdk/weir", "", file);
	assert_folder(&weir, false, "for the telemetry socket, is not a folder: remove it");
	assert_int_equal(unlink(file), 0);
	temp_path(&temp, "dpdk", path);
	assert_int_equal(chmod(path, 0777), 0);
	assert_folder(
		&weir, false, "/dpdk, for the telemetry socket, is open to others (mode 777)"
	);
	assert_int_equal(chmod(path, 0755), 0);
	assert_folder(&weir, true, "");
	if (geteuid() == 0) {
		temp_path(&temp, "dpdk/weir", path);
		assert_int_equal(chown(path, 12345, 12345), 0);
		assert_folder(&weir, false, "belongs to user 12345, and Weir runs as user 0: ");
	}
	forget_config(&weir);
	read_config(
		&weir,
		PORTS "memory = { file_prefix = "
		      "\"012345678901234567890123456789012345678901234567890123456789\"; };\n"
	);
	temp_path(&temp, "dpdk", path);
	setenv("RUNTIME_DIRECTORY", path, 1);
	assert_folder(&weir, false, "is too long for a folder of sockets: at most 89 bytes");
	forget_config(&weir);
	unsetenv("RUNTIME_DIRECTORY");
}

// Members of control.group can enter the folder, and pass the one around it; nobody can write there.
static void
test_runtime_folder_of_a_group(void **state)
{
	static struct weir weir;
	struct stat status;
	char path[TEMP_PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		skip(); // only root can give it to any group
	read_config(&weir, PORTS "control = { group = \"nogroup\"; };\n");
	setenv("RUNTIME_DIRECTORY", temp.folder, 1);
	assert_folder(&weir, true, "");
	assert_int_equal(stat(weir.runtime_folder, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0750);
	assert_int_equal(status.st_gid, getgrnam("nogroup")->gr_gid);
	temp_path(&temp, "dpdk", path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0711);
	assert_folder(&weir, true, ""); // once more
	forget_config(&weir);
	read_config(&weir, PORTS "control = { group = \"root\"; };\n");
	assert_folder(
		&weir, false, "is open to others (mode 750): chmod 700 /"
	); // not of this group
	forget_config(&weir);
	unsetenv("RUNTIME_DIRECTORY");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lock_file, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_lock_file_strange, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_socket_names, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(
			test_sockets_left_behind, temp_setup, temp_teardown
		),
		cmocka_unit_test_setup_teardown(test_prefix, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_runtime_folder, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(
			test_runtime_folder_of_a_group, temp_setup, temp_teardown
		),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
