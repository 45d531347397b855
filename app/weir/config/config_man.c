// SPDX-License-Identifier: BSD-3-Clause

#include "config_man.h"

#include "../../common/man_text.h"
#include "config_source.h"

#include <string.h>

static void
print_setting(const char *prefix, const struct config_option *option, FILE *out)
{
	fprintf(out, ".It Ic %s%s\n", prefix, option->path);
	man_print_sentence(option->help, out);
	fprintf(out, "Default: %s; allowed: ", option->default_value);
	config_print_allowed(option, out);
	if (*option->unit != '\0')
		fprintf(out, " (%s)", option->unit);
	fprintf(out,
		".\n%s.\n",
		option->change == CONFIG_RELOAD ? "A reload applies a change"
						: "A change needs a restart");
}

void
config_print_options_man(FILE *out)
{
	const char *group = "";
	size_t group_len = 0;

	fputs(".Sh SETTINGS\n", out);
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		size_t len = strcspn(option->path, ".");

		if (len != group_len || strncmp(group, option->path, len) != 0) {
			fprintf(out,
				"%s.Ss %.*s\n.Bl -tag -width Ds\n",
				i == 0 ? "" : ".El\n",
				(int)len,
				option->path);
			group = option->path;
			group_len = len;
		}
		print_setting("", option, out);
	}
	fputs(".El\n.Ss ports\nFor each port, an item of the list\n.Ic ports .\n"
	      ".Bl -tag -width Ds\n",
	      out);
	for (unsigned i = 0; i < config_port_option_count; i++)
		print_setting("ports[].", &config_port_options[i], out);
	fputs(".El\n", out);
}
