// SPDX-License-Identifier: BSD-3-Clause
// app/weir/log/log.h and log_sink.h: where messages go, how many, and what happens where nobody reads.

#include "../../app/weir/log/log.h"
#include "../../app/weir/log/log_sink.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <rte_common.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 16 };

static struct temp temp;
static char text[TEXT_MAX];

// What a pipe holds, as text. Does not wait.
static const char *
read_pipe(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	text[len < 0 ? 0 : len] = '\0';
	return text;
}

// --- the sink -----------------------------------------------------------------------------------

static void
set_journal_stream(int fd, ino_t inode_offset)
{
	struct stat status;
	char stream[64];

	assert_int_equal(fstat(fd, &status), 0);
	snprintf(
		stream,
		sizeof(stream),
		"%ju:%ju",
		(uintmax_t)status.st_dev,
		(uintmax_t)(status.st_ino + inode_offset)
	);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

static void
test_auto(void **state)
{
	struct log_sink sink;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	unsetenv("JOURNAL_STREAM");
	assert_true(log_sink_open(&sink, CONFIG_LOG_AUTO, ends[1]));
	assert_int_equal(sink.target, CONFIG_LOG_STDERR);
	set_journal_stream(ends[1], 0);
	assert_true(log_sink_open(&sink, CONFIG_LOG_AUTO, ends[1]));
	assert_int_equal(sink.target, CONFIG_LOG_JOURNAL);
	assert_true(log_sink_open(&sink, CONFIG_LOG_STDERR, ends[1])); // asked for by name
	assert_int_equal(sink.target, CONFIG_LOG_STDERR);
	set_journal_stream(ends[1], 1); // redirected since
	assert_true(log_sink_open(&sink, CONFIG_LOG_AUTO, ends[1]));
	assert_int_equal(sink.target, CONFIG_LOG_STDERR);
	setenv("JOURNAL_STREAM", "nonsense", 1);
	assert_true(log_sink_open(&sink, CONFIG_LOG_AUTO, ends[1]));
	assert_int_equal(sink.target, CONFIG_LOG_STDERR);
	assert_true(log_sink_open(&sink, CONFIG_LOG_JOURNAL, ends[1]));
	assert_int_equal(sink.target, CONFIG_LOG_JOURNAL);
	unsetenv("JOURNAL_STREAM");
	close(ends[0]);
	close(ends[1]);
}

static bool
put(struct log_sink *sink, int priority, const char *line)
{
	return log_sink_write(sink, priority, line, strlen(line), false);
}

static void
test_prefixes(void **state)
{
	static const struct {
		enum config_log_target target;
		const char *expected;
	} rows[] = {
		{CONFIG_LOG_STDERR, "weir: error: a\nhalf a line, its end\nEAL: b\n"},
		{CONFIG_LOG_JOURNAL, "<3>weir: error: a\n<6>half a line, its end\n<7>EAL: b\n"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct log_sink sink;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		assert_true(log_sink_open(&sink, rows[i].target, ends[1]));
		assert_true(put(&sink, LOG_ERR, "weir: error: a\n"));
		assert_true(put(&sink, LOG_INFO, "half a line,"));
		assert_true(put(&sink, LOG_INFO, " its end\n"));
		assert_true(put(&sink, LOG_DEBUG, "EAL: b\n"));
		assert_string_equal(read_pipe(ends[0]), rows[i].expected);
		close(ends[0]);
		close(ends[1]);
	}
}

// A reader that does not read, or has left, and a full disk: the message is lost, nothing else.
static void
test_nobody_reads(void **state)
{
	struct log_sink sink;
	int ends[2];
	unsigned written = 0;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(log_sink_open(&sink, CONFIG_LOG_STDERR, ends[1]));
	while (put(&sink, LOG_INFO, "weir: a line of no great length\n"))
		assert_true(++written < TEXT_MAX);
	assert_true(written > 100);
	assert_int_equal(
		strlen(read_pipe(ends[0])), written * strlen("weir: a line of no great length\n")
	);
	assert_true(put(&sink, LOG_INFO, "weir: room again\n"));
	assert_string_equal(read_pipe(ends[0]), "weir: room again\n");
	close(ends[0]);
	assert_false(put(&sink, LOG_INFO, "weir: nobody there\n")); // and no SIGPIPE
	close(ends[1]);
	assert_false(put(&sink, LOG_INFO, "weir: closed\n"));
	sink.fd = open("/dev/full", O_WRONLY);
	assert_true(sink.fd >= 0);
	assert_false(put(&sink, LOG_INFO, "weir: full\n"));
	close(sink.fd);
}

// At start and at the end a reader is waited for, but once in vain only.
static void
test_patience(void **state)
{
	static char line[] = "weir: a line of no great length\n";
	struct timespec before, after;
	struct log_sink sink;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(log_sink_open(&sink, CONFIG_LOG_STDERR, ends[1]));
	while (put(&sink, LOG_INFO, line))
		;
	assert_false(sink.stuck);
	clock_gettime(CLOCK_MONOTONIC, &before);
	for (unsigned i = 0; i < 100; i++)
		assert_false(log_sink_write(&sink, LOG_INFO, line, sizeof(line) - 1, true));
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(sink.stuck);
	double waited_s = (double)(after.tv_sec - before.tv_sec)
		+ (double)(after.tv_nsec - before.tv_nsec) / 1e9;

	assert_true(waited_s > 0.9 * LOG_SINK_PATIENCE_MS / 1000);
	assert_true(waited_s < 10.0 * LOG_SINK_PATIENCE_MS / 1000);
	read_pipe(ends[0]);
	assert_true(log_sink_write(&sink, LOG_INFO, line, sizeof(line) - 1, true));
	assert_false(sink.stuck);
	close(ends[0]);
	close(ends[1]);
}

// Longer than what a pipe takes at once.
static void
test_long_line(void **state)
{
	static char line[20000];
	struct log_sink sink;
	int ends[2];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	assert_int_equal(pipe(ends), 0);
	assert_true(log_sink_open(&sink, CONFIG_LOG_STDERR, ends[1]));
	assert_true(log_sink_write(&sink, LOG_INFO, line, sizeof(line), false));
	assert_int_equal(strlen(read_pipe(ends[0])), sizeof(line));
	assert_memory_equal(text, line, sizeof(line));
	close(ends[0]);
	close(ends[1]);
}

// --- the log ------------------------------------------------------------------------------------

// Standard error is a file between these two.
static int kept_stderr;

static void
redirect(void)
{
	char path[TEMP_PATH_MAX];

	temp_path(&temp, "err", path);
	fflush(stderr);
	kept_stderr = dup(STDERR_FILENO);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);

	assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	close(fd);
}

static const char *
redirected(void)
{
	ssize_t len = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	return text;
}

static void
test_levels(void **state)
{
	static const char *const expected[] = {
		"<3>weir: error: e\n",
		"<3>weir: error: e\n<4>weir: warning: w\n",
		"<3>weir: error: e\n<4>weir: warning: w\n<6>weir: i\n",
		"<3>weir: error: e\n<4>weir: warning: w\n<6>weir: i\n<7>weir: debug: d\n",
	};

	(void)state;
	for (unsigned level = 0; level < RTE_DIM(expected); level++) {
		struct config config = {.log_target = CONFIG_LOG_JOURNAL, .log_level = level};

		redirect();
		log_open(&config);
		log_error("%s", "e");
		log_warning("%s", "w");
		log_info("%s", "i");
		log_debug("%s", "d");
		assert_string_equal(redirected(), expected[level]);
	}
}

static unsigned
count_lines(const char *all, const char *line)
{
	unsigned count = 0;

	for (const char *at = all; (at = strstr(at, line)) != NULL; at += strlen(line))
		count++;
	return count;
}

static void
test_rate(void **state)
{
	struct config config = {.log_target = CONFIG_LOG_STDERR, .log_level = 2, .log_rate = 2};
	unsigned told, lost;

	(void)state;
	redirect();
	log_open(&config);
	for (unsigned i = 0; i < 50; i++)
		log_info("start"); // all of them
	log_set_limited(true);
	for (unsigned i = 0; i < 50; i++)
		log_error("run");
	log_tick(); // too soon
	log_set_limited(false);
	for (unsigned i = 0; i < 50; i++)
		log_info("end");
	redirected();
	told = count_lines(text, "weir: error: run\n");
	assert_int_equal(count_lines(text, "weir: start\n"), 50);
	assert_int_equal(count_lines(text, "weir: end\n"), 50);
	assert_in_range(told, 2, 20); // two, and two for each second of a machine that is held up
	const char *line = strstr(text, "weir: warning: ");

	assert_non_null(line);
	assert_int_equal(sscanf(line, "weir: warning: %u messages were left out\n", &lost), 1);
	assert_int_equal(told + lost, 50);
	assert_int_equal(count_lines(text, "left out"), 1);
	assert_int_equal(count_lines(text, "\n"), 100 + told + 1);
}

static void
test_tick(void **state)
{
	struct config config = {.log_target = CONFIG_LOG_STDERR, .log_level = 2, .log_rate = 1};

	(void)state;
	redirect();
	log_open(&config);
	log_set_limited(true);
	log_tick();
	log_info("said");
	log_info("not said");
	log_tick();
	usleep(1100000);
	log_tick();
	log_tick();
	assert_string_equal(redirected(), "weir: said\nweir: warning: 1 message was left out\n");
	log_set_limited(false);
}

static void
test_no_limit(void **state)
{
	struct config config = {.log_target = CONFIG_LOG_STDERR, .log_level = 2, .log_rate = 0};

	(void)state;
	redirect();
	log_open(&config);
	log_set_limited(true);
	for (unsigned i = 0; i < 1000; i++)
		log_info("run");
	log_set_limited(false);
	assert_int_equal(count_lines(redirected(), "weir: run\n"), 1000);
	assert_null(strstr(text, "left out"));
}

// Closed standard streams are made up for, so that files of ours do not become them; a reader that
// leaves is no signal.
static void
test_guard(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		int ends[2];

		close(STDIN_FILENO);
		close(STDERR_FILENO);
		log_guard_streams();
		bool guarded = fcntl(STDIN_FILENO, F_GETFD) >= 0
			&& fcntl(STDERR_FILENO, F_GETFD) >= 0 && pipe(ends) == 0
			&& ends[0] > STDERR_FILENO;

		close(ends[0]);
		_exit(guarded && write(ends[1], "x", 1) < 0 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int
set_up(void **state)
{
	(void)state;
	temp_open(&temp);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_tick),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_guard),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
