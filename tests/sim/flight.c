// SPDX-License-Identifier: BSD-3-Clause

#include "flight.h"

#include "appliance.h"
#include "fail.h"
#include "replies.h"
#include "virtual.h"

#include <rte_mempool.h>

#include <stdlib.h>
#include <string.h>

enum { PAGE_SHIFT = 12 };

static struct flight *flights;
static uintptr_t first_page, last_page;

static void
note_page(struct rte_mempool *pool, void *argument, void *mbuf, unsigned index)
{
	uintptr_t page = (uintptr_t)mbuf >> PAGE_SHIFT;
	const struct rte_mbuf *one = mbuf;

	(void)pool;
	(void)argument;
	(void)index;
	first_page = page < first_page ? page : first_page;
	last_page = page > last_page ? page : last_page;
	fail_unless(
		(uintptr_t)((uint8_t *)one->buf_addr + one->buf_len - 1) >> PAGE_SHIFT == page,
		"an mbuf is in more than one page"
	);
}

void
flights_open(struct rte_mempool *pool)
{
	for (uintptr_t page = first_page; flights != NULL && page <= last_page; page++)
		flight_end(&flights[page - first_page]);
	free(flights);
	first_page = UINTPTR_MAX;
	last_page = 0;
	rte_mempool_obj_iter(pool, note_page, NULL);
	flights = calloc(last_page - first_page + 1, sizeof(*flights));
	if (flights == NULL)
		abort();
}

struct flight *
flight_of(const void *byte)
{
	uintptr_t page = (uintptr_t)byte >> PAGE_SHIFT;

	fail_unless(page >= first_page && page <= last_page, "%p is in no mbuf of the pool", byte);
	return &flights[page - first_page];
}

struct flight *
flight_begin(struct rte_mbuf *mbuf, struct packet *packet)
{
	struct flight *flight = flight_of(mbuf);

	flight_end(flight);
	packet_hold(packet);
	flight->packet = packet;
	flight->arrived_ns = virtual_ns();
	flight->wall_s = appliance_wall_s();
	flight->steps = replies_clock_steps();
	flight->judged = false;
	if (packet->kind == PACKET_SCRAPE)
		memset(flight->rows, 0, sizeof(flight->rows));
	return flight;
}

void
flight_end(struct flight *flight)
{
	if (flight->packet != NULL)
		packet_release(flight->packet);
	flight->packet = NULL;
}

uint64_t
flight_hash(const uint8_t *bytes, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= sizeof(word); len -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	for (; len > 0; len--)
		hash = (hash ^ *bytes++) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}
