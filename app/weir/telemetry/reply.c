// SPDX-License-Identifier: BSD-3-Clause

#include "reply.h"

#include "dpdk.h"

#include <rte_debug.h>

#include <stdarg.h>
#include <stdio.h>

void
reply_refuse(struct rte_tel_data *reply, enum reply_code code, const char *format, ...)
{
	char text[RTE_TEL_MAX_STRING_LEN];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	rte_tel_data_start_dict(reply); // forgets what is there
	rte_tel_data_add_dict_string(reply, "error", text);
	dpdk_dict_add_uint(reply, "code", code);
}

void
reply_number(struct rte_tel_data *object, const char *name, uint64_t number)
{
	dpdk_dict_add_uint(object, name, RTE_MIN(number, REPLY_NUMBER_MAX));
}

void
reply_text(struct rte_tel_data *object, const char *name, const char *text)
{
	char cut[RTE_TEL_MAX_STRING_LEN];

	snprintf(cut, sizeof(cut), "%s", text);
	rte_tel_data_add_dict_string(object, name, cut);
}

static void
add_container(struct rte_tel_data *object, const char *name, struct rte_tel_data *container)
{
	if (container != NULL && rte_tel_data_add_dict_container(object, name, container, 0) != 0)
		rte_tel_data_free(container);
}

static void
add_value(struct rte_tel_data *reply, const struct reply_value *value)
{
	const struct field_info *info = &field_infos[value->field];

	if (value->absent)
		return;
	switch (info->kind) {
	case FIELD_KIND_TEXT:
		reply_text(reply, info->name, value->text);
		break;
	case FIELD_KIND_TEXTS:
	case FIELD_KIND_OBJECT:
	case FIELD_KIND_ROWS:
		add_container(reply, info->name, value->container);
		break;
	default:
		reply_number(reply, info->name, value->number);
	}
}

void
reply_fill(struct rte_tel_data *reply, enum field_object object, const struct reply_value *values)
{
	const struct field_object_info *info = &field_objects[object];

	for (unsigned i = 0; i < info->end - info->first; i++) {
		RTE_ASSERT(values[i].field == info->first + i);
		add_value(reply, &values[i]);
	}
}

struct rte_tel_data *
reply_object(void)
{
	struct rte_tel_data *object = rte_tel_data_alloc();

	if (object != NULL)
		rte_tel_data_start_dict(object);
	return object;
}

struct rte_tel_data *
reply_row(struct rte_tel_data *rows, unsigned number)
{
	struct rte_tel_data *row = rows == NULL ? NULL : reply_object();
	char name[16];

	if (row == NULL)
		return NULL;
	snprintf(name, sizeof(name), "%u", number);
	if (rte_tel_data_add_dict_container(rows, name, row, 0) == 0)
		return row;
	rte_tel_data_free(row);
	return NULL;
}
