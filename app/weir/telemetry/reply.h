// SPDX-License-Identifier: BSD-3-Clause
// Replies of telemetry commands, filled in from the table of fields (lib/stats/field.def).
//
// A reply has at most 16 KiB, and 256 fields in each of its objects. DPDK 22.11 cannot put objects into
// arrays, so rows are fields "0", "1", …, and long lists come in pages. JSON readers have signed
// numbers, so a reply has none above REPLY_NUMBER_MAX.

#pragma once

#include "../../../lib/stats/field.h"

#include <rte_common.h>
#include <rte_telemetry.h>

#include <stdbool.h>

#define REPLY_NUMBER_MAX ((uint64_t)INT64_MAX)

// Codes of errors, borrowed from HTTP.
enum reply_code {
	REPLY_MALFORMED = 400,
	REPLY_UNKNOWN = 404,
	REPLY_ENDING = 503,
};

// Makes the reply an error, whatever it was: {"error": sentence, "code": code}.
__attribute__((format(printf, 3, 4))) void
reply_refuse(struct rte_tel_data *reply, enum reply_code code, const char *format, ...);

// A field with its value: a number, a text, or a container (a list, an object, or rows).
struct reply_value {
	enum field field;
	bool absent; // left out of the reply
	uint64_t number;
	const char *text;
	struct rte_tel_data *container;
};

#define REPLY_NUMBER(field_, value)                                                                \
	{                                                                                          \
		.field = FIELD_##field_, .number = (value)                                         \
	}
#define REPLY_TEXT(field_, value)                                                                  \
	{                                                                                          \
		.field = FIELD_##field_, .text = (value)                                           \
	}
// NULL, as without memory: the field is left out.
#define REPLY_CONTAINER(field_, value)                                                             \
	{                                                                                          \
		.field = FIELD_##field_, .container = (value)                                      \
	}
#define REPLY_NUMBER_IF(present, field_, value)                                                    \
	{                                                                                          \
		.field = FIELD_##field_, .absent = !(present), .number = (value)                   \
	}
#define REPLY_TEXT_IF(present, field_, value)                                                      \
	{                                                                                          \
		.field = FIELD_##field_, .absent = !(present), .text = (value)                     \
	}

// Adds all fields of an object of field.def, in its order. The rest of the arguments are a REPLY_ value
// for each of them: one too few or too many does not compile.
#define REPLY_FILL(reply, object, ...)                                                             \
	do {                                                                                       \
		const struct reply_value values_[] = {__VA_ARGS__};                                \
                                                                                                   \
		_Static_assert(                                                                    \
			RTE_DIM(values_) == FIELD_##object##_END - FIELD_##object##_FIRST,         \
			"a field of " #object " is missing, or there is one too many"              \
		);                                                                                 \
		reply_fill(reply, OBJECT_##object, values_);                                       \
	} while (0)

// `values`: of all fields of the object, in the order of the table.
void
reply_fill(struct rte_tel_data *reply, enum field_object object, const struct reply_value *values);

// Adds a number, at most REPLY_NUMBER_MAX, or a text, cut to the maximum of DPDK.
void reply_number(struct rte_tel_data *object, const char *name, uint64_t number);
void reply_text(struct rte_tel_data *object, const char *name, const char *text);

// A new object, for REPLY_CONTAINER. NULL without memory.
struct rte_tel_data *reply_object(void);

// Adds row `number`, a new object. NULL: `rows` is NULL, or there is no memory.
struct rte_tel_data *reply_row(struct rte_tel_data *rows, unsigned number);
