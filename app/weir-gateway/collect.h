// SPDX-License-Identifier: BSD-3-Clause
// From replies of Weir, and the gateway's own numbers, to the samples of a metric: a function for
// each source that metrics.def names. The thread that asks; collect_own.c: any.

#pragma once

#include "exposition.h"
#include "own.h"
#include "snapshot.h"

#include <stddef.h>

// What is written from, and where.
struct collection {
	struct exposition text;
	const struct snapshot *weir; // NULL: away
	const struct own *own;
};

struct metric {
	struct exposition_family family;
	void (*collect)(struct collection *c, const struct metric *metric);
	const char *field; // of Weir's reply
	bool own;
	size_t offset; // of the field in struct own
};

// A set of labels for the call it stands in.
#define COLLECT_LABELS(...) (&(const struct exposition_labels){{__VA_ARGS__}})

// Some are declared more than once.
#define METRIC(name, type, unit, source, ...)                                                      \
	void collect_##source(struct collection *c, const struct metric *metric);
#define OWN_METRIC METRIC
#include "metrics.def"
#undef METRIC
#undef OWN_METRIC
