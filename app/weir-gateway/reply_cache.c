// SPDX-License-Identifier: BSD-3-Clause

#include "reply_cache.h"

#include <rte_common.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	US_IN_MS = 1000,
	REST_US = 1000 * US_IN_MS
}; // without commands after Weir could not be reached

struct reply {
	char command[REPLY_CACHE_COMMAND_MAX]; // "": the entry is free
	uint64_t sent_us;
	uint64_t used_us;
	json_t *value; // the last one that was no error, or NULL
	uint64_t value_us; // when it was received
	bool good; // the last reply was no error; otherwise `error` is valid
	struct telemetry_error error;
};

struct reply_cache {
	struct telemetry_client *client;
	struct gateway_stats *stats;
	uint64_t (*now_us)(void);
	long pid; // of the Weir process that sent the replies
	uint64_t back_off_until_us;
	struct telemetry_error unavailable;
	unsigned late_in_a_row; // commands
	struct reply entries[REPLY_CACHE_MAX];
};

struct reply_cache *
reply_cache_new(
	struct telemetry_client *client,
	struct gateway_stats *stats,
	uint64_t (*now_us)(void)
)
{
	struct reply_cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL)
		return NULL;
	cache->client = client;
	cache->stats = stats;
	cache->now_us = now_us;
	return cache;
}

static void
clear(struct reply *reply)
{
	json_decref(reply->value);
	*reply = (struct reply){0};
}

static void
clear_all(struct reply_cache *cache)
{
	for (unsigned i = 0; i < REPLY_CACHE_MAX; i++)
		clear(&cache->entries[i]);
}

void
reply_cache_free(struct reply_cache *cache)
{
	if (cache == NULL)
		return;
	clear_all(cache);
	free(cache);
}

// The entry of a command; if there is none, the least recently used one, emptied.
static struct reply *
find(struct reply_cache *cache, const char *command)
{
	struct reply *oldest = &cache->entries[0];

	for (unsigned i = 0; i < REPLY_CACHE_MAX; i++) {
		struct reply *reply = &cache->entries[i];

		if (strcmp(reply->command, command) == 0)
			return reply;
		if (reply->used_us < oldest->used_us)
			oldest = reply;
	}
	clear(oldest);
	return oldest;
}

static json_t *
send_timed(struct reply_cache *cache, const char *command, struct telemetry_error *error)
{
	uint64_t from_us = cache->now_us();
	json_t *value = telemetry_client_get(cache->client, command, error);

	gateway_stats_count_command(cache->stats, value != NULL, cache->now_us() - from_us);
	return value;
}

// Sends no command for a while. Those that failed are sent again as soon as Weir can be reached.
static void
back_off(struct reply_cache *cache, const struct telemetry_error *error)
{
	cache->unavailable = *error;
	cache->back_off_until_us = cache->now_us() + REST_US;
	cache->late_in_a_row = 0;
	for (unsigned i = 0; i < REPLY_CACHE_MAX; i++)
		if (!cache->entries[i].good)
			cache->entries[i].sent_us = 0;
}

// Whether an error concerns Weir as a whole.
static bool
is_unavailable(struct reply_cache *cache, enum telemetry_cause cause)
{
	cache->late_in_a_row = cause == TELEMETRY_CAUSE_LATE ? cache->late_in_a_row + 1 : 0;
	return cache->late_in_a_row > 1
		|| (cause != TELEMETRY_CAUSE_NONE && cause != TELEMETRY_CAUSE_REFUSED
		    && cause != TELEMETRY_CAUSE_LATE);
}

static void
note(struct reply *reply, json_t *value, const struct telemetry_error *error, uint64_t now_us)
{
	reply->sent_us = now_us;
	reply->good = value != NULL;
	reply->error = *error;
	if (value == NULL)
		return;
	json_decref(reply->value);
	reply->value = value;
	reply->value_us = now_us;
}

static void
refresh(struct reply_cache *cache, struct reply *reply, const char *command)
{
	struct telemetry_error error = {0};
	json_t *value = send_timed(cache, command, &error);

	if (telemetry_client_pid(cache->client) != cache->pid)
		clear_all(cache);
	cache->pid = telemetry_client_pid(cache->client);
	snprintf(reply->command, sizeof(reply->command), "%s", command);
	note(reply, value, &error, cache->now_us());
	if (is_unavailable(cache, error.cause))
		back_off(cache, &error);
}

static bool
is_due(const struct reply_cache *cache, const struct reply *reply, unsigned keep_ms)
{
	if (*reply->command == '\0' || reply->sent_us == 0)
		return true;
	if (!reply->good && reply->error.cause == TELEMETRY_CAUSE_LATE)
		keep_ms = RTE_MAX(keep_ms, (unsigned)REPLY_CACHE_LATE_MS);
	return cache->now_us() - reply->sent_us >= (uint64_t)keep_ms * US_IN_MS;
}

json_t *
reply_cache_get(
	struct reply_cache *cache,
	const char *command,
	unsigned keep_ms,
	struct telemetry_error *error
)
{
	struct reply *reply = find(cache, command);

	if (cache->now_us() >= cache->back_off_until_us && is_due(cache, reply, keep_ms))
		refresh(cache, reply, command);
	if (cache->now_us() < cache->back_off_until_us) {
		*error = cache->unavailable;
		return NULL;
	}
	reply->used_us = cache->now_us();
	*error = reply->error;
	return reply->good ? json_incref(reply->value) : NULL;
}

static const struct reply *
find_known(const struct reply_cache *cache, const char *command)
{
	for (unsigned i = 0; i < REPLY_CACHE_MAX; i++)
		if (strcmp(cache->entries[i].command, command) == 0)
			return &cache->entries[i];
	return NULL;
}

struct reply_state
reply_cache_state(const struct reply_cache *cache, const char *command)
{
	const struct reply *reply = find_known(cache, command);

	if (reply == NULL)
		return (struct reply_state){0};
	return (struct reply_state){
		.sent = true,
		.good = reply->good,
		.known = reply->value != NULL,
		.age_ms = (cache->now_us() - reply->value_us) / US_IN_MS,
		.value = reply->value,
		.error = reply->error.text,
	};
}

uint64_t
reply_cache_age_ms(const struct reply_cache *cache, const char *command)
{
	struct reply_state state = reply_cache_state(cache, command);

	return state.known ? state.age_ms : 0;
}
