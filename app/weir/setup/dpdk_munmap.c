// SPDX-License-Identifier: BSD-3-Clause

#include "dpdk_munmap.h"

#include <rte_interrupts.h>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct publisher *waited_for;

void
dpdk_munmap_wait_for(const struct publisher *lcores)
{
	__atomic_store_n(&waited_for, lcores, __ATOMIC_RELEASE);
}

// Sanitizers have a munmap() of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

int
munmap(void *address, size_t len)
{
	const struct publisher *lcores = __atomic_load_n(&waited_for, __ATOMIC_ACQUIRE);

	if (lcores != NULL && rte_thread_is_intr())
		publisher_wait(lcores, DPDK_MUNMAP_WAIT_MS);
	return (int)syscall(SYS_munmap, address, len);
}

#endif
