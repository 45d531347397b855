// SPDX-License-Identifier: BSD-3-Clause
// The Accept header of a request. Pure; any thread.

#pragma once

#include <stdbool.h>

// Whether a client prefers OpenMetrics 1.0 to Prometheus' text format: the header lists
// application/openmetrics-text in a supported version, and text/plain has no higher q. `header`: NULL
// where the request has none. Malformed parts are ignored.
bool accept_header_wants_open_metrics(const char *header);
