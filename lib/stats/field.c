// SPDX-License-Identifier: BSD-3-Clause

#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct field_info field_infos[FIELD_COUNT] = {
#define OBJECT(...)
#define FIELD(object, name, kind, unit, label, metric, help)                                       \
	[FIELD_##object##_##name] = {                                                              \
		#name, OBJECT_##object, FIELD_KIND_##kind, unit, label, metric, help},
#define END(object)
#include "field.def"
#undef OBJECT
#undef FIELD
#undef END
};

const struct field_object_info field_objects[OBJECT_COUNT] = {
#define OBJECT(object, key, key_help, title)                                                       \
	[OBJECT_##object] = {                                                                      \
		#object, key, key_help, title, FIELD_##object##_FIRST, FIELD_##object##_END},
#define FIELD(...)
#define END(object)
#include "field.def"
#undef OBJECT
#undef FIELD
#undef END
};

const char *const field_kind_names[FIELD_KIND_COUNT] = {
	[FIELD_KIND_TEXT] = "text",
	[FIELD_KIND_TEXTS] = "list of texts",
	[FIELD_KIND_OBJECT] = "object",
	[FIELD_KIND_ROWS] = "rows",
	[FIELD_KIND_NUMBER] = "number",
	[FIELD_KIND_COUNTER] = "counter",
	[FIELD_KIND_GAUGE] = "gauge",
	[FIELD_KIND_BOOLEAN] = "boolean",
	[FIELD_KIND_TIME] = "time",
};

const struct field_info *
field_find(enum field_object object, const char *name)
{
	for (enum field f = field_objects[object].first; f < field_objects[object].end; f++)
		if (strcmp(field_infos[f].name, name) == 0)
			return &field_infos[f];
	return NULL;
}

struct field_name
field_name_of(enum field field, const char *owner)
{
	struct field_name name;

	snprintf(name.text, sizeof(name.text), "%s_%s", owner, field_infos[field].name);
	return name;
}

struct field_name
field_name_of_bucket(uint64_t ns)
{
	struct field_name name;

	snprintf(name.text, sizeof(name.text), "le_%" PRIu64 "_ns", ns);
	return name;
}
