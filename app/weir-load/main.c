// SPDX-License-Identifier: BSD-3-Clause
// Command line in, exit status out.

#include "options.h"
#include "write.h"

#include <stdlib.h>

enum { EXIT_WRONG = 2 };

int
main(int argc, char **argv)
{
	struct options options;

	if (!options_parse(&options, argc, argv, stderr))
		return EXIT_WRONG;
	if (options.help) {
		options_print_help(stdout);
		return EXIT_SUCCESS;
	}
	return write_requests(&options, NULL);
}
