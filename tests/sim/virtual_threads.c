// SPDX-License-Identifier: BSD-3-Clause

#include "virtual_threads.h"

#include "virtual.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK_BYTES = 256 * 1024, LOCKS_MAX = 32, LOCK_NAP_NS = 1000 };

struct thread {
	ucontext_t context;
	uint8_t *stack; // kept for the next one
	thread_function *function;
	void *argument;
	uint64_t due_ns;
	uint64_t number; // of its start
	bool alive;
};

static struct thread threads[THREADS_MAX];
static struct thread *running; // NULL: the simulator
static ucontext_t simulator;
static uint64_t started;
static int pending_signal;
static const void *locks[LOCKS_MAX]; // that are held

static void
thread_main(void)
{
	struct thread *self = running;

	self->function(self->argument);
	self->alive = false;
	swapcontext(&self->context, &simulator);
}

static struct thread *
free_place(void)
{
	for (unsigned i = 0; i < THREADS_MAX; i++)
		if (!threads[i].alive)
			return &threads[i];
	abort();
}

// Not in threads_start: the compiler takes getcontext for a function that returns twice.
static void
begin_context(struct thread *thread)
{
	if (getcontext(&thread->context) != 0)
		abort();
	thread->context.uc_stack.ss_sp = thread->stack;
	thread->context.uc_stack.ss_size = STACK_BYTES;
	thread->context.uc_link = NULL;
	makecontext(&thread->context, thread_main, 0);
}

void
threads_start(thread_function *function, void *argument)
{
	struct thread *thread = free_place();

	if (thread->stack == NULL)
		thread->stack = malloc(STACK_BYTES);
	if (thread->stack == NULL)
		abort();
	thread->function = function;
	thread->argument = argument;
	thread->due_ns = virtual_ns();
	thread->number = started++;
	thread->alive = true;
	begin_context(thread);
}

static struct thread *
first_due(void)
{
	struct thread *first = NULL;

	for (unsigned i = 0; i < THREADS_MAX; i++) {
		struct thread *thread = &threads[i];

		if (thread->alive && thread->due_ns <= virtual_ns()
		    && (first == NULL || thread->due_ns < first->due_ns
			|| (thread->due_ns == first->due_ns && thread->number < first->number)))
			first = thread;
	}
	return first;
}

void
threads_run(void)
{
	struct thread *thread;

	for (unsigned n = 0; n < THREADS_MAX && (thread = first_due()) != NULL; n++) {
		running = thread;
		swapcontext(&simulator, &thread->context);
		running = NULL;
	}
}

uint64_t
threads_next_ns(void)
{
	uint64_t next = THREADS_NEVER;

	for (unsigned i = 0; i < THREADS_MAX; i++)
		if (threads[i].alive && threads[i].due_ns < next)
			next = threads[i].due_ns;
	return next;
}

unsigned
threads_alive(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < THREADS_MAX; i++)
		count += threads[i].alive;
	return count;
}

void
threads_kill(void)
{
	for (unsigned i = 0; i < THREADS_MAX; i++)
		threads[i].alive = false;
	memset(locks, 0, sizeof(locks));
	pending_signal = 0;
}

void
threads_signal(int signal)
{
	pending_signal = signal;
}

static void
nap(uint64_t ns)
{
	struct thread *self = running;

	if (self == NULL) { // the simulator itself, between boot steps
		virtual_advance(ns);
		return;
	}
	self->due_ns = virtual_ns() + ns;
	swapcontext(&self->context, &simulator);
}

// --- what Weir calls --------------------------------------------------------------------------

int __wrap_nanosleep(const struct timespec *wanted, struct timespec *left);
int __wrap_usleep(useconds_t us);
int __wrap_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock);
int __wrap_pthread_create(
	pthread_t *thread,
	const pthread_attr_t *attributes,
	void *(*function)(void *),
	void *argument
);

static uint64_t
ns_of(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * VIRTUAL_S + (uint64_t)time->tv_nsec;
}

int
__wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	nap(ns_of(wanted));
	return 0;
}

int
__wrap_usleep(useconds_t us)
{
	nap(UINT64_C(1000) * us);
	return 0;
}

int
__wrap_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	(void)info;
	nap(ns_of(timeout));
	int signal = pending_signal;

	pending_signal = 0;
	if (signal != 0 && sigismember(set, signal) == 1)
		return signal;
	errno = EAGAIN;
	return -1;
}

static const void **
place_of(const void *lock)
{
	for (unsigned i = 0; i < LOCKS_MAX; i++)
		if (locks[i] == lock)
			return &locks[i];
	return NULL;
}

// No real lock is taken: a killed thread could not give it back.
int
__wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
	while (place_of(lock) != NULL)
		nap(LOCK_NAP_NS);
	*place_of(NULL) = lock;
	return 0;
}

int
__wrap_pthread_mutex_unlock(pthread_mutex_t *lock)
{
	const void **place = place_of(lock);

	if (place == NULL)
		return EPERM;
	*place = NULL;
	return 0;
}

// There are none. Weir loads a snapshot in the calling thread then.
int
__wrap_pthread_create(
	pthread_t *thread,
	const pthread_attr_t *attributes,
	void *(*function)(void *),
	void *argument
)
{
	(void)thread;
	(void)attributes;
	(void)function;
	(void)argument;
	return EAGAIN;
}
