// SPDX-License-Identifier: BSD-3-Clause
// Metrics as text: OpenMetrics 1.0, or Prometheus' text format 0.0.4.
//
// Families are written one after the other, each by exposition_family and its samples behind it; a
// family without samples leaves no trace. One thread.

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
	const char *unit; // "" for none; else the family's name ends with _unit
	const char *help;
};

enum exposition_format {
	EXPOSITION_TEXT, // Prometheus' text format 0.0.4
	EXPOSITION_OPEN_METRICS, // 1.0
	EXPOSITION_JSON, // a list of families with their samples, as Torrust has them
};

enum { EXPOSITION_LABELS_MAX = 4 };

// Values are UTF-8 of any kind; the first label without a name ends the list.
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
	unsigned families, samples; // written: of all, and of this family
	bool headed; // the family's head is written
	const struct exposition_family *family;
};

void exposition_begin(struct exposition *exposition, enum exposition_format format);

// Ends the text and returns it, `size` bytes that the caller frees; NULL without memory.
char *exposition_end(struct exposition *exposition, size_t *size);

// What it is, for the header Content-Type.
const char *exposition_content_type(enum exposition_format format);

// `family` must live until the next one, or the end.
void exposition_family(struct exposition *exposition, const struct exposition_family *family);

// A sample of the family. `suffix`: "", or that of a histogram's part.
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
