// SPDX-License-Identifier: BSD-3-Clause
// Replies as tables: one function for each command of commands.def.

#pragma once

#include "field.h"

#include <stdbool.h>

struct show_input {
	const json_t *now; // the reply, with lists
	const json_t *before; // the same `seconds` ago, of the same Weir; NULL: none
	double seconds;
	bool all; // rows of zeros, too
	const char *const *words; // the command's arguments that were given
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

// What they are made of.

// A row for each name of an object: its value, and what `fields` say of it. A name that stands in
// none, as a newer Weir may have, is shown all the same.
void show_object(
	const struct show_input *input,
	const struct field *fields,
	size_t field_count,
	FILE *out
);

// A row for each object of a list of the reply; NULL: the reply is the list. The first field tells
// rows apart.
void show_list(
	const struct show_input *input,
	const char *list,
	const struct field *fields,
	size_t field_count,
	FILE *out
);
