// SPDX-License-Identifier: BSD-3-Clause
// Shows replies as tables: one function for each command of commands.def.

#pragma once

#include "cell.h"

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
show_function show_sources;
show_function show_memory;
show_function show_config;
show_function show_health;
show_function show_export;
show_function show_lists;
show_function show_snapshots;

// Shared by these functions:

// Shows an object, one row for each member with its value and help. Members that the table of fields does
// not have, of a newer Weir, are shown, too.
void show_object(const struct show_input *input, enum field_object object, FILE *out);

// A list of the reply, with a column for each of these fields after that of the rows' numbers.
struct show_list {
	enum field list; // FIELD_NONE: the reply is the list
	enum field_object object; // a row is
	const enum field *columns;
	size_t column_count;
};

// Shows a list, one row for each object.
void show_list(const struct show_input *input, const struct show_list *list, FILE *out);
