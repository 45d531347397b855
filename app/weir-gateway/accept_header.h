// SPDX-License-Identifier: BSD-3-Clause
// The header Accept. Pure; any thread.

#pragma once

#include <stdbool.h>

// Whether a client would rather have OpenMetrics 1.0 than Prometheus' older text: it names
// application/openmetrics-text, in a version that is ours, and text/plain not with a higher q.
// `header`: NULL where there was none. What cannot be read of it counts for nothing.
bool accept_header_wants_open_metrics(const char *header);
