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
	router->asked = false;
	router->questions = 0;
	router->due_ms = router->asked_ms + (router->doubts > 0 ? ROUTER_DOUBT_MS : ROUTER_KEEP_MS);
	if (router->doubts > 0)
		router->doubts--;
}

// What came of the open question.
static void
weigh(struct router *router, const struct router_heard *heard, uint64_t now_ms)
{
	if (heard->answer != 0)
		router->candidate = heard->answer;
	if (heard->confirmed && router->mac != 0)
		settle(router, router->mac);
	else if (router->candidate != 0 && (router->mac == 0 || now_ms - router->asked_ms >= ROUTER_GRACE_MS))
		settle(router, router->candidate);
	else if (now_ms - router->first_asked_ms >= ROUTER_LOST_MS)
		router->mac = 0; // RFC 4861 7.3.3, RFC 1122 2.3.2.1 (2)
}

// A question is sent at once, unless one has just been.
static void
doubt(struct router *router)
{
	uint64_t soon_ms = router->asked_ms + ROUTER_DOUBT_MS;

	router->doubts = ROUTER_DOUBTS;
	if (router->due_ms > soon_ms)
		router->due_ms = soon_ms;
}

static void
ask(struct router *router, uint64_t now_ms)
{
	if (router->questions == 0)
		router->first_asked_ms = now_ms;
	router->questions++;
	router->asked = true;
	router->asked_ms = now_ms;
	router->due_ms = now_ms
		+ (router->questions < ROUTER_ASK_FIRST ? ROUTER_ASK_MS : ROUTER_ASK_LATER_MS);
}

bool
router_step(struct router *router, const struct router_heard *heard, uint64_t now_ms)
{
	// What was heard as an answer when none was wanted is no more than a claim.
	bool claimed = heard->claimed || (!router->asked && heard->answer != 0);

	if (router->asked)
		weigh(router, heard, now_ms);
	if (claimed)
		doubt(router);
	if (now_ms < router->due_ms)
		return false;
	ask(router, now_ms);
	return true;
}
