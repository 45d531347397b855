// SPDX-License-Identifier: BSD-3-Clause
// address.take and address.leave: VRRP, or what else decides about two hosts, says who has an address.

#include "../../common/memory.h"
#include "../setup/errands.h"
#include "handlers.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct order {
	const struct control_request *request;
	bool take;
	unsigned changed;
};

// Calls `act` for an address of ports, if it is one, and returns on how many ports it is. `act` may be NULL. Beside the
// kernel, and on a card that is left to it, addresses are the kernel's to take and to leave; anycast ones a router's.
static unsigned
each_port(
	struct weir *weir,
	const char *text,
	void (*act
	)(struct neighbours *neighbours, enum family family, unsigned i, struct order *order),
	struct order *order
)
{
	uint8_t bytes[16];
	bool ipv4 = inet_pton(AF_INET, text, bytes) == 1;
	unsigned found = 0;
	rte_be32_t word;

	if (!ipv4 && inet_pton(AF_INET6, text, bytes) != 1)
		return 0;
	memcpy(&word, bytes, sizeof(word));
	for (unsigned p = 0; p < weir->port_count; p++) {
		const struct host *host = weir->ports[p].host;

		if (beside_is_open(&weir->ports[p].beside) || weir->ports[p].isolation.count > 0)
			continue;
		int i = ipv4 ? host_find_own_ipv4(host, word) : host_find_own_ipv6(host, bytes);

		if (i == HOST_NO_ADDRESS || (!ipv4 && (unsigned)i >= host_configured_ipv6(host)))
			continue;
		found++;
		if (act != NULL)
			act(&weir->neighbours[p],
			    ipv4 ? FAMILY_IPV4 : FAMILY_IPV6,
			    (unsigned)i,
			    order);
	}
	return found;
}

static void
change(struct neighbours *neighbours, enum family family, unsigned i, struct order *order)
{
	order->changed += order->take ? neighbours_take(neighbours, family, i)
				      : neighbours_leave(neighbours, family, i);
}

// Errand.
static void
run_order(struct weir *weir, void *argument)
{
	struct order *order = argument;

	for (unsigned e = 0; e < order->request->entry_count; e++)
		each_port(weir, order->request->entries[e], change, order);
}

// A line for each entry that is no address of a port.
static bool
check(const struct handler_call *call, struct error *error)
{
	char *lines = NULL;
	size_t size;
	unsigned wrong = 0;
	FILE *out = memory_stream(&lines, &size);

	if (out == NULL)
		return error_set(error, NULL, "no memory");
	for (unsigned e = 0; e < call->request->entry_count; e++) {
		const char *text = call->request->entries[e];

		if (each_port(call->weir, text, NULL, NULL) > 0)
			continue;
		fprintf(out,
			"entries: %.100s: must be an address of a port, without its prefix length, "
			"neither anycast nor of the kernel (host.stack, driver.isolate); "
			"/weir/ports lists them\n",
			text);
		wrong++;
	}
	fclose(out);
	if (wrong > 0) {
		error_set(error, NULL, "%.*s", (int)strcspn(lines, "\n"), lines);
		handler_add_lines(call->reply, "errors", lines);
	}
	free(lines);
	return wrong == 0;
}

static bool
run(const struct handler_call *call, bool take, struct error *error)
{
	struct order order = {call->request, take, 0};

	if (!check(call, error))
		return false;
	if (!errands_run(call->weir, run_order, &order))
		return error_set(error, NULL, "Weir is ending");
	json_object_set_new(call->reply, "changed", json_integer(order.changed));
	return true;
}

bool
command_address_take(const struct handler_call *call, struct error *error)
{
	return run(call, true, error);
}

bool
command_address_leave(const struct handler_call *call, struct error *error)
{
	return run(call, false, error);
}
