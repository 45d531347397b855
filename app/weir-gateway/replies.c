// SPDX-License-Identifier: BSD-3-Clause

#include "replies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REST_MS = 1000 }; // that a Weir which cannot be reached is left alone

struct reply {
	char command[REPLIES_COMMAND_MAX]; // "": a free place
	uint64_t asked_ms;
	uint64_t used_ms;
	json_t *value; // NULL: `error` holds
	struct ask_error error;
};

struct replies {
	struct ask *ask;
	struct own *own;
	uint64_t (*now_ms)(void);
	long pid; // of the Weir that said all this
	uint64_t away_until_ms;
	struct ask_error away;
	struct reply rows[REPLIES_MAX];
};

struct replies *
replies_new(struct ask *ask, struct own *own, uint64_t (*now_ms)(void))
{
	struct replies *replies = calloc(1, sizeof(*replies));

	if (replies == NULL)
		return NULL;
	replies->ask = ask;
	replies->own = own;
	replies->now_ms = now_ms;
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
		if (reply->used_ms < oldest->used_ms)
			oldest = reply;
	}
	forget(oldest);
	return oldest;
}

static json_t *
ask_timed(struct replies *replies, const char *command, struct ask_error *error)
{
	uint64_t from_ms = replies->now_ms();
	json_t *value = ask_weir(replies->ask, command, error);

	own_count_question(replies->own, value != NULL, replies->now_ms() - from_ms);
	return value;
}

static void
refresh(struct replies *replies, struct reply *reply, const char *command)
{
	struct ask_error error = {0};
	json_t *value = ask_timed(replies, command, &error);

	if (ask_pid(replies->ask) != replies->pid)
		forget_all(replies);
	replies->pid = ask_pid(replies->ask);
	forget(reply);
	if (value == NULL && error.code != ASK_MALFORMED && error.code != ASK_UNKNOWN) {
		replies->away = error;
		replies->away_until_ms = replies->now_ms() + REST_MS;
		return;
	}
	snprintf(reply->command, sizeof(reply->command), "%s", command);
	reply->asked_ms = replies->now_ms();
	reply->value = value;
	reply->error = error;
}

json_t *
replies_get(struct replies *replies, const char *command, unsigned keep_ms, struct ask_error *error)
{
	struct reply *reply = find(replies, command);

	if (replies->now_ms() < replies->away_until_ms) {
		*error = replies->away;
		return NULL;
	}
	if (*reply->command == '\0' || replies->now_ms() - reply->asked_ms >= keep_ms)
		refresh(replies, reply, command);
	if (*reply->command == '\0') {
		*error = replies->away;
		return NULL;
	}
	reply->used_ms = replies->now_ms();
	*error = reply->error;
	return json_incref(reply->value);
}
