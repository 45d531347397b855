// SPDX-License-Identifier: BSD-3-Clause
// Shows replies as tables: one function for each command of commands.def.

#pragma once

#include "field.h"

#include <stdbool.h>

struct show_input {
	const json_t *now; // the reply, with lists
	const json_t *before; // the previous reply, of `seconds` ago and the same Weir; NULL: none
	double seconds;
	bool all; // also rows that are all zeros
	const char *const *words; // the arguments of the command
	unsigned word_count;
};

typedef void show_function(const struct show_input *input, FILE *out);

show_function show_info;
show_function show_stats;
show_function show_verdicts;
show_function show_lcores;
show_function show_stages;
show_function show_latency;
show_function show_shards;
show_function show_ports;
show_function show_torrent;
show_function show_peers;
show_function show_torrents;
show_function show_largest;
show_function show_clients;
show_function show_memory;
show_function show_config;
show_function show_health;
show_function show_export;

// Shared by these functions:

// Shows an object, one row for each member with its value and help. Members that are not in `fields`, of a
// newer Weir, are shown, too.
void show_object(
	const struct show_input *input,
	const struct field *fields,
	size_t field_count,
	FILE *out
);

// Shows a list of the reply, one row for each object; `list` NULL: the reply is the list. The first field
// identifies a row.
void show_list(
	const struct show_input *input,
	const char *list,
	const struct field *fields,
	size_t field_count,
	FILE *out
);
