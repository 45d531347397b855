// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out: 0; 1 where no Weir answers or it refuses; 2 for wrong use.

#include "../common/standard_streams.h"
#include "../common/version.h"
#include "change.h"
#include "command_line.h"
#include "hook.h"
#include "top.h"
#include "watch.h"

#include <locale.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
	struct command_line line;

	standard_streams_guard();
	setlocale(LC_CTYPE, ""); // how texts are printed, not how numbers are
	if (!command_line_parse(&line, argc, argv, stderr))
		return EXIT_WRONG;
	if (line.help != OPTION_HELP_NONE) {
		command_line_print_help(&line, stdout);
		return standard_output_finish("weirctl", EXIT_SUCCESS);
	}
	if (line.version) {
		version_print("weirctl", stdout);
		return standard_output_finish("weirctl", EXIT_SUCCESS);
	}
	if (line.action != NULL)
		return standard_output_finish(
			"weirctl", change_run(&line) ? EXIT_SUCCESS : EXIT_FAILURE
		);
	if (line.command == &commands[COMMAND_hook])
		return hook_run(&line);
	bool ok = line.command == &commands[COMMAND_top] ? top_run(line.path, line.watch_s)
							 : watch_run(&line);

	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
