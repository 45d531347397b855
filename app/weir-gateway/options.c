// SPDX-License-Identifier: BSD-3-Clause

#include "options.h"

#include "control_socket.h"
#include "route.h"

#include <rte_common.h>

#include <string.h>

enum { PATH_WIDTH = 28 };

static const char default_listen[] = "127.0.0.1:1212";

static OPTION_READER(LISTEN)
{
	struct option_listen *listen = field;

	(void)row;
	if (listen->count == SERVER_LISTENERS_MAX) {
		snprintf(wanted, size, "given at most %d times", SERVER_LISTENERS_MAX);
		return false;
	}
	if (address_parse(text, &listen->addresses[listen->count])) {
		listen->count++;
		return true;
	}
	snprintf(wanted, size, "an address and a port, such as 127.0.0.1:1212 or [::1]:1212");
	return false;
}

static const struct option_row rows[] = {
#define GROUP OPTION_GROUP
#define OPTION(...) OPTION_ROW(struct options, __VA_ARGS__)
#include "options.def"
#undef OPTION
#undef GROUP
};

static void
print_path(const char *method, const char *path, const char *help, FILE *out)
{
	fprintf(out, "  %s%-*s  %s\n", method, PATH_WIDTH - (int)strlen(method), path, help);
}

static void
print_paths(FILE *out)
{
	fputs("\nPaths, besides those of the page:\n", out);
	for (enum route r = 0; r < ROUTE_COUNT; r++)
		print_path(route_method_prefix(r), routes[r].path, routes[r].help, out);
	print_path("", "/api/v1/openapi.json", "these for programs: OpenAPI", out);
}

static const struct option_program program = {
	.name = "weir-gateway",
	.usage = "[options]",
	.summary = "Serves over HTTP what a running Weir reports: a status page at /, metrics for\n"
		   "Prometheus, and a REST interface. It only reads, except for clients with the "
		   "token\n"
		   "of --write-token-file: they change lists and keys, over Weir's control socket.",
	.rows = rows,
	.row_count = RTE_DIM(rows),
	.print_more = print_paths,
	.examples = "  weir-gateway\n"
		    "  weir-gateway -l 127.0.0.1:1212 -l [2001:db8::10]:1212 -t /etc/weir/token\n"
		    "  weir-gateway -w /etc/weir/write-token",
	.exit_status = "  0  ended by SIGINT or SIGTERM\n"
		       "  1  it cannot serve\n"
		       "  2  the command line is wrong",
};

static bool
find_sockets(struct options *options, FILE *errors)
{
	char why[256];

	if (!telemetry_find_socket(
		    options->file_prefix, options->socket, options->path, why, sizeof(why)
	    ))
		return option_complain(&program, errors, "%s", why);
	if (options->control_socket != NULL)
		snprintf(
			options->control_path,
			sizeof(options->control_path),
			"%s",
			options->control_socket
		);
	else if (!control_socket_path(options->path, options->control_path))
		return option_complain(
			&program,
			errors,
			"--socket: the path beside it, of the control socket, is too long"
		);
	return true;
}

bool
options_parse(struct options *options, int argc, char **argv, FILE *errors)
{
	*options = (struct options){0};
	bool ok = option_parse(&program, options, argc, argv, errors);

	if (ok && (options->help != OPTION_HELP_NONE || options->version))
		return true;
	if (options->listen.count == 0)
		options->listen.count =
			address_parse(default_listen, &options->listen.addresses[0]);
	return find_sockets(options, errors) && ok;
}

void
options_print_help(enum option_help help, FILE *out)
{
	option_print_help(&program, help, out);
}
