// SPDX-License-Identifier: BSD-3-Clause

#include "log.h"

#include "../../../lib/guard/limit.h"
#include "../../common/monotonic.h"
#include "../../common/standard_streams.h"
#include "log_sink.h"

#include <rte_common.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { NS_A_SECOND = 1000000000 };

RTE_LOG_REGISTER(weir_logtype, weir, INFO)

// All of it belongs to whoever has locked `stream`, as everybody who prints to it does.
static FILE *stream;
static struct log_sink sink;
static struct limit limit;
static uint32_t rate; // log.rate
static bool limited;
static uint64_t lost; // since that was last told
static uint64_t lost_since_ns; // when the first of them was

void
log_guard_streams(void)
{
	standard_streams_guard();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGHUP, SIG_IGN); // control_run takes it
}

static void
write_line(int priority, const char *line, size_t len)
{
	bool allowed = !limited || rate == 0 || limit_take(&limit, monotonic_ns());

	if (allowed && log_sink_write(&sink, priority, line, len, !limited))
		return;
	if (lost++ == 0)
		lost_since_ns = monotonic_ns();
}

// What the stream's buffer hands on: lines, the last of which may be without an end.
static ssize_t
write_lines(void *cookie, const char *text, size_t size)
{
	// DPDK counts from 1 what syslog counts from 0.
	int priority = RTE_MAX(rte_log_cur_msg_loglevel() - 1, LOG_EMERG);
	const char *end = text + size;

	(void)cookie;
	for (const char *line = text; line < end;) {
		const char *line_end = memchr(line, '\n', (size_t)(end - line));
		const char *next = line_end == NULL ? end : line_end + 1;

		write_line(priority, line, (size_t)(next - line));
		line = next;
	}
	return (ssize_t)size;
}

static void
tell_lost(void)
{
	char line[64];
	int len = snprintf(
		line,
		sizeof(line),
		"weir: warning: %" PRIu64 " %s left out\n",
		lost,
		lost == 1 ? "message was" : "messages were"
	);

	if (log_sink_write(&sink, LOG_WARNING, line, (size_t)len, !limited))
		lost = 0;
	lost_since_ns = monotonic_ns();
}

static void
set_rate(uint32_t wanted)
{
	rate = wanted;
	limit_init(&limit, rate, rate, NS_A_SECOND);
}

static void
warn_of_syslog(void)
{
	log_warning("no syslog daemon listens at /dev/log: messages go to standard error");
}

void
log_open(const struct config *config)
{
	const cookie_io_functions_t functions = {.write = write_lines};
	bool found = log_sink_open(&sink, config->log_target, STDERR_FILENO);

	log_set_level(config->log_level);
	set_rate(config->log_rate);
	stream = fopencookie(NULL, "w", functions);
	if (stream == NULL)
		return; // DPDK's own way, to standard error
	setvbuf(stream, NULL, _IOLBF, 0); // whole lines, each in the thread that has its level
	rte_openlog_stream(stream);
	if (!found)
		warn_of_syslog();
}

void
log_follow(const struct config *config, const struct config *before)
{
	bool found = true;

	log_set_level(config->log_level);
	if (stream == NULL)
		return;
	flockfile(stream);
	if (config->log_target != before->log_target)
		found = log_sink_open(&sink, config->log_target, STDERR_FILENO);
	if (config->log_rate != before->log_rate) // else the bucket stays as empty as it is
		set_rate(config->log_rate);
	funlockfile(stream);
	if (!found)
		warn_of_syslog();
}

void
log_set_level(uint32_t level)
{
	static const uint32_t levels[] = {
		RTE_LOG_ERR, RTE_LOG_WARNING, RTE_LOG_INFO, RTE_LOG_DEBUG};

	rte_log_set_level(weir_logtype, levels[RTE_MIN(level, RTE_DIM(levels) - 1)]);
}

void
log_set_limited(bool wanted)
{
	if (stream == NULL)
		return;
	flockfile(stream);
	limited = wanted;
	if (!limited && lost > 0)
		tell_lost();
	funlockfile(stream);
}

void
log_tick(void)
{
	if (stream == NULL)
		return;
	flockfile(stream);
	if (lost > 0 && monotonic_ns() - lost_since_ns >= NS_A_SECOND)
		tell_lost();
	funlockfile(stream);
}
