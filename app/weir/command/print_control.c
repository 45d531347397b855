// SPDX-License-Identifier: BSD-3-Clause

#include "print_control.h"

#include "../../../lib/stats/control_command.h"

static void
print_commands(FILE *out)
{
	fputs("## Commands\n\n| command | members | reply | what it does |\n|---|---|---|---|\n",
	      out);
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const struct control_command *command = &control_commands[c];
		const char *quote = *command->members == '\0' ? "" : "`";

		fprintf(out,
			"| `%s` | %s%s%s | `%s` | %s |\n",
			command->name,
			quote,
			command->members,
			quote,
			command->reply,
			command->help);
	}
}

static void
print_members(FILE *out)
{
	static const struct {
		const char *kind, *unit;
	} words[] = {
		[CONTROL_TEXTS] = {"array of", " texts"},
		[CONTROL_TEXT] = {"text of", " bytes"},
		[CONTROL_NUMBER] = {"number from", ""},
	};

	fputs("\n## Members of requests\n\n| member | value | what it is |\n|---|---|---|\n", out);
	for (unsigned m = 0; m < CONTROL_MEMBER_COUNT; m++) {
		const struct control_member_info *member = &control_members[m];

		fprintf(out,
			"| `%s` | %s %u to %u%s | %s |\n",
			member->name,
			words[member->kind].kind,
			member->min,
			member->max,
			words[member->kind].unit,
			member->help);
	}
}

void
print_control(FILE *out)
{
	print_commands(out);
	print_members(out);
}
