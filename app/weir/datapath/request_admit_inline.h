// SPDX-License-Identifier: BSD-3-Clause
// Fast path of an io lcore: the last decision about a request before a worker gets it. The address is
// proved, the torrent's hash is known, and nothing has been handed over.

#pragma once

#include "../../../lib/bep15/url_data.h"
#include "request_inline.h"

static_assert((int)URL_DATA_KEY_CHARS == (int)AUTH_KEY_CHARS, "a key of a URL is one of the file");

static inline bool
request_refuse(
	struct requests *requests,
	struct request *request,
	enum verdict verdict,
	enum reply_error error
)
{
	request_reply(requests, request, verdict, reply_error(request->payload, error));
	return false;
}

// Without a look at the torrents: who has no key does not learn which there are.
static inline bool
request_refuse_scrape(
	struct io *io,
	const struct io_queue *queue,
	struct requests *requests,
	struct request *request
)
{
	uint16_t max = io->settings->ports[queue->port].scrape_rows[request->family];
	uint16_t len =
		reply_scrape_zeros(request->payload, request_scrape_count(request->len, max));

	request_reply(requests, request, VERDICT_scrape_denied, len);
	return false;
}

// The key of an announce, in the options behind it; NULL: it has none.
static inline const char *
request_key(const struct request *request, struct url_data *url)
{
	const struct bep15_announce *announce = request->payload;

	url_data_read((const uint8_t *)(announce + 1), request->len - sizeof(*announce), url);
	return url_data_key(url);
}

// Finds the keys of all announces of a burst and prefetches their places in the table.
static __rte_noinline void
requests_look_keys(const struct io *io, struct requests *requests)
{
	for (unsigned i = 0; i < requests->torrents.count; i++) {
		const struct request *request = requests->proved[i];
		struct request_key *key = &requests->keys[i];
		struct url_data url;

		key->text = NULL;
		if (request->action != BEP15_ANNOUNCE)
			continue;
		const char *text = request_key(request, &url);

		if (text == NULL || url.text == url.copied)
			continue;
		key->text = text;
		key->hash = auth_keys_look(io->lists.auth_keys, text);
	}
}

static inline enum auth_key_state
request_key_state(
	const struct io *io,
	const struct request *request,
	const struct request_key *key,
	uint32_t wall_s
)
{
	const struct auth_keys *keys = io->lists.auth_keys;
	struct url_data url;

	if (likely(key->text != NULL))
		return auth_keys_check_hashed(keys, key->hash, key->text, wall_s);
	const char *text = request_key(request, &url);

	return text == NULL ? AUTH_KEY_UNKNOWN : auth_keys_check(keys, text, wall_s);
}

// Decides by the list of clients, the keys, or both. Not inlined, because it would take registers from the code
// around it.
static __rte_noinline bool
request_admit_by_lists(
	struct io *io,
	const struct io_queue *queue,
	struct requests *requests,
	unsigned i
)
{
	struct request *request = requests->proved[i];
	const struct bep15_announce *announce = request->payload;
	const struct io_lists *lists = &io->lists;
	uint32_t wall_s = __atomic_load_n(io->wall_s, __ATOMIC_RELAXED);

	if (request->action == BEP15_SCRAPE)
		return lists->auth_keys == NULL
			|| request_refuse_scrape(io, queue, requests, request);
	if (lists->clients != NULL
	    && !client_list_allows(lists->clients, announce->peer_id, wall_s))
		return request_refuse(
			requests, request, VERDICT_client_denied, REPLY_ERROR_CLIENT_DENIED
		);
	if (lists->auth_keys == NULL)
		return true;
	switch (request_key_state(io, request, &requests->keys[i], wall_s)) {
	case AUTH_KEY_UNKNOWN:
		return request_refuse(
			requests, request, VERDICT_key_unknown, REPLY_ERROR_KEY_UNKNOWN
		);
	case AUTH_KEY_EXPIRED:
		return request_refuse(
			requests, request, VERDICT_key_expired, REPLY_ERROR_KEY_EXPIRED
		);
	case AUTH_KEY_GOOD:
		break;
	}
	return true;
}

// Decides about proved[i]. False if the request was replied to or dropped here.
static inline bool
request_admit(struct io *io, const struct io_queue *queue, struct requests *requests, unsigned i)
{
	struct request *request = requests->proved[i];
	const struct bep15_announce *announce = request->payload;

	if (unlikely(request->action == BEP15_ANNOUNCE && announce->port == 0))
		return request_refuse(
			requests, request, VERDICT_announce_port_zero, REPLY_ERROR_PORT_ZERO
		);
	return likely(!io->lists.judge_requests) || request_admit_by_lists(io, queue, requests, i);
}
