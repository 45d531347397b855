// SPDX-License-Identifier: BSD-3-Clause
// /metrics: what Weir and the gateway count, for Prometheus. The list is metrics.def.

#pragma once

#include "answer.h"
#include "exposition.h"
#include "own.h"
#include "replies.h"

// The thread that asks.
struct answer
answer_metrics(struct replies *replies, const struct own *own, enum exposition_format format);

// Where Weir does not answer: weir_up is 0, and the gateway's own. Any thread.
struct answer answer_metrics_away(const struct own *own, enum exposition_format format);
