// SPDX-License-Identifier: BSD-3-Clause

#include "reply.h"

#include <string.h>

const char *const reply_error_texts[REPLY_ERROR_COUNT] = {
	[REPLY_ERROR_ID_EXPIRED] = "connection id expired",
	[REPLY_ERROR_PORT_ZERO] = "port must not be 0",
	[REPLY_ERROR_CLIENT_DENIED] = "client not allowed",
	[REPLY_ERROR_KEY_UNKNOWN] = "key unknown",
	[REPLY_ERROR_KEY_EXPIRED] = "key expired",
};

// The request's transaction id is at byte 12, the reply's at byte 4.
static void
write_head(void *payload, enum bep15_action action)
{
	rte_be32_t transaction_id = ((const struct bep15_request *)payload)->transaction_id;
	struct bep15_reply *reply = payload;

	reply->action = rte_cpu_to_be_32(action);
	reply->transaction_id = transaction_id;
}

uint16_t
reply_connect(void *payload, uint64_t connection_id)
{
	struct bep15_connect_reply *reply = payload;

	write_head(payload, BEP15_CONNECT);
	reply->connection_id = rte_cpu_to_be_64(connection_id);
	return sizeof(*reply);
}

uint16_t
reply_announce(
	void *payload,
	uint32_t interval_s,
	uint32_t leechers,
	uint32_t seeders,
	uint16_t peer_bytes
)
{
	struct bep15_announce_reply *reply = payload;

	write_head(payload, BEP15_ANNOUNCE);
	reply->interval = rte_cpu_to_be_32(interval_s);
	reply->leechers = rte_cpu_to_be_32(leechers);
	reply->seeders = rte_cpu_to_be_32(seeders);
	return sizeof(*reply) + peer_bytes;
}

uint16_t
reply_scrape(void *payload, uint16_t count)
{
	const struct bep15_scrape *request = payload;
	struct bep15_scrape_reply *reply = payload;

	write_head(payload, BEP15_SCRAPE);
	// Row i moves to a lower address than any hash behind it, so ascending order is safe.
	for (unsigned i = 0; i < count; i++)
		memmove(&reply->rows[i], request->info_hash[i], sizeof(reply->rows[i]));
	return sizeof(*reply) + count * sizeof(reply->rows[0]);
}

uint16_t
reply_scrape_zeros(void *payload, uint16_t count)
{
	struct bep15_scrape_reply *reply = payload;

	write_head(payload, BEP15_SCRAPE);
	memset(reply->rows, 0, count * sizeof(reply->rows[0]));
	return sizeof(*reply) + count * sizeof(reply->rows[0]);
}

uint16_t
reply_error(void *payload, enum reply_error error)
{
	return reply_message(payload, reply_error_texts[error]);
}

uint16_t
reply_message(void *payload, const char *message)
{
	struct bep15_error_reply *reply = payload;
	size_t len = strlen(message);

	write_head(payload, BEP15_ERROR);
	memcpy(reply->message, message, len);
	return sizeof(*reply) + len;
}
