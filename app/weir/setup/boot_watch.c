// SPDX-License-Identifier: BSD-3-Clause

#include "boot_watch.h"

#include "../../common/monotonic.h"
#include "../../common/service/service_manager.h"
#include "../log/log.h"

#include <rte_common.h>

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { MS = 1000, POLL_MS = 250 };

// What the thread remembers between two checks.
struct view {
	const char *step;
	uint64_t since_ms; // when the step began
	uint64_t logged_ms; // when it was last logged; 0: not yet
	uint64_t kib; // memory of the process
};

// Memory of this process in KiB, huge pages included.
static uint64_t
kib_taken(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t sum = 0, kib;
	char line[128];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "VmRSS: %" SCNu64, &kib) == 1
		    || sscanf(line, "HugetlbPages: %" SCNu64, &kib) == 1)
			sum += kib;
	if (file != NULL)
		fclose(file);
	return sum;
}

// Another step, or more memory: the start does not hang.
static void
tell_manager(struct view *view, const char *step)
{
	uint64_t kib = kib_taken();

	if (step != view->step && step != NULL)
		service_manager_status("starting: step \"%s\"", step);
	if (step != view->step || kib > view->kib)
		service_manager_goes_on();
	view->kib = kib;
}

static void
log_progress(const struct boot_watch *watch, struct view *view)
{
	const char *step = __atomic_load_n(&watch->step, __ATOMIC_ACQUIRE);
	uint32_t need_mb = __atomic_load_n(&watch->need_mb, __ATOMIC_RELAXED);
	uint64_t now = monotonic_ms();

	tell_manager(view, step);
	if (step != view->step)
		*view = (struct view){.step = step, .since_ms = now, .kib = view->kib};
	uint64_t wait_s = view->logged_ms == 0 ? BOOT_WATCH_QUIET_S : BOOT_WATCH_AGAIN_S;
	uint64_t from = view->logged_ms == 0 ? view->since_ms : view->logged_ms;

	if (step == NULL || now - from < wait_s * MS)
		return;
	view->logged_ms = now;
	log_info(
		"still starting: step \"%s\" has taken %" PRIu64 " s; memory: %" PRIu64
		" of %u MiB",
		step,
		(now - view->since_ms) / MS,
		view->kib / 1024,
		need_mb
	);
}

// Reads the signal, and gives the boot thread time to see it.
static void
handle_signal(struct boot_watch *watch, int signals)
{
	struct signalfd_siginfo info;
	struct pollfd wake = {.fd = watch->wake_fd, .events = POLLIN};
	const char *step = __atomic_load_n(&watch->step, __ATOMIC_ACQUIRE);

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	log_info(
		"stopping: %s, while starting (step \"%s\")",
		strsignal((int)info.ssi_signo),
		step == NULL ? "none" : step
	);
	__atomic_store_n(&watch->signal, (int)info.ssi_signo, __ATOMIC_RELEASE);
	if (poll(&wake, 1, BOOT_WATCH_GRACE_S * MS) == 0)
		_exit(EXIT_SUCCESS);
}

static void *
watch_main(void *argument)
{
	struct boot_watch *watch = argument;
	struct view view = {0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	struct pollfd fds[] = {
		{.fd = watch->wake_fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

	pthread_setname_np(pthread_self(), "weir-boot-watch");
	while (watch->signal == 0) {
		poll(fds, RTE_DIM(fds), POLL_MS);
		if (fds[0].revents != 0)
			break;
		if (fds[1].revents != 0)
			handle_signal(watch, signals);
		log_progress(watch, &view);
	}
	if (signals >= 0)
		close(signals);
	return NULL;
}

void
boot_watch_start(struct boot_watch *watch)
{
	*watch = (struct boot_watch){.wake_fd = eventfd(0, EFD_CLOEXEC)};
	watch->running =
		watch->wake_fd >= 0 && pthread_create(&watch->thread, NULL, watch_main, watch) == 0;
	if (!watch->running)
		log_warning("no thread to watch the start: SIGTERM has no effect until it is over");
}

bool
boot_watch_step(struct boot_watch *watch, const char *name)
{
	__atomic_store_n(&watch->step, name, __ATOMIC_RELEASE);
	return boot_watch_goes_on(watch);
}

bool
boot_watch_goes_on(const struct boot_watch *watch)
{
	return __atomic_load_n(&watch->signal, __ATOMIC_ACQUIRE) == 0;
}

int
boot_watch_end(struct boot_watch *watch)
{
	if (!watch->running)
		return 0;
	eventfd_write(watch->wake_fd, 1);
	pthread_join(watch->thread, NULL);
	close(watch->wake_fd);
	watch->running = false;
	return watch->signal;
}
