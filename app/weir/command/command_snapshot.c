// SPDX-License-Identifier: BSD-3-Clause

#include "../snapshot/snapshots.h"
#include "handlers.h"

bool
command_snapshot(const struct handler_call *call, struct error *error)
{
	struct snapshot_report report;

	if (!snapshots_take(call->weir, &report, error))
		return false;
	json_object_set_new(call->reply, "torrents", json_integer((json_int_t)report.torrents));
	json_object_set_new(call->reply, "peers", json_integer((json_int_t)report.peers));
	json_object_set_new(call->reply, "bytes", json_integer((json_int_t)report.bytes));
	json_object_set_new(call->reply, "ms", json_integer((json_int_t)report.ms));
	return true;
}
