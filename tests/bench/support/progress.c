// SPDX-License-Identifier: BSD-3-Clause

#include "progress.h"

#include "../../../app/common/monotonic.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR = 30 };

static const uint64_t second_ns = UINT64_C(1000000000);

void
progress_start(struct progress *progress, const char *what, unsigned total)
{
	*progress = (struct progress){
		.what = what,
		.total = total > 0 ? total : 1,
		.terminal = isatty(STDERR_FILENO) == 1,
		.started_ns = monotonic_ns(),
	};
}

static void
draw_bar(const struct progress *progress, unsigned done, const char *note)
{
	char bar[BAR + 1];

	for (unsigned i = 0; i < BAR; i++)
		bar[i] = i < done * BAR / progress->total ? '#' : '.';
	bar[BAR] = '\0';
	fprintf(stderr,
		"\r\033[K%s [%s] %3u%% %s",
		progress->what,
		bar,
		done * 100 / progress->total,
		note);
	fflush(stderr);
}

void
progress_step(struct progress *progress, unsigned done, const char *note)
{
	uint64_t now = monotonic_ns();
	uint64_t pause_ns = progress->terminal ? second_ns / 10 : 5 * second_ns;

	if (now - progress->started_ns < 2 * second_ns)
		return;
	if (progress->shown && now - progress->said_ns < pause_ns)
		return;
	if (progress->terminal)
		draw_bar(progress, done, note);
	else
		fprintf(stderr, "%s: %u%%, %s\n", progress->what, done * 100 / progress->total, note
		);
	progress->shown = true;
	progress->said_ns = now;
}

void
progress_end(struct progress *progress)
{
	if (!progress->shown)
		return;
	if (progress->terminal)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr,
			"%s: done in %u s\n",
			progress->what,
			(unsigned)((monotonic_ns() - progress->started_ns) / second_ns));
}
