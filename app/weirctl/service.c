// SPDX-License-Identifier: BSD-3-Clause

#include "service.h"

#include "../../lib/stats/telemetry_command.h"
#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum effect { WARNS, STOPS };

static const struct {
	const char *name, *help;
	enum effect effect;
} checks[] = {
#define HEALTH(name, effect, help) {#name, help, effect},
#include "../../lib/stats/health.def"
#undef HEALTH
};

enum { CHECK_COUNT = sizeof(checks) / sizeof(*checks) };

__attribute__((format(printf, 3, 4))) static void
append(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list values;

	va_start(values, format);
	vsnprintf(text + len, size - len, format, values);
	va_end(values);
}

// What other programs print or compare has no line breaks, whatever was received.
static void
clean(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static bool
fails(const json_t *health, unsigned check)
{
	return reply_number(health, checks[check].name) == 1;
}

// A Weir older than the field is ready: it answers no command before.
static bool
is_ready(const json_t *health)
{
	return reply_field_value(health, FIELD_health_ready) == NULL
		|| reply_field(health, FIELD_health_ready) == 1;
}

void
service_judge(struct service *service, const json_t *health)
{
	*service = (struct service){.state = SERVICE_UP};
	for (unsigned c = 0; c < CHECK_COUNT; c++) {
		const char *gap = *service->health == '\0' ? "" : " ";

		if (!fails(health, c))
			continue;
		append(service->health, sizeof(service->health), "%s%s", gap, checks[c].name);
		if (checks[c].effect != STOPS)
			continue;
		gap = *service->reason == '\0' ? "" : "; ";
		append(service->reason, sizeof(service->reason), "%s%s", gap, checks[c].help);
		service->state = SERVICE_DOWN;
	}
	if (*reply_field_text(health, FIELD_health_status) == '\0') {
		service->state = SERVICE_SILENT;
		append(service->reason, sizeof(service->reason), "the answer is not Weir's");
	} else if (!is_ready(health)) {
		service->state = SERVICE_GONE;
		snprintf(service->reason, sizeof(service->reason), "Weir is not ready");
	} else if (service->state == SERVICE_UP) {
		snprintf(service->reason, sizeof(service->reason), "Weir serves");
	}
}

void
service_judge_error(struct service *service, const struct telemetry_error *error)
{
	// A Weir that refuses the command starts or ends.
	bool gone =
		error->cause == TELEMETRY_CAUSE_ABSENT || error->cause == TELEMETRY_CAUSE_REFUSED;

	*service = (struct service){.state = gone ? SERVICE_GONE : SERVICE_SILENT};
	snprintf(service->reason, sizeof(service->reason), "%s", error->text);
	clean(service->reason);
}

struct telemetry_client *
service_client(const char *path)
{
	struct telemetry_client *client = telemetry_client_new(path);

	if (client != NULL)
		telemetry_client_set_timeout(client, SERVICE_TIMEOUT_S);
	return client;
}

void
service_ask(struct service *service, struct telemetry_client *client)
{
	struct telemetry_error error;
	json_t *health = telemetry_client_get(
		client, telemetry_commands[TELEMETRY_COMMAND_health].path, &error
	);

	if (health == NULL)
		service_judge_error(service, &error);
	else
		service_judge(service, health);
	json_decref(health);
}
