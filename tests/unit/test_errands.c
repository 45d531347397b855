// SPDX-License-Identifier: BSD-3-Clause
// errands.h: threads have a control thread run functions.

#include "../../app/weir/control/control.h"
#include "../../app/weir/setup/errands.h"
#include "../support/cmocka_wrap.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { THREADS = 4, ERRANDS = 200 };

static struct weir weir;
static pthread_t control;
static unsigned sum; // changed by errands alone, so without a lock

static void
add(struct weir *here, void *argument)
{
	assert_ptr_equal(here, &weir);
	assert_true(pthread_equal(pthread_self(), control));
	sum += *(const unsigned *)argument;
}

// Has errands run until the control thread ends. Returns their number.
static void *
have_run(void *argument)
{
	unsigned *sent = argument, one = 1;

	while (*sent < ERRANDS && errands_run(&weir, add, &one))
		++*sent;
	return NULL;
}

// The control thread's part, until `count` errands have run.
static void
serve_until(unsigned count)
{
	const struct timespec tick = {.tv_nsec = 10 * 1000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, errands_signal());
	while (sum < count) {
		sigtimedwait(&set, NULL, &tick);
		errands_serve(&weir);
	}
}

static void
start(pthread_t threads[THREADS], unsigned sent[THREADS])
{
	sum = 0;
	control = pthread_self();
	errands_begin();
	for (unsigned i = 0; i < THREADS; i++) {
		sent[i] = 0;
		assert_int_equal(pthread_create(&threads[i], NULL, have_run, &sent[i]), 0);
	}
}

static void
test_each_errand_runs_once(void **state)
{
	pthread_t threads[THREADS];
	unsigned sent[THREADS];

	(void)state;
	start(threads, sent);
	serve_until(THREADS * ERRANDS);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(sent[i], ERRANDS);
	}
	assert_int_equal(sum, THREADS * ERRANDS);
	errands_end();
}

// An errand that has not run when the control thread ends does not wait for ever, nor count.
static void
test_the_end(void **state)
{
	pthread_t threads[THREADS];
	unsigned sent[THREADS], all = 0;

	(void)state;
	start(threads, sent);
	serve_until(THREADS);
	errands_end();
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		all += sent[i];
	}
	assert_int_equal(all, sum);
	assert_false(errands_run(&weir, add, &sum));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_errand_runs_once),
		cmocka_unit_test(test_the_end),
	};

	control_block_signals();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
