// SPDX-License-Identifier: BSD-3-Clause
// The reply with the settings: a field for each, named by its path with slashes for dots.

#include "reply.h"
#include "telemetry.h"

#include <string.h>

enum { NAME_BYTES = 64 };

static void
add_option(
	struct rte_tel_data *reply,
	const char *prefix,
	const struct config_option *option,
	const void *base
)
{
	const void *value = (const char *)base + option->offset;
	char name[NAME_BYTES], text[RTE_TEL_MAX_STRING_LEN];

	snprintf(name, sizeof(name), "%s%s", prefix, option->path);
	for (char *dot = name; (dot = strchr(dot, '.')) != NULL;)
		*dot = '/'; // DPDK allows no dots in names
	if (option->type == OPTION_UINT) {
		reply_number(reply, name, *(const uint32_t *)value);
	} else if (option->type == OPTION_BOOL) {
		reply_number(reply, name, *(const bool *)value);
	} else {
		config_show(option, base, text, sizeof(text));
		reply_text(reply, name, text);
	}
}

void
telemetry_show_config(
	const struct weir *weir,
	const char *parameters __rte_unused,
	struct rte_tel_data *reply
)
{
	for (unsigned i = 0; i < config_option_count; i++)
		add_option(reply, "", &config_options[i], weir_config(weir));
	for (unsigned port = 0; port < weir_config(weir)->port_count; port++) {
		char prefix[NAME_BYTES];

		snprintf(prefix, sizeof(prefix), "ports/%u/", port);
		for (unsigned i = 0; i < config_port_option_count; i++)
			add_option(
				reply,
				prefix,
				&config_port_options[i],
				&weir_config(weir)->ports[port]
			);
	}
}
