// SPDX-License-Identifier: BSD-3-Clause

#include "show_rows.h"

#include "parameters.h"

enum { ROWS_MAX = 40 }; // that always fit a reply

static void
show_all(const struct weir *weir, const struct show_rows *rows, struct rte_tel_data *reply)
{
	for (unsigned i = 0; i < RTE_MIN(rows->count, ROWS_MAX); i++) {
		struct rte_tel_data *object = reply_row(reply, rows->number(weir, i));

		if (object != NULL)
			rows->show(weir, i, object);
	}
}

void
show_rows(
	const struct weir *weir,
	const struct show_rows *rows,
	const char *parameters,
	struct rte_tel_data *reply
)
{
	uint64_t wanted = UINT64_MAX;

	if (parameters == NULL) {
		show_all(weir, rows, reply);
		return;
	}
	if (!parameters_numbers(parameters, &wanted, 1)) {
		reply_refuse(
			reply, REPLY_MALFORMED, "the number of one %s, or nothing", rows->what
		);
		return;
	}
	for (unsigned i = 0; i < rows->count; i++) {
		if (rows->number(weir, i) == wanted) {
			rows->show(weir, i, reply);
			return;
		}
	}
	reply_refuse(reply, REPLY_UNKNOWN, "there is no %s %s", rows->what, parameters);
}
