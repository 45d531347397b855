// SPDX-License-Identifier: BSD-3-Clause
// Replies about torrents and peers, for which workers are asked.

#include "telemetry.h"
#include "torrents.h"

#include <rte_byteorder.h>

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	TORRENTS_MAX = PAGE_LIMIT_MAX, // rows that surely fit a reply
	PEERS_MAX = QUESTION_PEERS,
	TOP_DEFAULT = 10,
	CLIENTS_MAX = 100,
	HEX_BYTES = 2 * SHARD_INFO_HASH_BYTES,
	ADDRESS_TEXT_BYTES = INET6_ADDRSTRLEN + sizeof("[]:65535"),
};

static void
refuse_ending(struct rte_tel_data *reply)
{
	telemetry_refuse(
		reply, TELEMETRY_ENDING, "no worker answers: Weir is ending or overloaded"
	);
}

// --- torrents -----------------------------------------------------------------------------------

static void
add_row(struct rte_tel_data *object, const struct shard_row *row)
{
	char hex[HEX_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), row->info_hash, sizeof(row->info_hash));
	telemetry_text(object, "info_hash", hex);
	telemetry_number(object, "seeders", shard_row_sum(row->seeders));
	telemetry_number(object, "completed", shard_row_sum(row->completed));
	telemetry_number(object, "leechers", shard_row_sum(row->leechers));
}

// With what is only told of single torrents.
static void
add_families(struct rte_tel_data *object, const struct shard_row *row)
{
	for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
		const char *name = family_names[family];
		char field[32];

		snprintf(field, sizeof(field), "seeders_%s", name);
		telemetry_number(object, field, row->seeders[family]);
		snprintf(field, sizeof(field), "leechers_%s", name);
		telemetry_number(object, field, row->leechers[family]);
		snprintf(field, sizeof(field), "completed_%s", name);
		telemetry_number(object, field, row->completed[family]);
	}
}

static void
add_rows(struct rte_tel_data *reply, const struct shard_row *rows, unsigned count, bool with_peers)
{
	struct rte_tel_data *list = telemetry_object(reply, "torrents");

	for (unsigned i = 0; i < count && list != NULL; i++) {
		struct rte_tel_data *object = telemetry_row(list, i);

		if (object == NULL)
			return;
		add_row(object, &rows[i]);
		if (with_peers)
			telemetry_number(object, "peers", best_peers(&rows[i]));
	}
}

static void
show_page(const struct weir *weir, struct page *page, struct rte_tel_data *reply)
{
	const struct shard_row *rows;
	unsigned count;

	if (!torrents_page(weir, page)) {
		refuse_ending(reply);
		return;
	}
	rows = page_rows(page, &count);
	telemetry_number(reply, "total", page->total);
	telemetry_number(reply, "offset", page->offset);
	telemetry_number(reply, "count", count);
	add_rows(reply, rows, count, false);
}

void
telemetry_show_torrents(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	uint64_t numbers[] = {0, TORRENTS_MAX};

	if (!telemetry_numbers(p, numbers, RTE_DIM(numbers)) || numbers[1] < 1
	    || numbers[1] > TORRENTS_MAX) {
		telemetry_refuse(
			reply,
			TELEMETRY_MALFORMED,
			"offset, and limit from 1 to %d; or offset; or nothing",
			TORRENTS_MAX
		);
		return;
	}
	struct page *page = malloc(sizeof(*page));

	if (page == NULL) {
		telemetry_refuse(reply, TELEMETRY_ENDING, "no memory");
		return;
	}
	page_start(page, numbers[0], (unsigned)numbers[1]);
	show_page(weir, page, reply);
	free(page);
}

void
telemetry_show_top(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct shard_row rows[TORRENTS_MAX];
	uint64_t count = TOP_DEFAULT;

	if (!telemetry_numbers(p, &count, 1) || count < 1 || count > TORRENTS_MAX) {
		telemetry_refuse(
			reply, TELEMETRY_MALFORMED, "a count from 1 to %d, or nothing", TORRENTS_MAX
		);
		return;
	}
	struct best best = {.rows = rows, .capacity = (unsigned)count, .before = best_by_peers};

	if (!torrents_best(weir, &best)) {
		refuse_ending(reply);
		return;
	}
	telemetry_number(reply, "count", best.count);
	add_rows(reply, rows, best.count, true);
}

// --- one torrent, and peers ---------------------------------------------------------------------

static void
address_text(const struct shard_peer *peer, char text[ADDRESS_TEXT_BYTES])
{
	bool ipv4 = peer->family == FAMILY_IPV4;
	const uint8_t *port = peer->address + (ipv4 ? 4 : 16);
	char address[INET6_ADDRSTRLEN];

	inet_ntop(ipv4 ? AF_INET : AF_INET6, peer->address, address, sizeof(address));
	snprintf(
		text,
		ADDRESS_TEXT_BYTES,
		ipv4 ? "%s:%u" : "[%s]:%u",
		address,
		port[0] << 8 | port[1]
	);
}

static uint64_t
word_at(const uint8_t *bytes)
{
	rte_be64_t word;

	memcpy(&word, bytes, sizeof(word));
	return rte_be_to_cpu_64(word);
}

static void
add_peer_id(struct rte_tel_data *object, const uint8_t *peer_id)
{
	struct rte_tel_data *inner = telemetry_object(object, "peer_id");
	char hex[2 + 2 * SHARD_PEER_ID_BYTES + 1] = "0x";
	char client[CLIENT_TEXT_BYTES];

	if (inner == NULL)
		return;
	sodium_bin2hex(hex + 2, sizeof(hex) - 2, peer_id, SHARD_PEER_ID_BYTES);
	client_text(peer_id, client);
	telemetry_text(inner, "id", hex);
	telemetry_text(inner, "client", client);
}

static void
add_peer(struct rte_tel_data *object, const struct shard_peer *peer, uint64_t wall_s)
{
	static const char *const events[] = {"None", "Completed", "Started", "Stopped"};
	char address[ADDRESS_TEXT_BYTES];

	if (peer->detailed)
		add_peer_id(object, peer->detail);
	address_text(peer, address);
	telemetry_text(object, "peer_addr", address);
	telemetry_number(object, "updated", (wall_s - peer->age_s) * 1000);
	telemetry_number(object, "updated_milliseconds_ago", peer->age_s * UINT64_C(1000));
	if (peer->detailed) { // in the order of an announce
		telemetry_number(object, "uploaded", word_at(peer->detail + 36));
		telemetry_number(object, "downloaded", word_at(peer->detail + 20));
		telemetry_number(object, "left", word_at(peer->detail + 28));
		telemetry_text(object, "event", events[peer->event]);
	}
	telemetry_number(object, "seeder", peer->seeder);
}

static void
add_peers(const struct weir *weir, const struct question *question, struct rte_tel_data *reply)
{
	struct rte_tel_data *list = telemetry_object(reply, "peers");
	uint32_t wall_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < question->count && list != NULL; i++) {
		struct rte_tel_data *object = telemetry_row(list, i);

		if (object != NULL)
			add_peer(object, &question->peers[i], wall_s);
	}
}

// Reads the info_hash that parameters begin with; *rest: what stands behind the comma after it, or
// NULL. False where they do not.
static bool
read_info_hash(const char *parameters, uint8_t *info_hash, const char **rest)
{
	size_t len = parameters == NULL ? 0 : strcspn(parameters, ",");

	if (len != HEX_BYTES
	    || sodium_hex2bin(info_hash, SHARD_INFO_HASH_BYTES, parameters, len, NULL, NULL, rest)
		    != 0
	    || *rest != parameters + len)
		return false;
	*rest = **rest == ',' ? *rest + 1 : NULL;
	return true;
}

// Asks for a torrent. False where there is none, or no answer: the reply says so.
static bool
find(const struct weir *weir,
     const uint8_t *info_hash,
     struct question *question,
     struct rte_tel_data *reply)
{
	if (!torrents_find(weir, info_hash, question)) {
		refuse_ending(reply);
		return false;
	}
	if (!question->found)
		telemetry_refuse(reply, TELEMETRY_UNKNOWN, "torrent not known");
	return question->found;
}

void
telemetry_show_torrent(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct question question = {.room = PEERS_MAX};
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	const char *rest;

	if (!read_info_hash(p, info_hash, &rest) || rest != NULL) {
		telemetry_refuse(
			reply, TELEMETRY_MALFORMED, "an info_hash of 40 hexadecimal digits"
		);
		return;
	}
	if (!find(weir, info_hash, &question, reply))
		return;
	add_row(reply, &question.row);
	add_families(reply, &question.row);
	add_peers(weir, &question, reply);
}

void
telemetry_show_peers(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	uint64_t numbers[] = {0, PEERS_MAX};
	struct question question = {0};
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	const char *rest;

	if (!read_info_hash(p, info_hash, &rest)
	    || !telemetry_numbers(rest, numbers, RTE_DIM(numbers)) || numbers[1] < 1
	    || numbers[1] > PEERS_MAX) {
		telemetry_refuse(
			reply,
			TELEMETRY_MALFORMED,
			"an info_hash of 40 hexadecimal digits, then offset, then limit from 1 to "
			"%d",
			PEERS_MAX
		);
		return;
	}
	question.first_peer = (uint32_t)RTE_MIN(numbers[0], (uint64_t)UINT32_MAX);
	question.room = (unsigned)numbers[1];
	if (!find(weir, info_hash, &question, reply))
		return;
	char hex[HEX_BYTES + 1];

	sodium_bin2hex(hex, sizeof(hex), info_hash, sizeof(info_hash));
	telemetry_text(reply, "info_hash", hex);
	telemetry_number(reply, "offset", numbers[0]);
	telemetry_number(reply, "total", best_peers(&question.row));
	telemetry_number(reply, "count", question.count);
	add_peers(weir, &question, reply);
}

// --- client programs ----------------------------------------------------------------------------

void
telemetry_show_clients(const struct weir *weir, const char *p, struct rte_tel_data *reply)
{
	struct clients clients;

	(void)p;
	if (!weir->config->peer_detail) {
		telemetry_refuse(
			reply,
			TELEMETRY_MALFORMED,
			"peer ids are not kept: swarm.peer_detail is false"
		);
		return;
	}
	if (!torrents_clients(weir, &clients)) {
		refuse_ending(reply);
		return;
	}
	unsigned count = RTE_MIN(clients_sort(&clients), (unsigned)CLIENTS_MAX);
	struct rte_tel_data *list;

	telemetry_number(reply, "peers", clients.peers);
	telemetry_number(reply, "unknown", clients.unknown);
	telemetry_number(reply, "count", count);
	list = telemetry_object(reply, "clients");
	for (unsigned i = 0; i < count && list != NULL; i++) {
		struct rte_tel_data *object = telemetry_row(list, i);

		if (object == NULL)
			return;
		telemetry_text(object, "client", clients.rows[i].name);
		telemetry_number(object, "peers", clients.rows[i].peers);
	}
}
