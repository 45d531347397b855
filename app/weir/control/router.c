// SPDX-License-Identifier: BSD-3-Clause

#include "router.h"

void
router_start(struct router *router, uint64_t now_ms)
{
	*router = (struct router){.mac = router->mac, .due_ms = now_ms};
}

static void
settle(struct router *router, uint64_t mac)
{
	router->mac = mac;
	router->candidate = 0;
	router->pending = false;
	router->queries = 0;
	router->due_ms = router->query_ms + (router->doubts > 0 ? ROUTER_DOUBT_MS : ROUTER_KEEP_MS);
	if (router->doubts > 0)
		router->doubts--;
}

// Evaluates what was heard of the pending query.
static void
evaluate_query(struct router *router, const struct router_heard *heard, uint64_t now_ms)
{
	if (heard->reply != 0)
		router->candidate = heard->reply;
	if (heard->confirmed && router->mac != 0)
		settle(router, router->mac);
	else if (router->candidate != 0 && (router->mac == 0 || now_ms - router->query_ms >= ROUTER_GRACE_MS))
		settle(router, router->candidate);
	else if (now_ms - router->first_query_ms >= ROUTER_LOST_MS)
		router->mac = 0; // RFC 4861 7.3.3, RFC 1122 2.3.2.1 (2)
}

// Sends the next query at once, unless one has just been sent.
static void
doubt(struct router *router)
{
	uint64_t soon_ms = router->query_ms + ROUTER_DOUBT_MS;

	router->doubts = ROUTER_DOUBTS;
	if (router->due_ms > soon_ms)
		router->due_ms = soon_ms;
}

static void
send_query(struct router *router, uint64_t now_ms)
{
	if (router->queries == 0)
		router->first_query_ms = now_ms;
	router->queries++;
	router->pending = true;
	router->query_ms = now_ms;
	router->due_ms = now_ms
		+ (router->queries < ROUTER_QUERY_FIRST ? ROUTER_QUERY_MS : ROUTER_QUERY_LATER_MS);
}

bool
router_step(struct router *router, const struct router_heard *heard, uint64_t now_ms)
{
	// A reply while no query is pending is only a claim.
	bool claimed = heard->claimed || (!router->pending && heard->reply != 0);

	if (router->pending)
		evaluate_query(router, heard, now_ms);
	if (claimed)
		doubt(router);
	if (now_ms < router->due_ms)
		return false;
	send_query(router, now_ms);
	return true;
}
