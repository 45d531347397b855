// SPDX-License-Identifier: BSD-3-Clause
// Our commands on DPDK's telemetry socket: the table in telemetry.c, the replies in telemetry_*.c.
//
// Replies are made in threads of the telemetry library, several at once. They read counters, each
// with one relaxed load, ask ports and pools what DPDK lets anybody ask, and workers by
// mailbox_ask; they never touch a ring's contents, a table or a packet. DPDK 22.11 cannot put
// objects into arrays, so rows are members "0", "1", …; a reply has at most 16 KiB and 256 members
// a level, so long lists come in pages. Numbers are at most TELEMETRY_NUMBER_MAX, because readers
// of JSON have signed ones.

#pragma once

#include "../weir.h"

#include <rte_telemetry.h>

#include <stdio.h>

#define TELEMETRY_NUMBER_MAX ((uint64_t)INT64_MAX)

// Makes the reply of one command from what stands behind the first comma (NULL: nothing does).
// Weir stays whole until it returns.
typedef void (*telemetry_show
)(const struct weir *weir, const char *parameters, struct rte_tel_data *reply);

bool telemetry_up(struct weir *weir, struct error *error);
// DPDK cannot forget a command: from here on they answer with an error.
void telemetry_down(struct weir *weir);

// The reference of all commands and numbers, as Markdown.
void telemetry_print(FILE *out);

// A reply that is an error: {"error": sentence, "code": code}, the code borrowed from HTTP.
enum telemetry_code {
	TELEMETRY_MALFORMED = 400,
	TELEMETRY_UNKNOWN = 404,
	TELEMETRY_ENDING = 503,
};

__attribute__((format(printf, 3, 4))) void
telemetry_refuse(struct rte_tel_data *reply, enum telemetry_code code, const char *format, ...);

// Adds a number, cut to what readers can take, or a text to an object.
void telemetry_number(struct rte_tel_data *object, const char *name, uint64_t value);
void telemetry_text(struct rte_tel_data *object, const char *name, const char *text);

// A new object as a member of another: the member `number`. NULL without memory: it is left out.
struct rte_tel_data *telemetry_row(struct rte_tel_data *object, unsigned number);
struct rte_tel_data *telemetry_object(struct rte_tel_data *object, const char *name);

// Reads whole numbers with commas between them, as far as there are any: *numbers[0..count) keep
// what they had where nothing stands. False where something else stands there, or too much.
bool telemetry_numbers(const char *parameters, uint64_t *numbers, unsigned count);

// For replies of rows that are also asked for one by one: shows rows 0 to count - 1, each under
// the number that `key_of` gives, or the one whose key is the parameter. `what` names a row.
struct telemetry_rows {
	unsigned count;
	const char *what;
	unsigned (*key_of)(const struct weir *weir, unsigned row);
	void (*show)(const struct weir *weir, unsigned row, struct rte_tel_data *object);
};

void telemetry_show_rows(
	const struct weir *weir,
	const struct telemetry_rows *rows,
	const char *parameters,
	struct rte_tel_data *reply
);

// One for each command of the table: of the whole appliance in telemetry_sums.c, of what there are
// several of in telemetry_parts.c, of what workers are asked for in telemetry_torrents.c.
#define COMMAND(name, ...)                                                                         \
	void telemetry_show_##name(                                                                \
		const struct weir *weir, const char *parameters, struct rte_tel_data *reply        \
	);
#include "telemetry.def"
#undef COMMAND
