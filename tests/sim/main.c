// SPDX-License-Identifier: BSD-3-Clause
// weir_sim: one simulation, one after another, or the shortest that still fails.

#include "options.h"
#include "shrink.h"
#include "sim.h"

int
main(int argc, char **argv)
{
	struct options options;

	options_read(&options, argc, argv);
	if (options.shrink)
		return shrink(&options);
	if (options.for_s != 0)
		return shrink_run_seeds(&options);
	sim_run(&options);
	return 0;
}
