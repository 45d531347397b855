// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry.h"

#include "dpdk.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 40 }; // that surely fit a reply; the others are asked for one by one

// --- what replies are made of -------------------------------------------------------------------

void
telemetry_refuse(struct rte_tel_data *reply, enum telemetry_code code, const char *format, ...)
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
telemetry_number(struct rte_tel_data *object, const char *name, uint64_t value)
{
	dpdk_dict_add_uint(object, name, RTE_MIN(value, TELEMETRY_NUMBER_MAX));
}

void
telemetry_text(struct rte_tel_data *object, const char *name, const char *text)
{
	char cut[RTE_TEL_MAX_STRING_LEN];

	snprintf(cut, sizeof(cut), "%s", text);
	rte_tel_data_add_dict_string(object, name, cut);
}

struct rte_tel_data *
telemetry_object(struct rte_tel_data *object, const char *name)
{
	struct rte_tel_data *inner = rte_tel_data_alloc();

	if (inner == NULL)
		return NULL;
	rte_tel_data_start_dict(inner);
	if (rte_tel_data_add_dict_container(object, name, inner, 0) == 0)
		return inner;
	rte_tel_data_free(inner);
	return NULL;
}

struct rte_tel_data *
telemetry_row(struct rte_tel_data *object, unsigned number)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", number);
	return telemetry_object(object, name);
}

bool
telemetry_numbers(const char *parameters, uint64_t *numbers, unsigned count)
{
	const char *at = parameters;

	for (unsigned i = 0; at != NULL && i < count; i++) {
		char *end;

		errno = 0;
		unsigned long long number = strtoull(at, &end, 10);

		if (*at < '0' || *at > '9' || errno != 0 || (*end != '\0' && *end != ','))
			return false;
		numbers[i] = number;
		at = *end == ',' ? end + 1 : NULL;
	}
	return at == NULL;
}

void
telemetry_show_rows(
	const struct weir *weir,
	const struct telemetry_rows *rows,
	const char *parameters,
	struct rte_tel_data *reply
)
{
	unsigned count = parameters == NULL ? RTE_MIN(rows->count, ROWS_MAX) : rows->count;
	uint64_t wanted = UINT64_MAX;

	if (!telemetry_numbers(parameters, &wanted, 1)) {
		telemetry_refuse(
			reply, TELEMETRY_MALFORMED, "the number of one %s, or nothing", rows->what
		);
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		unsigned key = rows->key_of(weir, i);
		struct rte_tel_data *row = parameters == NULL ? telemetry_row(reply, key) : reply;

		if (row != NULL && (parameters == NULL || key == wanted))
			rows->show(weir, i, row);
		if (key == wanted)
			return;
	}
	if (parameters != NULL)
		telemetry_refuse(
			reply, TELEMETRY_UNKNOWN, "there is no %s %s", rows->what, parameters
		);
}

// --- commands -----------------------------------------------------------------------------------

static const struct {
	const char *command;
	const char *help;
	bool takes_parameters;
	telemetry_show show;
} commands[] = {
#define COMMAND(name, parameters, help)                                                            \
	{"/weir/" #name,                                                                           \
	 sizeof(parameters) > 1 ? help ". Parameters: " parameters : help ". No parameters",       \
	 sizeof(parameters) > 1,                                                                   \
	 telemetry_show_##name},
#include "telemetry.def"
#undef COMMAND
};

// The callbacks get no context of ours, so the appliance stands here while it is whole. Written by
// the control thread; `lock` keeps replies from reading what is being freed.
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static const struct weir *watched;

static void
show(unsigned number, const char *parameters, struct rte_tel_data *reply)
{
	if (watched == NULL)
		telemetry_refuse(reply, TELEMETRY_ENDING, "Weir is ending");
	else if (parameters != NULL && !commands[number].takes_parameters)
		telemetry_refuse(
			reply,
			TELEMETRY_MALFORMED,
			"%s takes no parameters",
			commands[number].command
		);
	else
		commands[number].show(watched, parameters, reply);
}

static int
answer(const char *command, const char *parameters, struct rte_tel_data *reply)
{
	unsigned number = 0;

	while (strcmp(commands[number].command, command) != 0)
		number++;
	rte_tel_data_start_dict(reply);
	pthread_rwlock_rdlock(&lock);
	show(number, parameters, reply);
	pthread_rwlock_unlock(&lock);
	return 0;
}

static void
watch(const struct weir *weir)
{
	pthread_rwlock_wrlock(&lock);
	watched = weir;
	pthread_rwlock_unlock(&lock);
}

bool
telemetry_up(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < RTE_DIM(commands); i++) {
		int result =
			rte_telemetry_register_cmd(commands[i].command, answer, commands[i].help);

		if (result == 0)
			continue;
		return error_set(
			error,
			NULL,
			"telemetry command %s: %s",
			commands[i].command,
			strerror(-result)
		);
	}
	watch(weir);
	return true;
}

void
telemetry_down(struct weir *weir)
{
	(void)weir;
	watch(NULL);
}
