// SPDX-License-Identifier: BSD-3-Clause

#include "budget.h"

#include "../../../app/common/memory.h"
#include "../../../lib/guard/budget_charge.h"
#include "../../../lib/tracker/price.h"
#include "draw.h"
#include "lookup.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ADDRESS_BYTES = 4,
	BURST = 32, // sources are known, and their cells fetched, before the burst is charged
	PEERS_WANTED = 50,
	// As by default.
	WORK = 2000,
	WORK_BURST = 600000,
	CONNECTS = 1000,
};

static const uint64_t hz = 3000000000;
static const uint64_t step_tsc = 300; // 10 M requests a second

// An io lcore's budgets, and its time.
struct account {
	struct budget budget;
	struct budget_source sources[BURST];
	uint64_t tsc;
	uint64_t turn;
	uint64_t refused;
};

// The source that was prepared BURST requests before; prepares another one.
static struct budget_source
next_source(struct account *account, const uint8_t *address, bool connect)
{
	struct budget_source *place = &account->sources[account->turn++ % BURST];
	struct budget_source source = *place;

	budget_source_of(&account->budget, FAMILY_IPV4, address, place);
	budget_prefetch(&account->budget, place, connect);
	account->tsc += step_tsc;
	return source;
}

static uint64_t
charge(const void *table, const uint8_t *query)
{
	struct account *account = (struct account *)(uintptr_t)table;
	struct budget_source source = next_source(account, query, false);
	unsigned price = price_announce(FAMILY_IPV4, PEERS_WANTED);
	bool admitted = !budget_is_spent(&account->budget, &source, account->tsc)
		&& budget_charge(&account->budget, &source, price, account->tsc);

	account->refused += !admitted;
	return admitted;
}

static uint64_t
take_connect(const void *table, const uint8_t *query)
{
	struct account *account = (struct account *)(uintptr_t)table;
	struct budget_source source = next_source(account, query, true);
	bool admitted = budget_take_connect(&account->budget, &source, account->tsc);

	account->refused += !admitted;
	return admitted;
}

static void
start(struct account *account, uint32_t work, uint32_t burst)
{
	static const struct siphash_key key = {1, 2};
	static const uint8_t address[ADDRESS_BYTES] = {192, 0, 2, 1};

	memset(account, 0, sizeof(*account));
	account->tsc = UINT64_C(1) << 40;
	budget_init(&account->budget, &key, 64, hz);
	budget_set(&account->budget, &(struct budget_limits){work, burst, CONNECTS});
	for (unsigned i = 0; i < BURST; i++)
		budget_source_of(&account->budget, FAMILY_IPV4, address, &account->sources[i]);
}

static void
check(bool holds)
{
	if (holds)
		return;
	fputs("bench_control: budgets refuse others than they should\n", stderr);
	exit(EXIT_FAILURE);
}

void
budget_measure(const char *size, uint32_t entries, unsigned rounds, struct bench_report *report)
{
	size_t query_bytes = (size_t)LOOKUP_QUERIES * ADDRESS_BYTES;
	struct account *account = memory_map(sizeof(*account));
	uint8_t *queries = memory_map(query_bytes);
	struct rng rng = {entries};
	struct lookup lookup = {
		.name = "budget_charge",
		.function = charge,
		.table = account,
		.table_bytes = sizeof(account->budget),
		.queries = queries,
		.query_bytes = ADDRESS_BYTES,
	};

	for (uint32_t i = 0; i < LOOKUP_QUERIES; i++)
		draw_bytes(
			queries + (size_t)i * ADDRESS_BYTES,
			ADDRESS_BYTES,
			8,
			rng_below(&rng, entries)
		);
	start(account, WORK, WORK_BURST);
	lookup_measure(&lookup, size, rounds, report);
	check(account->refused < account->turn / 1000);

	start(account, WORK, WORK_BURST);
	lookup.name = "budget_connect";
	lookup.function = take_connect;
	lookup_measure(&lookup, size, rounds, report);
	check(account->refused < account->turn / 1000);

	memset(queries, 7, query_bytes);
	start(account, WORK, WORK);
	lookup.name = "budget_refuse";
	lookup.function = charge;
	lookup_measure(&lookup, "1", rounds, report);
	check(account->refused > account->turn / 2);
	memory_unmap(queries, query_bytes);
	memory_unmap(account, sizeof(*account));
}
