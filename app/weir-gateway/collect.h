// SPDX-License-Identifier: BSD-3-Clause
// Samples of metrics, from Weir's replies and the gateway's own counters: one function for each source
// that metrics.def names, and one for all metrics of field.def. For the handler thread; sources of
// GATEWAY_METRIC: any thread.

#pragma once

#include "../../lib/stats/field.h"
#include "exposition.h"
#include "gateway_stats.h"
#include "snapshot.h"

#include <stddef.h>
#include <stdint.h>

// The output, and what samples are taken from.
struct collection {
	struct exposition text;
	const struct snapshot *weir; // NULL: Weir is unavailable
	const struct gateway_stats *gateway;
	struct exposition_family field_family; // of the field whose metric is being written
};

struct metric {
	struct exposition_family family;
	void (*collect)(struct collection *c, const struct metric *metric);
	enum field field; // of the reply, or FIELD_NONE
	bool gateway; // the number is one of struct gateway_stats
	size_t offset; // of the field in struct gateway_stats
};

// Labels of a sample, for the enclosing call.
#define COLLECT_LABELS(...) (&(const struct exposition_labels){{__VA_ARGS__}})

// Declares a function that several rows name more than once.
#define METRIC(name, type, unit, source, ...)                                                      \
	void collect_##source(struct collection *c, const struct metric *metric);
#define GATEWAY_METRIC METRIC
#include "metrics.def"
#undef METRIC
#undef GATEWAY_METRIC

// Seconds of a number of cycles; 0 where the frequency of the cycle counter is unknown.
double collect_seconds(const struct collection *c, uint64_t cycles);

// The metric of a field that has one, and its samples.
struct exposition_family collect_field_family(enum field field);
void collect_field(struct collection *c, enum field field);
