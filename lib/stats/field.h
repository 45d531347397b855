// SPDX-License-Identifier: BSD-3-Clause
// The fields of telemetry replies: field.def as data, for Weir and the programs that read its replies.

#pragma once

#include <stddef.h>
#include <stdint.h>

enum field_object {
	OBJECT_NONE,
#define OBJECT(object, ...) OBJECT_##object,
#define FIELD(...)
#define END(object)
#include "field.def"
#undef OBJECT
#undef FIELD
#undef END
	OBJECT_COUNT,
};

// Fields of an object are consecutive: from FIELD_object_FIRST to before FIELD_object_END.
enum field {
	FIELD_NONE,
#define OBJECT(object, ...)                                                                        \
	FIELD_##object##_FIRST, FIELD_##object##_BEFORE = FIELD_##object##_FIRST - 1,
#define FIELD(object, name, ...) FIELD_##object##_##name,
#define END(object) FIELD_##object##_END, FIELD_##object##_LAST = FIELD_##object##_END - 1,
#include "field.def"
#undef OBJECT
#undef FIELD
#undef END
	FIELD_COUNT,
};

// What a value is. Counters, gauges, numbers, booleans and times are integers in a reply.
enum field_kind {
	FIELD_KIND_TEXT,
	FIELD_KIND_TEXTS, // a list
	FIELD_KIND_OBJECT,
	FIELD_KIND_ROWS, // an object whose fields are rows "0", "1", …
	FIELD_KIND_NUMBER, // an id, or a value that was set
	FIELD_KIND_COUNTER, // only grows
	FIELD_KIND_GAUGE,
	FIELD_KIND_BOOLEAN,
	FIELD_KIND_TIME, // since 1970
	FIELD_KIND_COUNT,
};

struct field_info {
	const char *name;
	enum field_object object;
	enum field_kind kind;
	const char *unit, *label, *metric; // as field.def says; "" for none
	const char *help; // a sentence without a full stop
};

extern const struct field_info field_infos[FIELD_COUNT]; // FIELD_NONE is all zeros
extern const char *const field_kind_names[FIELD_KIND_COUNT];

struct field_object_info {
	const char *name;
	const char *key, *key_help; // of rows; "" for none
	const char *title; // where the object is found
	enum field first, end; // its fields, without `end`
};

extern const struct field_object_info field_objects[OBJECT_COUNT]; // OBJECT_NONE is all zeros

// The field of an object with this name; NULL: there is none.
const struct field_info *field_find(enum field_object object, const char *name);

// Name of a field that a reply has several times: "receive_cycles" is field `stage_cycles` of "receive".
struct field_name {
	char text[64];
};

struct field_name field_name_of(enum field field, const char *owner);

// Name of a bucket in the histogram of a latency, such as "le_256_ns": powers of two between these.
enum { FIELD_BUCKET_FIRST_BITS = 8, FIELD_BUCKET_LAST_BITS = 24 };

struct field_name field_name_of_bucket(uint64_t ns);
