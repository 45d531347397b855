// SPDX-License-Identifier: BSD-3-Clause

#include "command.h"

#include "../log/log.h"
#include "control_clients.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct {
	struct control_socket listening;
	struct runner runner;
	struct control_clients clients;
	pthread_t thread; // of the clients
	int wake_fd;
	bool running; // both threads exist
} service;

static void *
service_main(void *unused)
{
	pthread_setname_np(pthread_self(), "weir-control");
	control_clients_run(&service.clients);
	return unused;
}

// Returns an errno, or 0.
static int
start_threads(struct weir *weir)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before); // signals are for the control thread
	int result = runner_start(&service.runner, weir, service.wake_fd);

	if (result == 0) {
		result = pthread_create(&service.thread, NULL, service_main, NULL);
		if (result != 0)
			runner_stop(&service.runner);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

bool
command_up(struct weir *weir, struct error *error)
{
	service.running = false;
	if (!control_socket_open(&service.listening, weir, error))
		return false;
	service.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	control_clients_init(
		&service.clients, weir, &service.listening, &service.runner, service.wake_fd
	);
	int result = service.wake_fd < 0 ? errno : start_threads(weir);

	if (result == 0) {
		service.running = true;
		return true;
	}
	control_socket_close(&service.listening);
	if (service.wake_fd >= 0)
		close(service.wake_fd);
	return error_set(
		error,
		NULL,
		"the threads of the control socket cannot be started: %s",
		strerror(result)
	);
}

void
command_down(struct weir *weir __rte_unused)
{
	if (!service.running)
		return;
	__atomic_store_n(&service.clients.stop, true, __ATOMIC_RELEASE);
	eventfd_write(service.wake_fd, 1);
	pthread_join(service.thread, NULL);
	runner_stop(&service.runner);
	control_clients_free(&service.clients);
	control_socket_close(&service.listening);
	close(service.wake_fd);
	service.running = false;
}
