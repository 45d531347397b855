// SPDX-License-Identifier: BSD-3-Clause

#include "command_line.h"

#include <getopt.h>
#include <stdarg.h>
#include <string.h>

static const char usage[] =
	"usage: weirctl [options] COMMAND [ARGUMENTS]\n"
	"\n"
	"Asks a running Weir over its telemetry socket.\n"
	"\n"
	"  -f, --file-prefix PREFIX  memory.file_prefix of the Weir (default: weir)\n"
	"  -s, --socket PATH         or its telemetry socket\n"
	"  -j, --json                print the reply as JSON, not as a table\n"
	"  -a, --all                 include verdicts that no packet had\n"
	"  -w, --watch [SECONDS]     repeat every SECONDS (0.1 to 3600; default 1) until\n"
	"                            interrupted; counters get a rate\n"
	"      --version             version of weirctl\n"
	"  -h, --help                this text\n"
	"\n"
	"Commands:\n";

static const char usage_end[] =
	"\n"
	"Exit status: 0; 1 where no Weir answers, or it refuses; 2 for wrong use.\n";

static void
print_argument(FILE *out, const struct argument *argument)
{
	fprintf(out, "  %-30s%s\n", argument->word, argument_wanted(argument).text);
}

static void
print_help_of(FILE *out, const struct command *command)
{
	const struct argument *list[ARGUMENTS_MAX];
	unsigned needed, count = argument_list(command->arguments, list, &needed);

	fprintf(out,
		"usage: weirctl [options] %s%s%s\n\n%s\n",
		command->name,
		count > 0 ? " " : "",
		command->arguments,
		command->help);
	if (count > 0)
		fputs("\nArguments:\n", out);
	for (unsigned i = 0; i < count; i++)
		print_argument(out, list[i]);
	fputs("\nOptions: see weirctl --help\n", out);
}

void
command_line_print_help(FILE *out, const struct command *command)
{
	if (command != NULL) {
		print_help_of(out, command);
		return;
	}
	fputs(usage, out);
	for (unsigned c = 0; c < COMMAND_COUNT; c++) {
		int width = fprintf(out, "  %s %s", commands[c].name, commands[c].arguments);

		fprintf(out, "%*s%s\n", width < 32 ? 32 - width : 1, "", commands[c].help);
	}
	fputs("\nArguments:\n", out);
	for (unsigned i = 0; i < ARGUMENT_COUNT; i++)
		print_argument(out, &arguments[i]);
	fputs(usage_end, out);
}

__attribute__((format(printf, 2, 3))) static bool
complain(FILE *errors, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("weirctl: ", errors);
	vfprintf(errors, format, values);
	fputc('\n', errors);
	va_end(values);
	return false;
}

// What getopt has read, before it means anything.
struct options {
	const char *file_prefix, *socket;
};

// -w may be followed by a number, in the same word or in the next.
static bool
read_watch(struct command_line *line, int argc, char **argv, FILE *errors)
{
	const char *text = optarg;

	line->watch_s = 1;
	if (text == NULL && optind < argc && argument_seconds(argv[optind], &line->watch_s))
		text = argv[optind++];
	if (text == NULL || argument_seconds(text, &line->watch_s)) {
		line->watch_s = text == NULL ? 1 : line->watch_s;
		return true;
	}
	return complain(errors, "--watch %s: must be seconds from 0.1 to 3600", text);
}

static bool
read_option(
	int option,
	struct command_line *line,
	struct options *options,
	int argc,
	char **argv,
	FILE *errors
)
{
	switch (option) {
	case 'f':
		options->file_prefix = optarg;
		return true;
	case 's':
		options->socket = optarg;
		return true;
	case 'j':
		line->json = true;
		return true;
	case 'a':
		line->all = true;
		return true;
	case 'w':
		return read_watch(line, argc, argv, errors);
	case 'V':
		line->version = true;
		return true;
	case 'h':
		line->help = true;
		return true;
	case ':':
		return complain(errors, "option %s requires an argument", argv[optind - 1]);
	default:
		return complain(errors, "unknown option %s; see weirctl --help", argv[optind - 1]);
	}
}

static bool
read_options(
	struct command_line *line,
	struct options *options,
	int argc,
	char **argv,
	FILE *errors
)
{
	static const struct option known[] = {
		{"file-prefix", required_argument, NULL, 'f'},
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"all", no_argument, NULL, 'a'},
		{"watch", optional_argument, NULL, 'w'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool ok = true;
	int option;

	optind = 0; // a fresh start: tests parse more than once
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":f:s:jaw::h", known, NULL)) != -1)
		ok &= read_option(option, line, options, argc, argv, errors);
	return ok;
}

static bool
find_path(struct command_line *line, const struct options *options, FILE *errors)
{
	const char *prefix = options->file_prefix == NULL ? "weir" : options->file_prefix;

	if (options->socket != NULL && options->file_prefix != NULL)
		return complain(errors, "--file-prefix and --socket name two appliances: give one");
	if (*prefix == '\0' || strchr(prefix, '/') != NULL)
		return complain(errors, "--file-prefix %s: must be a name without /", prefix);
	if (options->socket == NULL)
		return telemetry_socket_path(prefix, line->path)
			|| complain(
				errors,
				"--file-prefix %s: the socket's path must have at most %d "
				"bytes",
				prefix,
				TELEMETRY_PATH_MAX - 1
			);
	if (*options->socket == '\0' || strlen(options->socket) >= TELEMETRY_PATH_MAX)
		return complain(
			errors,
			"--socket %s: must be a path of 1 to %d bytes",
			options->socket,
			TELEMETRY_PATH_MAX - 1
		);
	strcpy(line->path, options->socket);
	return true;
}

// An argument in the form in which Weir is asked for it.
static const char *
normalize(struct command_line *line, const struct argument *argument, const char *word)
{
	if (argument != &arguments[ARGUMENT_HASH])
		return word;
	info_hash_parse(word, line->hash);
	return line->hash;
}

static bool
check_words(struct command_line *line, char **words, unsigned count, FILE *errors)
{
	const struct argument *list[ARGUMENTS_MAX];
	unsigned needed, most = argument_list(line->command->arguments, list, &needed);
	const char *name = line->command->name;
	bool ok = true;

	for (unsigned i = 0; i < count; i++) {
		if (i >= most)
			ok = complain(errors, "%s: unexpected argument %s", name, words[i]);
		else if (!argument_is_right(list[i], words[i]))
			ok = complain(
				errors,
				"%s: %s must be %s, not %s",
				name,
				list[i]->word,
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
			list[i]->word,
			argument_wanted(list[i]).text
		);
	return ok;
}

static bool
find_command(struct command_line *line, char **words, unsigned count, FILE *errors)
{
	if (count > 0)
		line->command = command_find(words[0]);
	if (line->command != NULL)
		return check_words(line, words + 1, count - 1, errors);
	fputs("weirctl: ", errors);
	if (count > 0)
		fprintf(errors, "unknown command %s", words[0]);
	else
		fputs("a command is needed", errors);
	fputs("; commands:", errors);
	for (unsigned c = 0; c < COMMAND_COUNT; c++)
		fprintf(errors, "%s %s", c == 0 ? "" : ",", commands[c].name);
	fputs("; see weirctl --help\n", errors);
	return false;
}

// "help COMMAND" and "COMMAND --help" are the same.
static bool
take_help(struct command_line *line, const char *word, FILE *errors)
{
	line->help = true;
	line->command = word == NULL ? NULL : command_find(word);
	if (word == NULL || line->command != NULL)
		return true;
	return complain(errors, "unknown command %s; see weirctl --help", word);
}

// What does not go together with a command that asks no question.
static bool
check_live(struct command_line *line, FILE *errors)
{
	line->watch_s = line->watch_s > 0 ? line->watch_s : 1;
	return !line->json || complain(errors, "top has no --json: that is for the other commands");
}

bool
command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors)
{
	struct options options = {0};

	*line = (struct command_line){0};
	bool ok = read_options(line, &options, argc, argv, errors);

	if (ok && line->version)
		return true;
	if (ok && line->help)
		return take_help(line, argv[optind], errors);
	ok &= find_path(line, &options, errors);
	ok &= find_command(line, argv + optind, (unsigned)(argc - optind), errors);
	if (ok && line->command == &commands[COMMAND_help])
		return take_help(line, line->word_count > 0 ? line->words[0] : NULL, errors);
	if (line->command == &commands[COMMAND_top])
		ok &= check_live(line, errors);
	return ok;
}
