// SPDX-License-Identifier: BSD-3-Clause
// Replies about the peers of one torrent, which its worker is asked for.

#include "ask_workers.h"
#include "parameters.h"
#include "telemetry.h"
#include "torrent_values.h"

#include <rte_byteorder.h>

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

enum {
	PEERS_MAX = QUESTION_PEERS,
	ADDRESS_TEXT_BYTES = INET6_ADDRSTRLEN + sizeof("[]:65535"),
	// Offsets in the detail of a peer, which is a part of an announce.
	DETAIL_DOWNLOADED = 20,
	DETAIL_LEFT = 28,
	DETAIL_UPLOADED = 36,
};

// --- peers --------------------------------------------------------------------------------------

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

static struct rte_tel_data *
peer_id_object(const uint8_t *peer_id)
{
	struct rte_tel_data *object = reply_object();
	char hex[2 + 2 * SHARD_PEER_ID_BYTES + 1] = "0x";
	char client[CLIENT_TEXT_BYTES];

	if (object == NULL)
		return NULL;
	sodium_bin2hex(hex + 2, sizeof(hex) - 2, peer_id, SHARD_PEER_ID_BYTES);
	client_text(peer_id, client);
	REPLY_FILL(
		object, peer_id, REPLY_TEXT(peer_id_id, hex), REPLY_TEXT(peer_id_client, client)
	);
	return object;
}

static void
fill_peer(struct rte_tel_data *object, const struct shard_peer *peer, uint64_t wall_s)
{
	static const char *const events[] = {"None", "Completed", "Started", "Stopped"};
	const uint8_t *detail = peer->detail;
	bool detailed = peer->detailed;
	char address[ADDRESS_TEXT_BYTES];

	address_text(peer, address);
	REPLY_FILL(
		object,
		peer,
		REPLY_CONTAINER(peer_peer_id, detailed ? peer_id_object(detail) : NULL),
		REPLY_TEXT(peer_peer_addr, address),
		REPLY_NUMBER(peer_updated, (wall_s - peer->age_s) * 1000),
		REPLY_NUMBER(peer_updated_milliseconds_ago, peer->age_s * UINT64_C(1000)),
		REPLY_NUMBER_IF(detailed, peer_uploaded, word_at(detail + DETAIL_UPLOADED)),
		REPLY_NUMBER_IF(detailed, peer_downloaded, word_at(detail + DETAIL_DOWNLOADED)),
		REPLY_NUMBER_IF(detailed, peer_left, word_at(detail + DETAIL_LEFT)),
		REPLY_TEXT_IF(detailed, peer_event, detailed ? events[peer->event] : NULL),
		REPLY_NUMBER(peer_seeder, peer->seeder)
	);
}

static struct rte_tel_data *
list_peers(const struct weir *weir, const struct question *question)
{
	struct rte_tel_data *list = reply_object();
	uint32_t wall_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < question->count; i++) {
		struct rte_tel_data *object = reply_row(list, i);

		if (object != NULL)
			fill_peer(object, &question->peers[i], wall_s);
	}
	return list;
}

// --- the torrent --------------------------------------------------------------------------------

// Reads the info_hash that parameters begin with. *rest: what follows the comma after it; NULL: there is
// no comma. False: the parameters do not begin with one.
static bool
read_info_hash(const char *parameters, uint8_t *info_hash, const char **rest)
{
	size_t len = parameters == NULL ? 0 : strcspn(parameters, ",");

	if (len != TORRENT_HASH_DIGITS
	    || sodium_hex2bin(info_hash, SHARD_INFO_HASH_BYTES, parameters, len, NULL, NULL, rest)
		    != 0
	    || *rest != parameters + len)
		return false;
	*rest = **rest == ',' ? *rest + 1 : NULL;
	return true;
}

// Asks for a torrent. False: there is none, or no answer, and the reply says so.
static bool
find(const struct weir *weir,
     const uint8_t *info_hash,
     struct question *question,
     struct rte_tel_data *reply)
{
	if (!ask_torrent(weir, info_hash, question)) {
		torrent_refuse_unanswered(reply);
		return false;
	}
	if (!question->found)
		reply_refuse(reply, REPLY_UNKNOWN, "torrent not known");
	return question->found;
}

void
telemetry_show_torrent(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	struct question question = {.room = PEERS_MAX};
	const struct shard_row *row = &question.row;
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	const char *rest;

	if (!read_info_hash(parameters, info_hash, &rest) || rest != NULL) {
		reply_refuse(reply, REPLY_MALFORMED, "an info_hash of 40 hexadecimal digits");
		return;
	}
	if (!find(weir, info_hash, &question, reply))
		return;
	struct torrent_hash hash = torrent_hash_text(info_hash);

	REPLY_FILL(
		reply,
		torrent,
		TORRENT_VALUES(torrent, &hash, row),
		REPLY_NUMBER(torrent_seeders_ipv4, row->seeders[FAMILY_IPV4]),
		REPLY_NUMBER(torrent_leechers_ipv4, row->leechers[FAMILY_IPV4]),
		REPLY_NUMBER(torrent_completed_ipv4, row->completed[FAMILY_IPV4]),
		REPLY_NUMBER(torrent_seeders_ipv6, row->seeders[FAMILY_IPV6]),
		REPLY_NUMBER(torrent_leechers_ipv6, row->leechers[FAMILY_IPV6]),
		REPLY_NUMBER(torrent_completed_ipv6, row->completed[FAMILY_IPV6]),
		REPLY_CONTAINER(torrent_peers, list_peers(weir, &question))
	);
}

void
telemetry_show_peers(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	uint64_t numbers[] = {0, PEERS_MAX};
	struct question question = {0};
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	const char *rest;

	if (!read_info_hash(parameters, info_hash, &rest)
	    || !parameters_numbers(rest, numbers, RTE_DIM(numbers)) || numbers[1] < 1
	    || numbers[1] > PEERS_MAX) {
		reply_refuse(
			reply,
			REPLY_MALFORMED,
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
	struct torrent_hash hash = torrent_hash_text(info_hash);

	REPLY_FILL(
		reply,
		peers,
		REPLY_TEXT(peers_info_hash, hash.text),
		REPLY_NUMBER(peers_offset, numbers[0]),
		REPLY_NUMBER(peers_total, best_peers(&question.row)),
		REPLY_NUMBER(peers_count, question.count),
		REPLY_CONTAINER(peers_peers, list_peers(weir, &question))
	);
}
