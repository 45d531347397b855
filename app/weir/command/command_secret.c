// SPDX-License-Identifier: BSD-3-Clause

#include "../setup/secret.h"
#include "handlers.h"

bool
command_secret_rotate(const struct handler_call *call, struct error *error)
{
	uint32_t in_s = call->request->in_s != 0 ? call->request->in_s : SECRET_IN_S;
	uint32_t from_s;

	if (!secret_rotate(call->weir, in_s, &from_s, error))
		return false;
	json_object_set_new(call->reply, "from", json_integer(from_s));
	return true;
}
