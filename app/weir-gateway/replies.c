// SPDX-License-Identifier: BSD-3-Clause

#include "replies.h"

#include <rte_common.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	US_IN_MS = 1000,
	REST_US = 1000 * US_IN_MS
}; // that a Weir which cannot be reached is left alone

struct reply {
	char command[REPLIES_COMMAND_MAX]; // "": a free place
	uint64_t asked_us;
	uint64_t used_us;
	json_t *value; // of the last answer that was good, or NULL
	uint64_t value_us; // when that was
	bool good; // that is the last answer; else `error` holds
	struct telemetry_error error;
};

struct replies {
	struct telemetry_client *client;
	struct own *own;
	uint64_t (*now_us)(void);
	long pid; // of the Weir that said all this
	uint64_t away_until_us;
	struct telemetry_error away;
	unsigned late_in_a_row; // questions
	struct reply rows[REPLIES_MAX];
};

struct replies *
replies_new(struct telemetry_client *client, struct own *own, uint64_t (*now_us)(void))
{
	struct replies *replies = calloc(1, sizeof(*replies));

	if (replies == NULL)
		return NULL;
	replies->client = client;
	replies->own = own;
	replies->now_us = now_us;
	return replies;
}

static void
forget(struct reply *reply)
{
	json_decref(reply->value);
	*reply = (struct reply){0};
}

static void
forget_all(struct replies *replies)
{
	for (unsigned i = 0; i < REPLIES_MAX; i++)
		forget(&replies->rows[i]);
}

void
replies_free(struct replies *replies)
{
	if (replies == NULL)
		return;
	forget_all(replies);
	free(replies);
}

// The row of a command; where it has none, the one that was not used for longest, emptied.
static struct reply *
find(struct replies *replies, const char *command)
{
	struct reply *oldest = &replies->rows[0];

	for (unsigned i = 0; i < REPLIES_MAX; i++) {
		struct reply *reply = &replies->rows[i];

		if (strcmp(reply->command, command) == 0)
			return reply;
		if (reply->used_us < oldest->used_us)
			oldest = reply;
	}
	forget(oldest);
	return oldest;
}

static json_t *
ask_timed(struct replies *replies, const char *command, struct telemetry_error *error)
{
	uint64_t from_us = replies->now_us();
	json_t *value = telemetry_client_get(replies->client, command, error);

	own_count_question(replies->own, value != NULL, replies->now_us() - from_us);
	return value;
}

// Those that failed are asked again as soon as Weir can be reached.
static void
leave_alone(struct replies *replies, const struct telemetry_error *error)
{
	replies->away = *error;
	replies->away_until_us = replies->now_us() + REST_US;
	replies->late_in_a_row = 0;
	for (unsigned i = 0; i < REPLIES_MAX; i++)
		if (!replies->rows[i].good)
			replies->rows[i].asked_us = 0;
}

// Whether an error is about all of Weir.
static bool
is_away(struct replies *replies, enum telemetry_cause cause)
{
	replies->late_in_a_row = cause == TELEMETRY_CAUSE_LATE ? replies->late_in_a_row + 1 : 0;
	return replies->late_in_a_row > 1
		|| (cause != TELEMETRY_CAUSE_NONE && cause != TELEMETRY_CAUSE_REFUSED
		    && cause != TELEMETRY_CAUSE_LATE);
}

static void
note(struct reply *reply, json_t *value, const struct telemetry_error *error, uint64_t now_us)
{
	reply->asked_us = now_us;
	reply->good = value != NULL;
	reply->error = *error;
	if (value == NULL)
		return;
	json_decref(reply->value);
	reply->value = value;
	reply->value_us = now_us;
}

static void
refresh(struct replies *replies, struct reply *reply, const char *command)
{
	struct telemetry_error error = {0};
	json_t *value = ask_timed(replies, command, &error);

	if (telemetry_client_pid(replies->client) != replies->pid)
		forget_all(replies);
	replies->pid = telemetry_client_pid(replies->client);
	snprintf(reply->command, sizeof(reply->command), "%s", command);
	note(reply, value, &error, replies->now_us());
	if (is_away(replies, error.cause))
		leave_alone(replies, &error);
}

static bool
is_due(const struct replies *replies, const struct reply *reply, unsigned keep_ms)
{
	if (*reply->command == '\0' || reply->asked_us == 0)
		return true;
	if (!reply->good && reply->error.cause == TELEMETRY_CAUSE_LATE)
		keep_ms = RTE_MAX(keep_ms, (unsigned)REPLIES_REST_LATE_MS);
	return replies->now_us() - reply->asked_us >= (uint64_t)keep_ms * US_IN_MS;
}

json_t *
replies_get(
	struct replies *replies,
	const char *command,
	unsigned keep_ms,
	struct telemetry_error *error
)
{
	struct reply *reply = find(replies, command);

	if (replies->now_us() >= replies->away_until_us && is_due(replies, reply, keep_ms))
		refresh(replies, reply, command);
	if (replies->now_us() < replies->away_until_us) {
		*error = replies->away;
		return NULL;
	}
	reply->used_us = replies->now_us();
	*error = reply->error;
	return reply->good ? json_incref(reply->value) : NULL;
}

static const struct reply *
find_known(const struct replies *replies, const char *command)
{
	for (unsigned i = 0; i < REPLIES_MAX; i++)
		if (strcmp(replies->rows[i].command, command) == 0)
			return &replies->rows[i];
	return NULL;
}

struct reply_state
replies_state(const struct replies *replies, const char *command)
{
	const struct reply *reply = find_known(replies, command);

	if (reply == NULL)
		return (struct reply_state){0};
	return (struct reply_state){
		.asked = true,
		.good = reply->good,
		.known = reply->value != NULL,
		.age_ms = (replies->now_us() - reply->value_us) / US_IN_MS,
		.value = reply->value,
		.error = reply->error.text,
	};
}

uint64_t
replies_age_ms(const struct replies *replies, const char *command)
{
	struct reply_state state = replies_state(replies, command);

	return state.known ? state.age_ms : 0;
}
