// SPDX-License-Identifier: BSD-3-Clause
// Metrics as text: OpenMetrics 1.0, or Prometheus' text format 0.0.4.
//
// Families are written one after the other: exposition_family, then their samples. A family without
// samples is left out. One thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum exposition_type {
	EXPOSITION_COUNTER, // its name ends with _total
	EXPOSITION_GAUGE,
	EXPOSITION_HISTOGRAM,
	EXPOSITION_INFO, // its name ends with _info
};

struct exposition_family {
	const char *name; // of its samples
	enum exposition_type type;
	const char *unit; // "" for none; otherwise the end of the name
	const char *help;
};

enum exposition_format {
	EXPOSITION_TEXT, // Prometheus' text format 0.0.4
	EXPOSITION_OPEN_METRICS, // 1.0
	EXPOSITION_JSON, // a list of families with their samples, in Torrust's format
};

enum { EXPOSITION_LABELS_MAX = 4 };

// Values are any UTF-8 text; the first label without a name ends the list.
struct exposition_labels {
	struct {
		const char *name, *value;
	} items[EXPOSITION_LABELS_MAX];
};

struct exposition {
	FILE *out; // NULL without memory
	char *text;
	size_t size;
	enum exposition_format format;
	unsigned families, samples; // written: families, and samples of this family
	bool headed; // the head of the family is written
	const struct exposition_family *family;
};

void exposition_begin(struct exposition *exposition, enum exposition_format format);

// Ends the text and returns it: `size` bytes, which the caller frees. NULL without memory.
char *exposition_end(struct exposition *exposition, size_t *size);

// Value of the Content-Type header.
const char *exposition_content_type(enum exposition_format format);

// `family` must live until the next one, or the end.
void exposition_family(struct exposition *exposition, const struct exposition_family *family);

// Writes a sample of the family. `suffix`: "", or "_bucket", "_sum", "_count" of a histogram.
void exposition_integer(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels,
	uint64_t value
);
void exposition_real(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels,
	double value
);
