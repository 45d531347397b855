// SPDX-License-Identifier: BSD-3-Clause
// Threads of the appliance that are not lcores, as coroutines of the simulator's only thread: one runs until it sleeps,
// and goes on once virtual time has come that far. Weir's own calls put them to sleep: nanosleep, usleep, sigtimedwait
// and, while another one has it, pthread_mutex_lock.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { THREADS_MAX = 8 };
#define THREADS_NEVER UINT64_MAX

typedef void thread_function(void *argument);

// It runs at the next threads_run. At most THREADS_MAX at a time.
void threads_start(thread_function *function, void *argument);

// Runs those that are due, in the order of their start. Not from a thread.
void threads_run(void);

// When the next one is due (virtual_ns), or THREADS_NEVER.
uint64_t threads_next_ns(void);

unsigned threads_alive(void);

// They vanish in the middle of what they do, with all locks they hold: a crash. Not from a thread.
void threads_kill(void);

// For the thread that waits in sigtimedwait, once.
void threads_signal(int signal);
