// SPDX-License-Identifier: BSD-3-Clause
// To be preloaded: drivers that take rules of rte_flow and do nothing. Each call is a line in the file that WEIR_FLOWS
// names. The rule with the number WEIR_FLOW_REFUSED, from 1, cannot be created.

#include <rte_errno.h>
#include <rte_flow.h>

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int created;

__attribute__((format(printf, 1, 2))) static void
note(const char *format, ...)
{
	const char *path = getenv("WEIR_FLOWS");
	FILE *file = path == NULL ? NULL : fopen(path, "a");
	va_list arguments;

	if (file == NULL)
		abort();
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

int
rte_flow_validate(
	uint16_t port,
	const struct rte_flow_attr *attr,
	const struct rte_flow_item items[],
	const struct rte_flow_action actions[],
	struct rte_flow_error *error
)
{
	(void)attr, (void)items, (void)actions, (void)error;
	note("validate %u\n", port);
	return 0;
}

// A rule of driver.isolate: an address before the last item, which has a UDP port.
static void
note_address(uint16_t port, const struct rte_flow_item items[], unsigned last)
{
	bool ipv4 = items[last - 1].type == RTE_FLOW_ITEM_TYPE_IPV4;
	const struct rte_flow_item_ipv4 *item4 = items[last - 1].spec;
	const struct rte_flow_item_ipv6 *item6 = items[last - 1].spec;
	const struct rte_flow_item_udp *udp = items[last].spec;
	char address[INET6_ADDRSTRLEN];

	if (ipv4)
		inet_ntop(AF_INET, &item4->hdr.dst_addr, address, sizeof(address));
	else
		inet_ntop(AF_INET6, &item6->hdr.dst_addr, address, sizeof(address));
	note("create %u: UDP port %u of %s\n", port, rte_be_to_cpu_16(udp->hdr.dst_port), address);
}

int
rte_flow_isolate(uint16_t port, int set, struct rte_flow_error *error)
{
	(void)error;
	note("isolate %u: %d\n", port, set);
	return 0;
}

// The last item has bytes of a request, the action a queue.
struct rte_flow *
rte_flow_create(
	uint16_t port,
	const struct rte_flow_attr *attr,
	const struct rte_flow_item items[],
	const struct rte_flow_action actions[],
	struct rte_flow_error *error
)
{
	const struct rte_flow_action_queue *queue = actions[0].conf;
	const char *refused = getenv("WEIR_FLOW_REFUSED");
	unsigned last = 0;

	(void)attr, (void)error;
	if (++created == (refused == NULL ? 0 : atoi(refused))) {
		rte_errno = ENOSPC;
		return NULL;
	}
	while (items[last + 1].type != RTE_FLOW_ITEM_TYPE_END)
		last++;
	const struct rte_flow_item_raw *spec = items[last].spec, *mask = items[last].mask;

	if (items[last].type == RTE_FLOW_ITEM_TYPE_UDP) {
		note_address(port, items, last);
		return (struct rte_flow *)(uintptr_t)created;
	}
	note("create %u: action %u, byte %u of %u to queue %u\n",
	     port,
	     spec->pattern[1],
	     spec->pattern[6],
	     mask->pattern[6],
	     queue->index);
	return (struct rte_flow *)(uintptr_t)created;
}

int
rte_flow_destroy(uint16_t port, struct rte_flow *flow, struct rte_flow_error *error)
{
	(void)error;
	note("destroy %u: rule %u\n", port, (unsigned)(uintptr_t)flow);
	return 0;
}
