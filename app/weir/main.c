// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out: 0 a clean end, EXIT_WRONG a wrong command line or configuration,
// 1 anything else.

#include "../common/core_dumps.h"
#include "../common/dpdk/dpdk_version.h"
#include "../common/plain_file.h"
#include "../common/service/privilege.h"
#include "../common/service/service_manager.h"
#include "../common/standard_streams.h"
#include "../common/version.h"
#include "boot.h"
#include "command/print_control.h"
#include "command_line.h"
#include "config/config_man.h"
#include "control/control.h"
#include "control/report.h"
#include "lists/lists.h"
#include "log/log.h"
#include "setup/check.h"
#include "setup/lcores.h"
#include "telemetry/print_telemetry.h"

#include <rte_version.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
run(struct weir *weir)
{
	struct error error;

	log_open(weir->config);
	log_info("weir %s, revision %s, %s", weir->version, weir->revision, rte_version());
	control_block_signals();
	control_read_wall_clock(weir);
	boot_watch_start(&weir->watch);
	bool up = boot_up(boot_steps, boot_step_count, weir, &error);

	if (boot_watch_end(&weir->watch) != 0) {
		if (up)
			boot_down(boot_steps, boot_step_count, weir);
		return EXIT_SUCCESS;
	}
	if (!up) {
		log_error("%s", error.text);
		service_manager_status("not started: %s", error.text);
		return EXIT_FAILURE;
	}
	bool ok = control_run(weir);

	service_manager_stopping(ok ? "stopping" : "stopping: a port is lost until a restart");
	log_set_limited(false);
	lcores_down(weir); // before the rest: the numbers are final once nobody counts
	report_stats(weir);
	boot_down(boot_steps, boot_step_count, weir);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void
print_version(void)
{
	version_print("weir", stdout);
	dpdk_version_print(dpdk_version_built, rte_version(), stdout);
}

// Prints what needs no configuration. False: the action is another one.
static bool
print(const struct command_line *line)
{
	if (line->help != OPTION_HELP_NONE)
		command_line_print_help(line->help, stdout);
	else if (line->action == ACTION_PRINT_OPTIONS)
		config_print_options(stdout);
	else if (line->action == ACTION_PRINT_OPTIONS_MAN)
		config_print_options_man(stdout);
	else if (line->action == ACTION_PRINT_CONTROL)
		print_control(stdout);
	else if (line->action == ACTION_PRINT_SOURCES)
		config_print_sources(stdout);
	else if (line->action == ACTION_PRINT_TELEMETRY)
		print_telemetry(stdout);
	else if (line->action == ACTION_PRINT_VERSION)
		print_version();
	else
		return false;
	return true;
}

// `errors`: a line each. The service manager shows one.
static void
tell_wrong(const char *errors)
{
	const char *more = strchr(errors, '\n');
	int first = more == NULL ? (int)strlen(errors) : (int)(more - errors);

	service_manager_status(
		"not started: %.*s%s",
		first,
		errors,
		more != NULL && more[1] != '\0' ? " (and more: see the log, or weir --check)" : ""
	);
}

// Checks the configuration, prints its mistakes, and does what the command line asks for.
static int
act(struct weir *weir, const struct command_line *line)
{
	struct check check;
	int status = EXIT_SUCCESS;
	bool starts = line->action == ACTION_RUN && line->setting == NULL;

	if (!starts && geteuid() == 0)
		plain_file_accept_owners();
	if (line->action == ACTION_PLAN)
		check_make_plan(&check, weir, line->config_path, line->sysroot);
	else
		check_make(&check, weir, line->config_path, lists_check_files);
	fputs(check.errors, stderr);
	if (line->action == ACTION_CHECK || line->action == ACTION_PLAN)
		check_print(&check, weir, line->json, stdout);
	if (!check.right) {
		status = EXIT_WRONG;
		tell_wrong(check.errors);
	} else if (line->setting != NULL)
		config_print_setting(weir->config, config_find(line->setting), stdout);
	else if (line->action == ACTION_PRINT_CONFIG)
		config_print(weir->config, stdout);
	else if (starts)
		status = run(weir);
	check_free(&check, weir);
	return starts ? status : standard_output_finish("weir", status);
}

int
main(int argc, char **argv)
{
	static struct weir weir;
	struct command_line line;
	struct error error;

	log_guard_streams();
	if (!command_line_parse(&line, argc, argv, stderr))
		return EXIT_WRONG;
	if (print(&line))
		return standard_output_finish("weir", EXIT_SUCCESS);
	if (!privilege_forbid_new(&error)) {
		fprintf(stderr, "weir: %s\n", error.text);
		return EXIT_FAILURE;
	}
	if (!line.core_dumps)
		core_dumps_forbid();
	weir.version = version_number;
	weir.revision = version_revision;
	weir.core_dumps = line.core_dumps;
	weir.config_path = line.config_path;
	weir.run_for_s = line.run_for_s;
	weir.eal_argument_count = line.eal_argument_count;
	weir.eal_arguments = line.eal_arguments;
	return act(&weir, &line);
}
