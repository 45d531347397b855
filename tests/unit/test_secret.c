// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/secret.h: rotations, with a thread in place of the control thread.

#include "../../app/weir/control/control.h"
#include "../../app/weir/setup/errands.h"
#include "../../app/weir/setup/publish.h"
#include "../../app/weir/setup/secret.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/temp_fixture.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW_S = 1700000000, MAX_AGE_S = 120 };

static char path[TEMP_PATH_MAX]; // of the key file
static struct config config = {.connection_id_max_age_s = MAX_AGE_S};
static struct weir weir = {.config = &config};
static struct error error;
static pthread_t control;
static bool stop;

static void *
control_main(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		errands_serve(&weir);
		usleep(100);
	}
	return unused;
}

static int
set_up(void **state)
{
	control_block_signals(); // in all threads: errands wake the control thread with one
	test_eal_init();
	assert_int_equal(temp_setup(state), 0);
	assert_true(publish_up(&weir, &error));
	errands_begin();
	assert_int_equal(pthread_create(&control, NULL, control_main, NULL), 0);
	return 0;
}

static int
tear_down(void **state)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(control, NULL);
	errands_end();
	publish_down(&weir);
	return temp_teardown(state);
}

// A Weir with this key file (NULL: without one) and this secret, at NOW_S.
static void
begin(const char *file, uint8_t byte)
{
	struct connid_secrets secrets = {.masters = {{byte}}};

	config.key_file = file == NULL ? "" : file;
	weir.wall_s = NOW_S;
	keys_set_connid(&weir.keys, &secrets);
	assert_true(publish_settings(&weir, &config));
	if (file != NULL)
		assert_true(keys_write(&secrets, file, &error));
}

static void
set_now(uint32_t now_s)
{
	__atomic_store_n(&weir.wall_s, now_s, __ATOMIC_RELAXED);
}

static struct connid_secrets
rotate(uint32_t in_s)
{
	uint32_t from_s;

	if (!secret_rotate(&weir, in_s, &from_s, &error))
		fail_msg("%s", error.text);
	assert_int_equal(weir.settings->connid.from_s, from_s);
	return weir.settings->connid;
}

// Refused, and nothing has changed.
static void
assert_refused(const char *words)
{
	struct connid_secrets before = weir.settings->connid;
	uint32_t from_s;

	assert_false(secret_rotate(&weir, 600, &from_s, &error));
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, error.text);
	assert_memory_equal(&weir.settings->connid, &before, sizeof(before));
}

// From the start of a slot, at the time or within a slot of it.
static void
test_time_of_the_switch(void **state)
{
	(void)state;
	for (uint32_t in_s = SECRET_IN_S_MIN; in_s < SECRET_IN_S_MIN + 70; in_s++) {
		begin(NULL, 1);
		uint32_t from_s = rotate(in_s).from_s;

		assert_int_equal(from_s % CONNID_SLOT_S, 0);
		assert_in_range(from_s, NOW_S + in_s, NOW_S + in_s + CONNID_SLOT_S - 1);
	}
}

// The file says what is in force, and only its owner reads it.
static void
test_file_is_written(void **state)
{
	struct connid_secrets written;
	struct stat status;

	(void)state;
	temp_path(&temp, "key", path);
	begin(path, 2);
	struct connid_secrets staged = rotate(600);

	assert_true(keys_read(&written, path, &error));
	assert_memory_equal(&written, &staged, sizeof(staged));
	assert_int_equal(staged.masters[0][0], 2);
	assert_memory_not_equal(staged.masters[0], staged.masters[1], CONNID_MASTER_BYTES);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

// A second rotation waits until no id under the old secret is good; then its old one is the new one of before.
static void
test_one_after_the_other(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		begin(i == 0 ? NULL : path, 3);
		struct connid_secrets first = rotate(600);
		uint32_t end_s = first.from_s + MAX_AGE_S + 2 * CONNID_SLOT_S;

		assert_refused("a rotation is under way: the new secret is in force from 2023-11-14"
		);
		set_now(first.from_s);
		assert_refused("the new secret has been in force from");
		set_now(end_s - 1);
		assert_refused("try again then");
		set_now(end_s);
		struct connid_secrets second = rotate(600);

		assert_memory_equal(second.masters[0], first.masters[1], CONNID_MASTER_BYTES);
		assert_memory_not_equal(second.masters[1], first.masters[1], CONNID_MASTER_BYTES);
		assert_in_range(second.from_s, end_s + 600, end_s + 663);
	}
}

// Another tracker, or an operator, has changed the file: that is what counts, as in a reload.
static void
test_file_of_another_tracker(void **state)
{
	struct connid_secrets theirs = {.masters = {{9}, {8}}, .from_s = NOW_S + 640};

	(void)state;
	begin(path, 4);
	assert_true(keys_write(&theirs, path, &error));
	assert_refused("a rotation is under way");
	theirs = (struct connid_secrets){.masters = {{9}}};
	assert_true(keys_write(&theirs, path, &error));
	assert_int_equal(rotate(600).masters[0][0], 9);
}

static void
test_file_that_cannot_be_used(void **state)
{
	(void)state;
	begin(path, 5);
	assert_int_equal(chmod(path, 0640), 0);
	assert_refused("chmod 600");
	assert_int_equal(unlink(path), 0);
	assert_refused(path);
	assert_int_equal(access(path, F_OK), -1);
	if (geteuid() == 0)
		return; // writes everywhere
	begin(path, 5);
	assert_int_equal(chmod(temp.folder, 0500), 0);
	assert_refused("cannot be written");
	assert_int_equal(chmod(temp.folder, 0700), 0);
}

static void
assert_explained(
	const struct connid_secrets *before,
	const struct connid_secrets *next,
	const char *expected
)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	secret_explain(before, next, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void
test_explanations(void **state)
{
	static const char *const staged_line =
		"tracker.key_file: a new secret of connection ids takes over at 2023-11-14 "
		"22:13:20 UTC\n";
	struct connid_secrets one = {.masters = {{1}}}, other = {.masters = {{2}}};
	struct connid_secrets both = {.masters = {{1}, {2}}, .from_s = NOW_S};

	(void)state;
	assert_explained(&one, &one, "");
	assert_explained(&both, &both, "");
	assert_explained(&one, &both, staged_line);
	assert_explained(
		&both,
		&other,
		"tracker.key_file: one secret of connection ids, no change is ahead\n"
	);
	assert_explained(
		&one,
		&other,
		"tracker.key_file: another secret of connection ids: clients have to connect "
		"again\n"
	);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_of_the_switch),
		cmocka_unit_test(test_file_is_written),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_file_of_another_tracker),
		cmocka_unit_test(test_file_that_cannot_be_used),
		cmocka_unit_test(test_explanations),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
