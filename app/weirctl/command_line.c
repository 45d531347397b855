// SPDX-License-Identifier: BSD-3-Clause

#include "command_line.h"

#include "action_line.h"
#include "hook_line.h"

#include <getopt.h>
#include <string.h>

static const struct option_row rows[] = {
#define GROUP OPTION_GROUP
#define OPTION(...) OPTION_ROW(struct command_line, __VA_ARGS__)
#include "options.def"
#undef OPTION
#undef GROUP
};

static void
print_argument(FILE *out, const struct option_row *argument)
{
	fprintf(out, "  %-30s%s\n", argument->name, argument_wanted(argument).text);
}

static void
print_commands(FILE *out)
{
	fputs("\nCommands:\n", out);
	for (unsigned c = 0; c < COMMAND_COUNT; c++) {
		int width = fprintf(out, "  %s %s", commands[c].name, commands[c].arguments);

		fprintf(out, "%*s%s\n", width < 32 ? 32 - width : 1, "", commands[c].help);
	}
	fputs("\nArguments:\n", out);
	for (unsigned i = 0; i < ARGUMENT_COUNT; i++)
		print_argument(out, &arguments[i]);
}

static const struct option_program program = {
	.name = "weirctl",
	.usage = "[options] COMMAND [ARGUMENTS]",
	.summary = "Shows what a running Weir does, and changes it.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(*rows),
	.operands = OPTION_OPERANDS_ANY,
	.print_more = print_commands,
	.examples = "  weirctl verdicts ipv4\n"
		    "  weirctl ban add 192.0.2.0/24 --for 2h --reason 'scrapes all torrents'\n"
		    "  weirctl --watch 5 lcores\n"
		    "  weirctl -f weir2 --json peers 0123456789abcdef0123456789abcdef01234567",
	.exit_status = "  0  Weir has answered\n"
		       "  1  no Weir answers, or it refuses\n"
		       "  2  the command line is wrong",
};

#define complain(errors, ...) option_complain(&program, errors, __VA_ARGS__)

static void
print_help_of(FILE *out, const struct command *command)
{
	const struct option_row *list[ARGUMENTS_MAX];
	unsigned needed, count = argument_list(command->arguments, list, &needed);

	fprintf(out,
		"usage: weirctl [options] %s%s%s\n\n%s\n",
		command->name,
		*command->arguments != '\0' ? " " : "",
		command->arguments,
		command->help);
	if (count > 0)
		fputs("\nArguments:\n", out);
	for (unsigned i = 0; i < count; i++)
		print_argument(out, list[i]);
	if (action_is_control(command->name))
		action_line_print_help(command, out);
	if (command == &commands[COMMAND_hook])
		hook_line_print_help(out);
	fputs("\nOptions: see weirctl --help\n", out);
}

void
command_line_print_help(const struct command_line *line, FILE *out)
{
	if (line->command != NULL)
		print_help_of(out, line->command);
	else
		option_print_help(&program, line->help, out);
}

// An argument in the form in which it is sent to Weir.
static const char *
normalize(struct command_line *line, const struct option_row *argument, const char *word)
{
	if (argument != &arguments[ARGUMENT_HASH])
		return word;
	info_hash_parse(word, line->hash);
	return line->hash;
}

static bool
check_words(struct command_line *line, char **words, unsigned count, FILE *errors)
{
	const struct option_row *list[ARGUMENTS_MAX];
	unsigned needed, max = argument_list(line->command->arguments, list, &needed);
	const char *name = line->command->name;
	bool ok = true;

	for (unsigned i = 0; i < count; i++) {
		if (i >= max)
			ok = complain(errors, "%s: unexpected argument '%s'", name, words[i]);
		else if (!argument_is_right(list[i], words[i]))
			ok = complain(
				errors,
				"%s: %s must be %s, not %s",
				name,
				list[i]->name,
				argument_wanted(list[i]).text,
				words[i]
			);
		else
			line->words[line->word_count++] = normalize(line, list[i], words[i]);
	}
	for (unsigned i = count; i < needed; i++)
		ok = complain(
			errors,
			"%s: %s is missing: %s",
			name,
			list[i]->name,
			argument_wanted(list[i]).text
		);
	return ok;
}

static bool
find_command(struct command_line *line, char **words, unsigned count, FILE *errors)
{
	if (count > 0)
		line->command = command_find(words[0]);
	if (line->command != NULL && action_is_control(line->command->name))
		return action_line_parse(&program, line, words + 1, count - 1, errors);
	if (line->command != NULL)
		return check_words(line, words + 1, count - 1, errors)
			&& action_line_check_options(&program, line, errors);
	const struct argument_wanted wanted = argument_wanted(&arguments[ARGUMENT_COMMAND]);

	if (count > 0)
		return complain(errors, "unknown command %s: must be %s", words[0], wanted.text);
	return complain(errors, "a command is needed: %s", wanted.text);
}

// "help COMMAND" and "COMMAND --help" are the same.
static bool
take_help(struct command_line *line, const char *word, FILE *errors)
{
	if (line->help == OPTION_HELP_NONE)
		line->help = OPTION_HELP_TEXT;
	line->command = word == NULL ? NULL : command_find(word);
	if (word == NULL || line->command != NULL)
		return true;
	return complain(errors, "unknown command %s", word);
}

// Checks options against the live view.
static bool
check_live(struct command_line *line, FILE *errors)
{
	line->watch_s = line->watch_s > 0 ? line->watch_s : 1;
	return !line->json || complain(errors, "--json does not go with the command top");
}

bool
command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors)
{
	char why[256];

	*line = (struct command_line){0};
	bool ok = option_parse(&program, line, argc, argv, errors);

	if (ok && line->version)
		return true;
	if (ok && line->help != OPTION_HELP_NONE)
		return take_help(line, argv[optind], errors);
	if (!telemetry_find_socket(line->file_prefix, line->socket, line->path, why, sizeof(why)))
		ok = complain(errors, "%s", why);
	ok &= find_command(line, argv + optind, (unsigned)(argc - optind), errors);
	ok &= hook_line_check(&program, line, errors);
	if (ok && line->command == &commands[COMMAND_help])
		return take_help(line, line->word_count > 0 ? line->words[0] : NULL, errors);
	if (line->command == &commands[COMMAND_top])
		ok &= check_live(line, errors);
	return ok;
}
