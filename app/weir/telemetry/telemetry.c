// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry.h"

#include "../../../lib/stats/telemetry_command.h"
#include "reply.h"

#include <pthread.h>
#include <string.h>

typedef void (*show_function
)(const struct weir *weir, const char *parameters, struct rte_tel_data *reply);

static const show_function show_functions[TELEMETRY_COMMAND_COUNT] = {
#define COMMAND(name, ...) [TELEMETRY_COMMAND_##name] = telemetry_show_##name,
#include "../../../lib/stats/telemetry_command.def"
#undef COMMAND
};

// DPDK passes no context to callbacks. The control thread writes it; `lock` keeps it valid while a reply
// is made.
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct weir *shown; // NULL: Weir is not up

static void
show(enum telemetry_command_number number, const char *parameters, struct rte_tel_data *reply)
{
	const struct telemetry_command *command = &telemetry_commands[number];

	if (shown == NULL) {
		reply_refuse(reply, REPLY_ENDING, "Weir is ending");
		return;
	}
	unsigned place = publisher_enter(&shown->publisher);

	if (parameters != NULL && *command->parameters == '\0')
		reply_refuse(reply, REPLY_MALFORMED, "%s takes no parameters", command->path);
	else
		show_functions[number](shown, parameters, reply);
	publisher_exit(&shown->publisher, place);
}

static int
callback(const char *path, const char *parameters, struct rte_tel_data *reply)
{
	enum telemetry_command_number number = TELEMETRY_COMMAND_NONE + 1;

	while (strcmp(telemetry_commands[number].path, path) != 0)
		number++;
	rte_tel_data_start_dict(reply);
	pthread_rwlock_rdlock(&lock);
	show(number, parameters, reply);
	pthread_rwlock_unlock(&lock);
	return 0;
}

static void
set_shown(struct weir *weir)
{
	pthread_rwlock_wrlock(&lock);
	shown = weir;
	pthread_rwlock_unlock(&lock);
}

// 0, or what DPDK returns. The help is what DPDK's command /help replies.
static int
register_command(const struct telemetry_command *command)
{
	char help[RTE_TEL_MAX_STRING_LEN];

	if (*command->parameters == '\0')
		snprintf(help, sizeof(help), "%s. No parameters", command->help);
	else
		snprintf(
			help, sizeof(help), "%s. Parameters: %s", command->help, command->parameters
		);
	return rte_telemetry_register_cmd(command->path, callback, help);
}

bool
telemetry_up(struct weir *weir, struct error *error)
{
	for (unsigned c = TELEMETRY_COMMAND_NONE + 1; c < TELEMETRY_COMMAND_COUNT; c++) {
		int result = register_command(&telemetry_commands[c]);

		if (result == 0)
			continue;
		return error_set(
			error,
			NULL,
			"telemetry command %s: %s",
			telemetry_commands[c].path,
			strerror(-result)
		);
	}
	set_shown(weir);
	return true;
}

void
telemetry_down(struct weir *weir __rte_unused)
{
	set_shown(NULL);
}
