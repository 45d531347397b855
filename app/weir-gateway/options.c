// SPDX-License-Identifier: BSD-3-Clause

#include "options.h"

#include <rte_common.h>

#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

enum type { TYPE_TEXT, TYPE_PREFIX, TYPE_PATH, TYPE_LISTEN, TYPE_FLAG };

static const struct row {
	char letter;
	const char *name;
	enum type type;
	size_t offset;
	const char *argument;
	const char *help;
} rows[] = {
#define OPTION(letter, name, type, field, argument, help)                                          \
	{letter, name, TYPE_##type, offsetof(struct options, field), argument, help},
#include "options.def"
#undef OPTION
};

static const char standard_prefix[] = "weir";
static const char standard_listen[] = "127.0.0.1:1212";

__attribute__((format(printf, 2, 3))) static bool
complain(FILE *errors, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("weir-gateway: ", errors);
	vfprintf(errors, format, values);
	fputc('\n', errors);
	va_end(values);
	return false;
}

static bool
read_listen(struct options *options, const char *text, FILE *errors)
{
	if (options->listen_count == SERVER_LISTENERS_MAX)
		return complain(errors, "--listen: at most %d times", SERVER_LISTENERS_MAX);
	return address_parse(text, &options->listen[options->listen_count++])
		|| complain(
			errors,
			"--listen %s: must be an address and a port, such as 127.0.0.1:1212 "
			"or [::1]:1212",
			text
		);
}

static bool
read_value(struct options *options, const struct row *row, const char *text, FILE *errors)
{
	void *field = (char *)options + row->offset;

	if (row->type == TYPE_FLAG) {
		*(bool *)field = true;
		return true;
	}
	if (*text == '\0')
		return complain(errors, "--%s: must not be empty", row->name);
	if (row->type == TYPE_LISTEN)
		return read_listen(options, text, errors);
	if (row->type == TYPE_PREFIX && strchr(text, '/') != NULL)
		return complain(errors, "--%s %s: is a name, not a path", row->name, text);
	if (row->type == TYPE_PATH && strlen(text) >= TELEMETRY_PATH_MAX)
		return complain(
			errors,
			"--%s: a path of a socket has at most %d bytes",
			row->name,
			TELEMETRY_PATH_MAX - 1
		);
	*(const char **)field = text;
	return true;
}

static void
make_getopt_tables(struct option *words, char *letters)
{
	*letters++ = '+';
	*letters++ = ':';
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		bool flag = rows[i].type == TYPE_FLAG;

		words[i] = (struct option){
			rows[i].name, flag ? no_argument : required_argument, NULL, rows[i].letter};
		*letters++ = rows[i].letter;
		if (!flag)
			*letters++ = ':';
	}
	*letters = '\0';
}

static const struct row *
find_row(int letter)
{
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static bool
read_words(struct options *options, int argc, char **argv, FILE *errors)
{
	struct option words[RTE_DIM(rows) + 1] = {0};
	char letters[2 * RTE_DIM(rows) + 3];
	bool ok = true;
	int letter;

	make_getopt_tables(words, letters);
	optind = 0; // a fresh start: tests parse more than once
	opterr = 0;
	while ((letter = getopt_long(argc, argv, letters, words, NULL)) != -1) {
		const struct row *row = find_row(letter);

		if (row != NULL)
			ok &= read_value(options, row, optarg == NULL ? "" : optarg, errors);
		else
			ok = complain(
				errors,
				letter == ':' ? "option %s requires an argument; see weir-gateway "
						"--help"
					      : "unknown option %s; see weir-gateway --help",
				argv[optind - 1]
			);
	}
	for (; optind < argc; optind++)
		ok = complain(
			errors, "unexpected argument %s; see weir-gateway --help", argv[optind]
		);
	return ok;
}

static bool
find_socket(struct options *options, FILE *errors)
{
	const char *prefix = options->file_prefix == NULL ? standard_prefix : options->file_prefix;

	if (options->socket != NULL && options->file_prefix != NULL)
		return complain(errors, "--file-prefix and --socket exclude each other");
	if (options->socket != NULL) {
		snprintf(options->path, sizeof(options->path), "%s", options->socket);
		return true;
	}
	return telemetry_socket_path(prefix, options->path)
		|| complain(
			errors,
			"--file-prefix: the path of its socket would have more than %d bytes",
			TELEMETRY_PATH_MAX - 1
		);
}

bool
options_parse(struct options *options, int argc, char **argv, FILE *errors)
{
	*options = (struct options){0};
	bool ok = read_words(options, argc, argv, errors);

	if (options->help || options->version)
		return true;
	if (options->listen_count == 0)
		read_listen(options, standard_listen, errors);
	return find_socket(options, errors) && ok;
}

void
options_print_help(FILE *out)
{
	enum { MARGIN = 28 };

	fputs("usage: weir-gateway [options]\n"
	      "\n"
	      "Tells over HTTP what a running Weir does: a page at /, metrics for Prometheus, and "
	      "a\n"
	      "REST interface. Reads Weir's telemetry socket; changes nothing.\n"
	      "\n",
	      out);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		int width = fprintf(
			out, "  -%c, --%s %s", rows[i].letter, rows[i].name, rows[i].argument
		);

		if (width > MARGIN - 2)
			width = fprintf(out, "\n") - 1;
		fprintf(out, "%*s%s\n", MARGIN - width, "", rows[i].help);
	}
	fputs("\nPaths, besides the page's:\n\n", out);
	for (enum route r = 0; r < ROUTE_COUNT; r++)
		fprintf(out, "  %-24s  %s\n", request_path(r), request_help(r));
	fprintf(out, "  %-24s  %s\n", "/api/v1/openapi.json", "these for programs: OpenAPI");
	fputs("\n"
	      "SIGINT and SIGTERM end it. Exit status: 0; 1 when it cannot serve; 2 for wrong "
	      "use.\n",
	      out);
}
