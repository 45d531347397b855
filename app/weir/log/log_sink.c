// SPDX-License-Identifier: BSD-3-Clause

#include "log_sink.h"

#include <rte_common.h>

#include <errno.h>
#include <limits.h>
#include <paths.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

static const char ident[] = "weir"; // syslog keeps the pointer

// systemd sets JOURNAL_STREAM to "device:inode" of the stream it gave us; a later redirection
// leaves it in the environment.
static bool
is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat status;
	char ours[64];

	if (stream == NULL || fstat(fd, &status) != 0)
		return false;
	snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	return strcmp(stream, ours) == 0;
}

// syslog() does not say that nobody listens.
static bool
has_syslog(void)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM}; // as syslog() tries them
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = _PATH_LOG};
	bool found = false;

	for (unsigned i = 0; i < RTE_DIM(types) && !found; i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC, 0);

		found = fd >= 0
			&& connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
		if (fd >= 0)
			close(fd);
	}
	return found;
}

bool
log_sink_open(struct log_sink *sink, enum config_log_target wanted, int fd)
{
	bool missing = wanted == CONFIG_LOG_SYSLOG && !has_syslog();

	if (wanted == CONFIG_LOG_AUTO)
		wanted = is_journal(fd) ? CONFIG_LOG_JOURNAL : CONFIG_LOG_STDERR;
	else if (missing)
		wanted = CONFIG_LOG_STDERR;
	*sink = (struct log_sink){.target = wanted, .fd = fd};
	if (wanted == CONFIG_LOG_SYSLOG) // EAL does the same later, with the facility of --syslog
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return !missing;
}

// Whether a write of up to PIPE_BUF bytes would not block. A file is always writable, a pipe or a
// terminal when its reader has read.
static bool
is_writable(struct log_sink *sink, bool patient)
{
	struct pollfd poller = {.fd = sink->fd, .events = POLLOUT};
	int ready = poll(&poller, 1, patient && !sink->stuck ? LOG_SINK_PATIENCE_MS : 0);

	if (ready == 1 || patient)
		sink->stuck = ready == 0;
	return ready == 1;
}

static bool
write_all(struct log_sink *sink, const char *text, size_t len, bool patient)
{
	while (len > 0) {
		if (!is_writable(sink, patient))
			return false;
		ssize_t written = write(sink->fd, text, RTE_MIN(len, (size_t)PIPE_BUF));

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		len -= (size_t)written;
	}
	return true;
}

// In one piece: others write to the same stream.
static bool
write_journal(struct log_sink *sink, int priority, const char *line, size_t len, bool patient)
{
	char text[PIPE_BUF];
	int prefix = snprintf(text, sizeof(text), "<%d>", priority);

	len = RTE_MIN(len, sizeof(text) - (size_t)prefix);
	memcpy(text + prefix, line, len);
	return write_all(sink, text, (size_t)prefix + len, patient);
}

// Its tag says who we are.
static void
write_syslog(int priority, const char *line, size_t len)
{
	static const char prefix[] = "weir: ";
	const size_t prefix_len = sizeof(prefix) - 1;

	if (len >= prefix_len && memcmp(line, prefix, prefix_len) == 0) {
		line += prefix_len;
		len -= prefix_len;
	}
	syslog(priority, "%.*s", (int)len, line);
}

bool
log_sink_write(struct log_sink *sink, int priority, const char *line, size_t len, bool patient)
{
	bool inside_line = sink->inside_line;

	sink->inside_line = len > 0 && line[len - 1] != '\n';
	if (sink->target == CONFIG_LOG_SYSLOG) {
		write_syslog(priority, line, len);
		return true;
	}
	if (sink->target == CONFIG_LOG_JOURNAL && !inside_line)
		return write_journal(sink, priority, line, len, patient);
	return write_all(sink, line, len, patient);
}
