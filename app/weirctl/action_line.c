// SPDX-License-Identifier: BSD-3-Clause

#include "action_line.h"

#include "control_socket.h"

#include <string.h>

// The words of a command: "access add".
struct action_title {
	char text[64];
};

static struct action_title
action_title(const struct command_line *line)
{
	struct action_title title;

	snprintf(
		title.text,
		sizeof(title.text),
		"%s",
		line->action != NULL ? line->action->name : line->command->name
	);
	char *dot = strchr(title.text, '.');

	if (dot != NULL)
		*dot = ' ';
	return title;
}

#define complain(...) option_complain(program, errors, __VA_ARGS__)

void
action_line_print_help(const struct command *command, FILE *out)
{
	char words[ACTION_WORDS_MAX];

	action_words(command->name, words);
	if (*words == '\0')
		return;
	fputs("\nActions:\n", out);
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const struct control_command *row = &control_commands[c];

		if (action_find(command->name, action_of(row)) == row)
			fprintf(out,
				"  %-30s%.*s\n",
				action_of(row),
				(int)strcspn(row->help, ";"),
				row->help);
	}
}

// The path of the control socket: beside the telemetry socket.
static bool
find_control(const struct option_program *program, struct command_line *line, FILE *errors)
{
	size_t size = sizeof(line->control_path);
	bool fits = line->control == NULL
		? control_socket_path(line->path, line->control_path)
		: snprintf(line->control_path, size, "%s", line->control) < (int)size;

	return fits || complain("the path of the control socket is too long; see --control");
}

// Options that change something go with commands that have such a member.
bool
action_line_check_options(
	const struct option_program *program,
	const struct command_line *line,
	FILE *errors
)
{
	const struct {
		const char *option;
		bool given;
		enum control_member member;
	} options[] = {
		{"for", line->for_s != 0, CONTROL_MEMBER_for},
		{"reason", line->reason != NULL, CONTROL_MEMBER_reason},
		{"file", line->file != NULL, CONTROL_MEMBER_entries},
		{"in", line->in_s != 0, CONTROL_MEMBER_in},
	};
	bool ok = true;

	for (unsigned i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given
		    && (line->action == NULL
			|| control_use(line->action, options[i].member) == CONTROL_UNKNOWN))
			ok = complain(
				"--%s does not go with %s",
				options[i].option,
				action_title(line).text
			);
	if (line->action != NULL && line->watch_s > 0)
		ok = complain("--watch does not go with %s", line->command->name);
	return ok;
}

// What follows the action: entries, or OFFSET and LIMIT of a list.
static bool
check_entries(
	const struct option_program *program,
	struct command_line *line,
	char **words,
	unsigned count,
	FILE *errors
)
{
	static const struct option_row limit = {"LIMIT", option_read_COUNT, .min = 1, .max = 1000};
	const struct option_row *list[] = {&arguments[ARGUMENT_OFFSET], &limit};
	enum control_use use = control_use(line->action, CONTROL_MEMBER_entries);
	bool pages = control_use(line->action, CONTROL_MEMBER_offset) != CONTROL_UNKNOWN;
	bool ok = true;

	if (use != CONTROL_UNKNOWN) {
		line->entries = words;
		line->entry_count = count;
		return count > 0 || line->file != NULL || use == CONTROL_OPTIONAL
			|| complain(
				"%s: what to %s is missing",
				action_title(line).text,
				action_of(line->action)
			);
	}
	for (unsigned i = 0; i < count; i++) {
		if (!pages || i > 1)
			ok = complain(
				"%s: unexpected argument '%s'", action_title(line).text, words[i]
			);
		else if (!argument_is_right(list[i], words[i]))
			ok = complain(
				"%s: %s must be %s, not %s",
				action_title(line).text,
				list[i]->name,
				argument_wanted(list[i]).text,
				words[i]
			);
		else
			line->words[line->word_count++] = words[i];
	}
	return ok;
}

bool
action_line_parse(
	const struct option_program *program,
	struct command_line *line,
	char **words,
	unsigned count,
	FILE *errors
)
{
	const char *name = line->command->name;
	char wanted[ACTION_WORDS_MAX];

	line->action = action_find(name, count > 0 ? words[0] : NULL);
	action_words(name, wanted);
	if (line->action == NULL && count > 0)
		return complain("%s: unknown action %s: must be %s", name, words[0], wanted);
	if (line->action == NULL)
		return complain("%s: an action is needed: %s", name, wanted);
	unsigned skip = *wanted != '\0'; // a command without actions is one itself
	bool ok = check_entries(program, line, words + skip, count - skip, errors);

	ok &= action_line_check_options(program, line, errors);
	return find_control(program, line, errors) && ok;
}
