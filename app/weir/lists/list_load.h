// SPDX-License-Identifier: BSD-3-Clause
// From the text of a list to the table that lcores read.
//
// A list with a wrong line has no table, and every wrong line is told. Entries that are there twice are one:
// the last one counts. One thread at a time for one job.

#pragma once

#include "list_kind.h"
#include "list_wrong.h"

struct list_load {
	enum list_kind kind;
	enum access_mode mode;
	uint32_t now_s; // Unix time
	const char *setting; // of errors; NULL: none
	// Asked now and then; false ends the job. NULL: it always goes on.
	bool (*goes_on)(void *context);
	void *context;
};

// Builds `table`, the caller's to free. False: it is empty, and the error is the first wrong line with the
// number of the others, or has another reason.
bool list_load_text(
	const struct list_load *load,
	const char *text,
	size_t len,
	struct list_table *table,
	struct list_wrong *wrong,
	struct error *error
);

// The same without a table: what `weir --check` does.
bool list_load_check(
	const struct list_load *load,
	const char *text,
	size_t len,
	struct list_wrong *wrong,
	struct error *error
);
