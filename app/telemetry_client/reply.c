// SPDX-License-Identifier: BSD-3-Clause

#include "reply.h"

uint64_t
reply_number(const json_t *object, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	return number < 0 ? 0 : (uint64_t)number;
}

const char *
reply_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

uint64_t
reply_field(const json_t *object, enum field field)
{
	return reply_number(object, field_infos[field].name);
}

const char *
reply_field_text(const json_t *object, enum field field)
{
	return reply_text(object, field_infos[field].name);
}

json_t *
reply_field_value(const json_t *object, enum field field)
{
	return json_object_get(object, field_infos[field].name);
}
