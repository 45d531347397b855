// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/dpdk_munmap.h: EAL's interrupt thread unmaps nothing that an lcore may be using.

#include "../../app/weir/setup/dpdk_munmap.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_alarm.h>
#include <rte_cycles.h>

#include <errno.h>
#include <sys/mman.h>

enum { PAGE = 4096, SOON_MS = 100 };

static struct publisher lcores;
static bool unmapped;

static void *
map_page(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

static bool
is_mapped(void *page)
{
	return msync(page, PAGE, MS_ASYNC) == 0 || errno != ENOMEM;
}

// Called by the interrupt thread.
static void
unmap(void *page)
{
	munmap(page, PAGE);
	__atomic_store_n(&unmapped, true, __ATOMIC_RELEASE);
}

// Sanitizers have a munmap() of their own.
static void
skip_where_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
}

static void *
unmap_in_interrupt_thread(void)
{
	void *page = map_page();

	unmapped = false;
	assert_int_equal(rte_eal_alarm_set(1, unmap, page), 0);
	return page;
}

static bool
is_unmapped_within(unsigned ms)
{
	for (unsigned i = 0; i < ms; i++) {
		if (__atomic_load_n(&unmapped, __ATOMIC_ACQUIRE))
			return true;
		rte_delay_us_sleep(1000);
	}
	return false;
}

static void
test_interrupt_thread_waits_for_turns(void **state)
{
	(void)state;
	skip_where_sanitized();
	publisher_join(&lcores, 0);
	void *page = unmap_in_interrupt_thread();

	assert_false(is_unmapped_within(SOON_MS));
	assert_true(is_mapped(page));
	publisher_quiescent(&lcores, 0);
	assert_true(is_unmapped_within(DPDK_MUNMAP_WAIT_MS / 2));
	assert_false(is_mapped(page));
	publisher_leave(&lcores, 0);
}

static void
test_not_for_ever(void **state)
{
	(void)state;
	skip_where_sanitized();
	publisher_join(&lcores, 0);
	unmap_in_interrupt_thread();
	assert_false(is_unmapped_within(DPDK_MUNMAP_WAIT_MS / 2));
	assert_true(is_unmapped_within(5 * DPDK_MUNMAP_WAIT_MS));
	publisher_leave(&lcores, 0);
}

// No lcore runs, or another thread unmaps: nobody waits.
static void
test_others(void **state)
{
	(void)state;
	unmap_in_interrupt_thread();
	assert_true(is_unmapped_within(DPDK_MUNMAP_WAIT_MS / 2));
	publisher_join(&lcores, 0);
	void *page = map_page();
	uint64_t began = rte_rdtsc();

	assert_int_equal(munmap(page, PAGE), 0);
	assert_false(is_mapped(page));
	assert_true(rte_rdtsc() - began < rte_get_tsc_hz() / 1000 * DPDK_MUNMAP_WAIT_MS);
	dpdk_munmap_wait_for(NULL);
	unmap_in_interrupt_thread();
	assert_true(is_unmapped_within(DPDK_MUNMAP_WAIT_MS / 2));
	dpdk_munmap_wait_for(&lcores);
	publisher_leave(&lcores, 0);
	assert_int_equal(munmap((void *)1, PAGE), -1);
	assert_int_equal(errno, EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupt_thread_waits_for_turns),
		cmocka_unit_test(test_not_for_ever),
		cmocka_unit_test(test_others),
	};

	test_eal_init();
	if (!publisher_init(&lcores, 1))
		return 1;
	dpdk_munmap_wait_for(&lcores);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
