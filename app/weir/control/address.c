// SPDX-License-Identifier: BSD-3-Clause

#include "address.h"

static void
restart(struct address *address, enum address_state state, uint64_t due_ms)
{
	address->state = state;
	address->conflicted = false;
	address->contested = false;
	address->announcements = 0;
	address->due_ms = due_ms;
}

void
address_start(struct address *address, bool detect, uint64_t now_ms)
{
	if (address->left)
		address_stop(address);
	else
		restart(address, detect ? ADDRESS_DOWN : ADDRESS_FREE, now_ms);
}

void
address_leave(struct address *address)
{
	address->left = true;
	address_stop(address);
}

void
address_take(struct address *address, bool link_up, uint64_t now_ms)
{
	address->left = false;
	if (link_up)
		restart(address, ADDRESS_FREE, now_ms);
}

void
address_stop(struct address *address)
{
	restart(address, ADDRESS_DOWN, UINT64_MAX);
}

// RFC 5227 2.4 (c), for hosts that must keep their address: it is always defended, but at most every
// ten seconds. RFC 4862 does not cover claims of an assigned address.
static enum address_step
defend(struct address *address, uint64_t now_ms)
{
	address->contested = true;
	address->claimed_ms = now_ms;
	if (address->defended_ms != 0 && now_ms - address->defended_ms < ADDRESS_DEFEND_GAP_MS)
		return ADDRESS_WAIT;
	address->defended_ms = now_ms;
	return ADDRESS_DEFEND;
}

// RFC 5227 2.1.1 limits the rate of probes after conflicts. RFC 4862 5.4.5 leaves a duplicate address
// to the operator; one that no other host has any more is as good as a new one.
static enum address_step
give_up(struct address *address, uint32_t delay_ms, uint64_t now_ms)
{
	address->state = ADDRESS_DUPLICATE;
	address->conflicted = true;
	address->due_ms = now_ms + ADDRESS_RETRY_MS + delay_ms;
	return ADDRESS_GIVE_UP;
}

static enum address_step
announce(struct address *address, uint64_t now_ms, enum address_step step)
{
	if (address->announcements == 0)
		return ADDRESS_WAIT;
	address->announcements--;
	address->due_ms = now_ms + ADDRESS_ANNOUNCE_GAP_MS;
	return step;
}

static enum address_step
step_if_due(struct address *address, uint64_t now_ms)
{
	if (now_ms < address->due_ms)
		return ADDRESS_WAIT;
	switch (address->state) {
	case ADDRESS_DOWN:
	case ADDRESS_DUPLICATE:
		address->state = ADDRESS_TENTATIVE;
		address->due_ms = now_ms + ADDRESS_PROBE_WAIT_MS;
		return ADDRESS_PROBE;
	case ADDRESS_TENTATIVE:
	case ADDRESS_FREE:
		address->state = ADDRESS_ASSIGNED;
		address->conflicted = false;
		address->announcements = ADDRESS_ANNOUNCEMENTS;
		return announce(address, now_ms, ADDRESS_USE);
	default:
		return announce(address, now_ms, ADDRESS_ANNOUNCE);
	}
}

enum address_step
address_step(struct address *address, bool claimed, uint32_t delay_ms, uint64_t now_ms)
{
	enum address_step step = ADDRESS_WAIT;

	if (now_ms - address->claimed_ms >= ADDRESS_CONTESTED_MS)
		address->contested = false;
	if (claimed && address->state == ADDRESS_TENTATIVE)
		return give_up(address, delay_ms, now_ms);
	if (claimed && address->state == ADDRESS_ASSIGNED)
		step = defend(address, now_ms);
	return step != ADDRESS_WAIT ? step : step_if_due(address, now_ms);
}

bool
address_is_in_conflict(const struct address *address)
{
	return address->conflicted || address->contested;
}

bool
address_is_decided(const struct address *address)
{
	return address->state == ADDRESS_ASSIGNED || address->conflicted || address->left;
}
