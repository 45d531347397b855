// SPDX-License-Identifier: BSD-3-Clause

#include "dpdk_exit.h"

#include "../log/log.h"

#include <stdlib.h>
#include <unistd.h>

static bool in_eal;

static void
tell(void)
{
	if (!in_eal)
		return;
	log_error("DPDK has ended the start; its own message is above: check driver.eal");
	_exit(EXIT_FAILURE);
}

void
dpdk_exit_expect(bool expected)
{
	static bool registered;

	if (!registered)
		registered = atexit(tell) == 0;
	in_eal = expected;
}
