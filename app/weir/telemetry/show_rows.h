// SPDX-License-Identifier: BSD-3-Clause
// Replies that are rows: of lcores, of workers' shards, of ports.

#pragma once

#include "../weir.h"
#include "reply.h"

struct show_rows {
	unsigned count;
	const char *what; // a row is, for messages
	unsigned (*number)(const struct weir *weir, unsigned row); // under which a row is found
	void (*show)(const struct weir *weir, unsigned row, struct rte_tel_data *object);
};

// Without parameters the reply has the first 40 rows, each under its number; with a number it is that
// row alone.
void show_rows(
	const struct weir *weir,
	const struct show_rows *rows,
	const char *parameters,
	struct rte_tel_data *reply
);
