// SPDX-License-Identifier: BSD-3-Clause
// Changes that requests want: from a request to a command of Weir's control socket, and from its reply to
// a response. For the change thread.

#pragma once

#include "connector.h"
#include "request.h"
#include "response.h"

#include <stdbool.h>

// Whether a request of this route changes something.
bool changes_has(enum route route);

// Has Weir make the change. Blocks until it has replied; see control_client.h.
struct response changes_make(const struct request *request, struct connector *connector);
