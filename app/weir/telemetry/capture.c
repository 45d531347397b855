// SPDX-License-Identifier: BSD-3-Clause

#include "capture.h"

#include "../log/log.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_pdump.h>

static int
do_nothing(const struct rte_mp_msg *message __rte_unused, const void *peer __rte_unused)
{
	return 0;
}

// Whether EAL accepts messages of other processes. Only the registration of an action tells; rte_pdump_init
// succeeds either way.
static bool
accepts_messages(void)
{
	static const char name[] = "weir_capture";

	if (rte_mp_action_register(name, do_nothing) != 0)
		return false;
	rte_mp_action_unregister(name);
	return true;
}

// Why dpdk-dumpcap cannot attach; NULL: it can.
static const char *
find_obstacle(void)
{
	if (!rte_eal_has_hugepages())
		return "it needs huge pages (memory.hugepages)";
	if (!accepts_messages())
		return "DPDK was told to share nothing (--in-memory or --no-shconf)";
	if (rte_pdump_init() != 0)
		return rte_strerror(rte_errno);
	return NULL;
}

bool
capture_up(struct weir *weir, struct error *error __rte_unused)
{
	const char *obstacle;

	if (!weir->config->capture)
		return true;
	obstacle = find_obstacle();
	weir->capturing = obstacle == NULL;
	if (weir->capturing)
		log_info("capture: dpdk-dumpcap can attach");
	else
		log_info("capture: dpdk-dumpcap cannot attach: %s", obstacle);
	return true;
}

void
capture_down(struct weir *weir)
{
	if (weir->capturing)
		rte_pdump_uninit();
	weir->capturing = false;
}
