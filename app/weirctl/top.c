// SPDX-License-Identifier: BSD-3-Clause
// The loop of the live view: waits for keys, snapshots and signals, and draws after each.

#include "top.h"

#include "../common/monotonic.h"
#include "keys.h"
#include "poller.h"
#include "screen.h"
#include "view.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t end_signal; // signal that ends the process; 0: none

struct top {
	struct poller *poller;
	struct model latest, shown; // the same unless paused
	struct detail detail; // of the torrent that is or was open
	struct canvas canvas;
	struct view view;
};

static void
note_signal(int number)
{
	end_signal = number;
}

// Blocks these signals except while waiting. Returns the mask for waiting.
static sigset_t
catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const struct sigaction action = {.sa_handler = note_signal};
	sigset_t blocked, waiting;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH); // handled by ncurses
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		sigaddset(&blocked, ends[i]);
		sigaction(ends[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigdelset(&waiting, ends[i]);
	sigdelset(&waiting, SIGWINCH);
	return waiting;
}

static void
handle_key(struct top *top, int key)
{
	bool was_paused = top->view.paused;

	keys_handle(&top->view, &top->shown, key);
	if (was_paused && !top->view.paused)
		model_copy(&top->shown, &top->latest);
	poller_query(top->poller, &top->view.open);
}

// A torrent that is opened while paused is shown, and then not updated.
static void
take_detail(struct top *top)
{
	struct detail detail;

	if (!poller_take_detail(top->poller, &detail))
		return;
	if (top->view.paused && detail_query_equal(&top->detail.query, &detail.query)) {
		detail_free(&detail);
		return;
	}
	detail_free(&top->detail);
	top->detail = detail;
}

static void
take_updates(struct top *top)
{
	struct snapshot snapshot;

	take_detail(top);
	if (!poller_take(top->poller, &snapshot))
		return;
	model_update(&top->latest, &snapshot);
	if (!top->view.paused)
		model_copy(&top->shown, &top->latest);
}

static void
draw(struct top *top)
{
	char clock[16];
	time_t now = time(NULL);

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&now));
	top->view.clock = clock;
	top->view.now_s = monotonic_s();
	screen_canvas(&top->canvas);
	view_draw(&top->canvas, &top->shown, &top->detail, &top->view);
	screen_show(&top->canvas);
}

// Waits for an event, a second at most. False where the terminal is gone.
static bool
wait(const struct top *top, const sigset_t *signals)
{
	const struct timespec second = {.tv_sec = 1};
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = poller_fd(top->poller), .events = POLLIN},
	};

	if (ppoll(fds, 2, &second, signals) < 0)
		return errno == EINTR;
	return (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static void
run(struct top *top, const sigset_t *signals)
{
	draw(top);
	while (!top->view.quit && end_signal == 0 && wait(top, signals)) {
		int key;

		while ((key = screen_key()) != KEY_CODE_NONE)
			handle_key(top, key);
		take_updates(top);
		draw(top);
	}
}

bool
top_run(const char *path, double every_s)
{
	static struct top top;
	char why[160];

	top.view = (struct view){.every_s = every_s, .path = path};
	if (!screen_start(why, sizeof(why))) {
		fprintf(stderr, "weirctl: %s\n", why);
		return false;
	}
	sigset_t signals = catch_signals();

	top.poller = poller_start(path, every_s);
	if (top.poller != NULL)
		run(&top, &signals);
	screen_end();
	if (top.poller == NULL)
		fprintf(stderr, "weirctl: top: %s\n", strerror(errno));
	model_free(&top.latest);
	model_free(&top.shown);
	detail_free(&top.detail);
	canvas_free(&top.canvas);
	if (end_signal != 0 && end_signal != SIGINT) {
		signal(end_signal, SIG_DFL);
		raise(end_signal);
		sigprocmask(SIG_SETMASK, &signals, NULL); // the signal is delivered here
	}
	return top.poller != NULL;
}
