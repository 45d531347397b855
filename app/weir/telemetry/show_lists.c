// SPDX-License-Identifier: BSD-3-Clause
// The reply about the lists of the operator.

#include "../lists/lists.h"
#include "show_rows.h"
#include "telemetry.h"

static unsigned
list_number(const struct weir *weir, unsigned row)
{
	(void)weir;
	return row;
}

static void
show_list(const struct weir *weir, unsigned row, struct rte_tel_data *object)
{
	struct list_info info;

	lists_info(weir, (enum list_kind)row, &info);
	REPLY_FILL(
		object,
		list,
		REPLY_TEXT(list_name, info.name),
		REPLY_TEXT(list_mode, info.mode),
		REPLY_TEXT(list_file, info.path),
		REPLY_NUMBER(list_entries, info.entries),
		REPLY_NUMBER(list_loaded_s, info.loaded_s),
		REPLY_NUMBER(list_load_ms, info.load_ms),
		REPLY_NUMBER(list_failing, info.failing),
		REPLY_TEXT(list_error, info.error)
	);
}

void
telemetry_show_lists(const struct weir *weir, const char *parameters, struct rte_tel_data *reply)
{
	static const struct show_rows rows = {LIST_COUNT, "list", list_number, show_list};

	show_rows(weir, &rows, parameters, reply);
}
