// SPDX-License-Identifier: BSD-3-Clause

#include "watch.h"

#include "../common/monotonic.h"
#include "fetch.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Result of one round, which the next one is compared with.
struct round {
	json_t *reply; // NULL: none
	long pid; // of the Weir that sent it
	double at_s; // monotonic
};

// Errors of the connection begin with the path of the socket; the others come from Weir.
static void
report_error(const struct command_line *line, const struct telemetry_error *error)
{
	bool connection = strncmp(error->text, line->path, strlen(line->path)) == 0;

	fprintf(stderr,
		"weirctl: %s%s\n",
		error->text,
		connection ? "; name another with --file-prefix PREFIX or --socket PATH" : "");
}

static void
print_heading(const struct command_line *line)
{
	static unsigned rounds;
	char clock[16];
	time_t now = time(NULL);

	if (isatty(STDOUT_FILENO)) {
		strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
		printf("\033[H\033[2Jweirctl %s, every %g s: %s\n\n",
		       line->command->name,
		       line->watch_s,
		       clock);
	} else if (rounds++ > 0 && !line->json) {
		putchar('\n');
	}
}

static void
print_reply(const struct command_line *line, const struct round *now, const struct round *before)
{
	bool same = before->reply != NULL && before->pid == now->pid;
	struct show_input input = {
		now->reply,
		same ? before->reply : NULL,
		now->at_s - before->at_s,
		line->all,
		line->words,
		line->word_count,
	};

	if (line->watch_s > 0)
		print_heading(line);
	if (line->json) {
		json_dumpf(now->reply, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		line->command->show(&input, stdout);
	}
}

// Signals are blocked while a round prints, so output is complete here.
static void
end_watching(int number)
{
	(void)number;
	_exit(0);
}

static void
end_on_signals(sigset_t *signals)
{
	const struct sigaction action = {.sa_handler = end_watching};

	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

// True where there was a reply, and it was printed.
static bool
run_round(
	struct telemetry_client *client,
	const struct command_line *line,
	struct round *before,
	sigset_t *signals
)
{
	struct telemetry_error error;
	struct round now;

	now.reply = fetch(client, line->command, line->words, line->word_count, &error);
	now.pid = telemetry_client_pid(client);
	now.at_s = monotonic_s();
	if (now.reply == NULL) {
		report_error(line, &error);
		return false;
	}
	sigprocmask(SIG_BLOCK, signals, NULL);
	print_reply(line, &now, before);
	bool written = fflush(stdout) == 0 && !ferror(stdout);

	if (!written)
		fprintf(stderr, "weirctl: standard output: %s\n", strerror(errno));
	sigprocmask(SIG_UNBLOCK, signals, NULL);
	json_decref(before->reply);
	*before = now;
	return written;
}

bool
watch_run(const struct command_line *line)
{
	struct telemetry_client *client = telemetry_client_new(line->path);
	struct round before = {0};
	sigset_t signals;

	sigemptyset(&signals);
	if (line->watch_s > 0)
		end_on_signals(&signals);
	double next_s = monotonic_s();
	bool ok = client != NULL && run_round(client, line, &before, &signals);

	// An error in the first round ends weirctl; later rounds try again.
	while (ok && line->watch_s > 0 && !ferror(stdout)) {
		next_s = fmax(next_s + line->watch_s, monotonic_s());
		monotonic_sleep_until(next_s);
		run_round(client, line, &before, &signals);
	}
	json_decref(before.reply);
	telemetry_client_free(client);
	return ok && !ferror(stdout);
}
