// SPDX-License-Identifier: BSD-3-Clause
// Whether a Weir serves its clients, by its reply to /weir/health and the column `effect` of health.def.

#pragma once

#include "telemetry_client.h"

#include <stdbool.h>

enum service_state {
	SERVICE_UP, // ready, and no check fails that keeps clients from being served
	SERVICE_DOWN, // Weir says that it does not serve
	SERVICE_SILENT, // it does not answer, or not in time: it may serve all the same
	SERVICE_GONE, // no Weir runs, or it starts or ends: nobody serves
};

enum {
	SERVICE_TIMEOUT_S = 1, // of an answer; a later one counts as none
	SERVICE_HEALTH_MAX = 512,
	SERVICE_REASON_MAX = 512,
};

struct service {
	enum service_state state;
	char health
		[SERVICE_HEALTH_MAX]; // names of all checks that fail, with blanks between; "": none
	char reason[SERVICE_REASON_MAX]; // a sentence without a full stop or control characters
};

// A client for service_ask. NULL without memory; freed by telemetry_client_free.
struct telemetry_client *service_client(const char *path);

// Asks the Weir. Blocks for up to four seconds.
void service_ask(struct service *service, struct telemetry_client *client);

// The parts, pure: judges a reply of any content, and an error in place of one.
void service_judge(struct service *service, const json_t *health);
void service_judge_error(struct service *service, const struct telemetry_error *error);
