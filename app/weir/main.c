// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out: 0 a clean end, 2 a wrong command line or configuration, 1
// anything else.

#include "../common/core_dumps.h"
#include "../common/standard_streams.h"
#include "boot.h"
#include "control/control.h"
#include "control/report.h"
#include "log/log.h"
#include "setup/check.h"
#include "setup/lcores.h"
#include "telemetry/telemetry.h"
#include "version.h"

#include <rte_version.h>

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_WRONG = 2 };

static const char usage[] =
	"usage: weir -c FILE [options] [-- EAL ARGUMENTS]\n"
	"\n"
	"A BitTorrent UDP tracker that owns its network card through DPDK.\n"
	"\n"
	"  -c, --config FILE      the configuration; to try: drivers-config/net_tap.cfg\n"
	"      --check            check the configuration, start nothing; say which CPU would\n"
	"                         do what, what memory is needed, and what the machine has\n"
	"      --json             with --check: the same as JSON\n"
	"      --print-config     check it and print it with every default filled in\n"
	"      --print-options    list every setting there is, as a Markdown table\n"
	"      --print-sources    list special-purpose addresses and what is done with them\n"
	"      --print-telemetry  list every telemetry command and number, likewise\n"
	"      --run-for SECONDS  stop after that time\n"
	"      --core-dumps       let the kernel write core dumps, which hold the keys\n"
	"      --version          versions of Weir and DPDK\n"
	"  -h, --help             this text\n"
	"\n"
	"What stands behind -- is handed to DPDK as it is.\n"
	"SIGINT and SIGTERM stop Weir cleanly, also while it starts.\n"
	"Watch it with: dpdk-telemetry.py -f weir\n"
	"\n"
	"Exit status: 0 stopped cleanly; 2 the command line or the configuration is wrong;\n"
	"1 anything else, also a port that only a new start can serve again.\n";

enum action { ACTION_RUN, ACTION_CHECK, ACTION_PRINT };

struct command_line {
	const char *config_path;
	enum action action;
	bool json;
	bool core_dumps;
	uint32_t run_for_s;
	int eal_argument_count;
	char **eal_arguments;
};

static void
wrong(const char *what, const char *text)
{
	fprintf(stderr, "weir: %s%s; see weir --help\n", what, text);
	exit(EXIT_WRONG);
}

// After a text that was asked for.
__attribute__((noreturn)) static void
end_well(void)
{
	exit(standard_output_finish("weir", EXIT_OK));
}

static uint32_t
parse_seconds(const char *text)
{
	char *end;

	errno = 0;
	unsigned long seconds = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || seconds < 1
	    || seconds > UINT32_MAX)
		wrong("--run-for wants a whole number of seconds from 1 on, not ", text);
	return (uint32_t)seconds;
}

// Reads the command line. Where it is wrong, or only asks for a text, the process ends here.
static struct command_line
parse_command_line(int argc, char **argv)
{
	enum {
		CHECK = 256,
		JSON,
		PRINT_CONFIG,
		PRINT_OPTIONS,
		PRINT_SOURCES,
		PRINT_TELEMETRY,
		RUN_FOR,
		CORE_DUMPS,
		VERSION
	};
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"check", no_argument, NULL, CHECK},
		{"json", no_argument, NULL, JSON},
		{"print-config", no_argument, NULL, PRINT_CONFIG},
		{"print-options", no_argument, NULL, PRINT_OPTIONS},
		{"print-sources", no_argument, NULL, PRINT_SOURCES},
		{"print-telemetry", no_argument, NULL, PRINT_TELEMETRY},
		{"run-for", required_argument, NULL, RUN_FOR},
		{"core-dumps", no_argument, NULL, CORE_DUMPS},
		{"version", no_argument, NULL, VERSION},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct command_line line = {0};
	int option;

	while ((option = getopt_long(argc, argv, "+c:h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			line.config_path = optarg;
			break;
		case CHECK:
			line.action = ACTION_CHECK;
			break;
		case JSON:
			line.json = true;
			break;
		case PRINT_CONFIG:
			line.action = ACTION_PRINT;
			break;
		case PRINT_OPTIONS:
			config_print_options(stdout);
			end_well();
		case PRINT_SOURCES:
			config_print_sources(stdout);
			end_well();
		case PRINT_TELEMETRY:
			telemetry_print(stdout);
			end_well();
		case RUN_FOR:
			line.run_for_s = parse_seconds(optarg);
			break;
		case CORE_DUMPS:
			line.core_dumps = true;
			break;
		case VERSION:
			printf("weir %s\n%s\n", WEIR_VERSION, rte_version());
			end_well();
		case 'h':
			fputs(usage, stdout);
			end_well();
		default: // getopt has said what is wrong
			wrong("the command line is wrong", "");
		}
	}
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		wrong("EAL arguments go behind --; what is ", argv[optind]);
	if (line.config_path == NULL)
		wrong("a configuration is needed: -c FILE", "");
	if (line.json && line.action != ACTION_CHECK)
		wrong("--json goes with --check", "");
	line.eal_argument_count = argc - optind;
	line.eal_arguments = argv + optind;
	return line;
}

static int
run(struct weir *weir)
{
	struct boot_error error;

	log_open(weir->config);
	control_block_signals();
	control_read_wall_clock(weir);
	boot_watch_start(&weir->watch);
	bool up = boot_up(boot_steps, boot_step_count, weir, &error);

	if (boot_watch_end(&weir->watch) != 0) {
		if (up)
			boot_down(boot_steps, boot_step_count, weir);
		return EXIT_OK;
	}
	if (!up) {
		log_error("%s", error.text);
		return EXIT_FAILED;
	}
	bool ok = control_run(weir);

	log_set_limited(false);
	lcores_down(weir); // before the rest: the numbers are final once nobody counts
	report_stats(weir);
	boot_down(boot_steps, boot_step_count, weir);
	return ok ? EXIT_OK : EXIT_FAILED;
}

// Checks the configuration, tells what is wrong, and does what the command line asks for.
static int
act(struct weir *weir, const struct command_line *line)
{
	struct check check;
	int status = EXIT_OK;

	check_make(&check, weir, line->config_path);
	fputs(check.errors, stderr);
	if (line->action == ACTION_CHECK)
		check_print(&check, weir, line->json, stdout);
	if (!check.right)
		status = EXIT_WRONG;
	else if (line->action == ACTION_PRINT)
		config_print(weir->config, stdout);
	else if (line->action == ACTION_RUN)
		status = run(weir);
	check_free(&check, weir);
	return line->action == ACTION_RUN ? status : standard_output_finish("weir", status);
}

int
main(int argc, char **argv)
{
	static struct weir weir;
	struct command_line line;

	log_guard_streams();
	line = parse_command_line(argc, argv);
	if (!line.core_dumps)
		core_dumps_forbid();
	weir.run_for_s = line.run_for_s;
	weir.eal_argument_count = line.eal_argument_count;
	weir.eal_arguments = line.eal_arguments;
	return act(&weir, &line);
}
