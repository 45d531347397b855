// SPDX-License-Identifier: BSD-3-Clause
// Replies for which workers go through all their torrents: torrents, top, clients.

#include "ask_workers.h"
#include "parameters.h"
#include "telemetry.h"
#include "torrent_values.h"

#include <stdlib.h>

enum {
	TORRENTS_MAX = PAGE_LIMIT_MAX, // rows that always fit a reply
	TOP_DEFAULT = 10,
	CLIENTS_MAX = 100,
};

// --- torrents -----------------------------------------------------------------------------------

static struct rte_tel_data *
list_page(const struct shard_row *rows, unsigned count)
{
	struct rte_tel_data *list = reply_object();

	for (unsigned i = 0; i < count; i++) {
		struct torrent_hash hash = torrent_hash_text(rows[i].info_hash);
		struct rte_tel_data *object = reply_row(list, i);

		if (object != NULL)
			REPLY_FILL(
				object, torrents_row, TORRENT_VALUES(torrents_row, &hash, &rows[i])
			);
	}
	return list;
}

static void
show_page(const struct weir *weir, struct page *page, struct rte_tel_data *reply)
{
	unsigned count;

	if (!ask_page(weir, page)) {
		torrent_refuse_unanswered(reply);
		return;
	}
	const struct shard_row *rows = page_rows(page, &count);

	REPLY_FILL(
		reply,
		torrents,
		REPLY_NUMBER(torrents_total, page->total),
		REPLY_NUMBER(torrents_offset, page->offset),
		REPLY_NUMBER(torrents_count, count),
		REPLY_CONTAINER(torrents_torrents, list_page(rows, count))
	);
}

void
telemetry_show_torrents(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	uint64_t numbers[] = {0, TORRENTS_MAX};

	if (!parameters_numbers(parameters, numbers, RTE_DIM(numbers)) || numbers[1] < 1
	    || numbers[1] > TORRENTS_MAX) {
		reply_refuse(
			reply,
			REPLY_MALFORMED,
			"offset, and limit from 1 to %d; or offset; or nothing",
			TORRENTS_MAX
		);
		return;
	}
	struct page *page = malloc(sizeof(*page));

	if (page == NULL) {
		reply_refuse(reply, REPLY_ENDING, "no memory");
		return;
	}
	page_start(page, numbers[0], (unsigned)numbers[1]);
	show_page(weir, page, reply);
	free(page);
}

// --- the largest --------------------------------------------------------------------------------

static struct rte_tel_data *
list_top(const struct best *best)
{
	struct rte_tel_data *list = reply_object();

	for (unsigned i = 0; i < best->count; i++) {
		const struct shard_row *row = &best->rows[i];
		struct torrent_hash hash = torrent_hash_text(row->info_hash);
		struct rte_tel_data *object = reply_row(list, i);

		if (object != NULL)
			REPLY_FILL(
				object,
				top_row,
				TORRENT_VALUES(top_row, &hash, row),
				REPLY_NUMBER(top_row_peers, best_peers(row))
			);
	}
	return list;
}

void
telemetry_show_top(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	struct shard_row rows[TORRENTS_MAX];
	uint64_t count = TOP_DEFAULT;

	if (!parameters_numbers(parameters, &count, 1) || count < 1 || count > TORRENTS_MAX) {
		reply_refuse(
			reply, REPLY_MALFORMED, "a count from 1 to %d, or nothing", TORRENTS_MAX
		);
		return;
	}
	struct best best = {.rows = rows, .capacity = (unsigned)count, .before = best_by_peers};

	if (!ask_best(weir, &best)) {
		torrent_refuse_unanswered(reply);
		return;
	}
	REPLY_FILL(
		reply,
		top,
		REPLY_NUMBER(top_count, best.count),
		REPLY_CONTAINER(top_torrents, list_top(&best))
	);
}

// --- client programs ----------------------------------------------------------------------------

static struct rte_tel_data *
list_clients(const struct client_count *rows, unsigned count)
{
	struct rte_tel_data *list = reply_object();

	for (unsigned i = 0; i < count; i++) {
		struct rte_tel_data *object = reply_row(list, i);

		if (object != NULL)
			REPLY_FILL(
				object,
				client,
				REPLY_TEXT(client_client, rows[i].name),
				REPLY_NUMBER(client_peers, rows[i].peers)
			);
	}
	return list;
}

void
telemetry_show_clients(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	struct clients clients;

	if (!weir_config(weir)->peer_detail) {
		reply_refuse(
			reply, REPLY_MALFORMED, "peer ids are not kept: swarm.peer_detail is false"
		);
		return;
	}
	if (!ask_clients(weir, &clients)) {
		torrent_refuse_unanswered(reply);
		return;
	}
	unsigned count = RTE_MIN(clients_sort(&clients), (unsigned)CLIENTS_MAX);

	REPLY_FILL(
		reply,
		clients,
		REPLY_NUMBER(clients_peers, clients.peers),
		REPLY_NUMBER(clients_unknown, clients.unknown),
		REPLY_NUMBER(clients_count, count),
		REPLY_CONTAINER(clients_clients, list_clients(clients.rows, count))
	);
}
