// SPDX-License-Identifier: BSD-3-Clause

#include "replies.h"

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
	json_t *value; // NULL: `error` holds
	struct ask_error error;
};

struct replies {
	struct ask *ask;
	struct own *own;
	uint64_t (*now_us)(void);
	long pid; // of the Weir that said all this
	uint64_t away_until_us;
	struct ask_error away;
	struct reply rows[REPLIES_MAX];
};

struct replies *
replies_new(struct ask *ask, struct own *own, uint64_t (*now_us)(void))
{
	struct replies *replies = calloc(1, sizeof(*replies));

	if (replies == NULL)
		return NULL;
	replies->ask = ask;
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
ask_timed(struct replies *replies, const char *command, struct ask_error *error)
{
	uint64_t from_us = replies->now_us();
	json_t *value = ask_weir(replies->ask, command, error);

	own_count_question(replies->own, value != NULL, replies->now_us() - from_us);
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
		replies->away_until_us = replies->now_us() + REST_US;
		return;
	}
	snprintf(reply->command, sizeof(reply->command), "%s", command);
	reply->asked_us = replies->now_us();
	reply->value = value;
	reply->error = error;
}

json_t *
replies_get(struct replies *replies, const char *command, unsigned keep_ms, struct ask_error *error)
{
	struct reply *reply = find(replies, command);

	if (replies->now_us() < replies->away_until_us) {
		*error = replies->away;
		return NULL;
	}
	if (*reply->command == '\0'
	    || replies->now_us() - reply->asked_us >= (uint64_t)keep_ms * US_IN_MS)
		refresh(replies, reply, command);
	if (*reply->command == '\0') {
		*error = replies->away;
		return NULL;
	}
	reply->used_us = replies->now_us();
	*error = reply->error;
	return json_incref(reply->value);
}

uint64_t
replies_age_ms(const struct replies *replies, const char *command)
{
	for (unsigned i = 0; i < REPLIES_MAX; i++)
		if (strcmp(replies->rows[i].command, command) == 0)
			return (replies->now_us() - replies->rows[i].asked_us) / US_IN_MS;
	return 0;
}
