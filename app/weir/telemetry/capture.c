// SPDX-License-Identifier: BSD-3-Clause

#include "capture.h"

#include "../log/log.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_pdump.h>

static int
no_action(const struct rte_mp_msg *message, const void *peer)
{
	(void)message;
	(void)peer;
	return 0;
}

// Whether EAL listens to other processes. It does not say so but by refusing to; rte_pdump_init
// takes that for success.
static bool
has_peers(void)
{
	static const char name[] = "weir_capture";

	if (rte_mp_action_register(name, no_action) != 0)
		return false;
	rte_mp_action_unregister(name);
	return true;
}

// NULL where others can attach.
static const char *
find_obstacle(void)
{
	if (!rte_eal_has_hugepages())
		return "it needs huge pages (memory.hugepages)";
	if (!has_peers())
		return "DPDK was told to share nothing (--in-memory or --no-shconf)";
	if (rte_pdump_init() != 0)
		return rte_strerror(rte_errno);
	return NULL;
}

bool
capture_up(struct weir *weir, struct error *error)
{
	const char *obstacle;

	(void)error;
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
