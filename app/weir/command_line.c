// SPDX-License-Identifier: BSD-3-Clause

#include "command_line.h"

#include "config/config.h"

#include <rte_common.h>

#include <getopt.h>
#include <string.h>

static OPTION_READER(PRINT_OPTIONS) // uint32_t, enum command_action
{
	(void)row;
	if (text != NULL && strcmp(text, "man") != 0) {
		snprintf(wanted, size, "man");
		return false;
	}
	*(uint32_t *)field = text == NULL ? ACTION_PRINT_OPTIONS : ACTION_PRINT_OPTIONS_MAN;
	return true;
}

static const struct option_row rows[] = {
#define GROUP OPTION_GROUP
#define OPTION(...) OPTION_ROW(struct command_line, __VA_ARGS__)
#include "options.def"
#undef OPTION
#undef GROUP
};

static void
print_notes(FILE *out)
{
	fputs("\n"
	      "Arguments after -- go to DPDK (EAL) unchanged. SIGINT and SIGTERM stop Weir "
	      "cleanly,\n"
	      "also during start-up.\n",
	      out);
}

static const struct option_program program = {
	.name = "weir",
	.usage = "-c FILE [options] [-- EAL ARGUMENTS]",
	.summary = "A BitTorrent UDP tracker that owns its network card through DPDK.",
	.rows = rows,
	.row_count = RTE_DIM(rows),
	.operands = OPTION_OPERANDS_EAL,
	.print_more = print_notes,
	.examples = "  weir -c drivers-config/net_tap.cfg\n"
		    "  weir -c /etc/weir.cfg --check\n"
		    "  weir -c /etc/weir.cfg --plan        # who polls what, from which memory\n"
		    "  weirctl top                         # watch it",
	.exit_status = "  0  stopped cleanly\n"
		       "  1  anything else, also a port that only a new start can serve again\n"
		       "  2  the command line or the configuration is wrong",
};

bool
command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors)
{
	*line = (struct command_line){0};
	bool ok = option_parse(&program, line, argc, argv, errors);

	line->eal_argument_count = argc - optind;
	line->eal_arguments = argv + optind;
	if (ok && line->help != OPTION_HELP_NONE)
		return true;
	if (line->config_path == NULL && line->action < ACTION_PRINT_OPTIONS)
		ok = option_complain(&program, errors, "option -c FILE is required");
	if (line->setting != NULL && config_find(line->setting) == NULL)
		ok = option_complain(
			&program,
			errors,
			"--print-setting %s: must be one of those that --print-options lists",
			line->setting
		);
	if (line->json && line->action != ACTION_CHECK && line->action != ACTION_PLAN)
		ok = option_complain(&program, errors, "--json goes with --check or --plan");
	if (line->sysroot != NULL && line->action != ACTION_PLAN)
		ok = option_complain(&program, errors, "--sysroot goes with --plan");
	if (line->sysroot == NULL)
		line->sysroot = "";
	return ok;
}

void
command_line_print_help(enum option_help help, FILE *out)
{
	option_print_help(&program, help, out);
}
