// SPDX-License-Identifier: BSD-3-Clause
// app/telemetry_client/telemetry_socket.h: which of several Weirs is found.

#include "../../app/telemetry_client/telemetry_socket.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOMEBODY = 54321 }; // no root, and nobody's user

static char found[TELEMETRY_PATH_MAX];

static int
setup(void **state)
{
	char path[TEMP_PATH_MAX];

	temp_setup(state);
	unsetenv("RUNTIME_DIRECTORY");
	setenv("XDG_RUNTIME_DIR", temp.folder, 1);
	temp_path(&temp, "dpdk", path);
	assert_int_equal(mkdir(path, 0755), 0);
	temp_path(&temp, "dpdk/prefix-of-a-test", path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(chmod(temp.folder, 0755), 0);
	return 0;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(listen(fd, 5), 0);
	return fd;
}

// As another user than root, who looks in XDG_RUNTIME_DIR.
static void
find(void)
{
	uid_t user = geteuid();

	if (user == 0)
		assert_int_equal(seteuid(SOMEBODY), 0);
	assert_true(telemetry_socket_path("prefix-of-a-test", found));
	assert_int_equal(seteuid(user), 0);
}

static void
test_named_folder_alone(void **state)
{
	(void)state;
	setenv("RUNTIME_DIRECTORY", "/nowhere", 1);
	find();
	assert_string_equal(found, "/nowhere/dpdk/prefix-of-a-test/dpdk_telemetry.v2");
}

static void
test_own_folder(void **state)
{
	char path[TEMP_PATH_MAX];

	(void)state;
	temp_path(&temp, "dpdk/prefix-of-a-test/dpdk_telemetry.v2", path);
	close(listen_at(path));
	find();
	assert_string_equal(found, path); // a dead one, and no other
	unlink(path);
	int fd = listen_at(path);

	find();
	assert_string_equal(found, path);
	close(fd);
}

// /var/run is looked at last: a live one there is better than a dead one of our own.
static void
test_live_before_dead(void **state)
{
	static const char theirs[] = "/var/run/dpdk/prefix-of-a-test/dpdk_telemetry.v2";
	bool made = access("/var/run/dpdk", F_OK) != 0;
	char path[TEMP_PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		skip();
	mkdir("/var/run/dpdk", 0711);
	assert_int_equal(mkdir("/var/run/dpdk/prefix-of-a-test", 0755), 0);
	int fd = listen_at(theirs);

	temp_path(&temp, "dpdk/prefix-of-a-test/dpdk_telemetry.v2", path);
	close(listen_at(path));
	if (made) { // another's folder may be closed to us
		find();
		assert_string_equal(found, theirs);
	}
	close(fd);
	find();
	assert_string_equal(found, path); // two dead ones: the first
	assert_int_equal(unlink(theirs), 0);
	assert_int_equal(rmdir("/var/run/dpdk/prefix-of-a-test"), 0);
	if (made)
		rmdir("/var/run/dpdk");
}

static void
test_too_long(void **state)
{
	char folder[TELEMETRY_PATH_MAX];

	(void)state;
	memset(folder, 'x', sizeof(folder) - 1);
	folder[sizeof(folder) - 1] = '\0';
	setenv("RUNTIME_DIRECTORY", folder, 1);
	assert_false(telemetry_socket_path("weir", found));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, temp_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_named_folder_alone),
		CASE(test_own_folder),
		CASE(test_live_before_dead),
		CASE(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
