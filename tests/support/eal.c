// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "../../app/common/dpdk/eal_start.h"

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

void
test_eal_init(void)
{
	static char folder[] = "/tmp/weir-test-XXXXXX";
	static struct eal_arguments arguments; // kept while DPDK runs
	static const char *const fixed[] = {
		"test",
		"--no-huge",
		"--no-shconf",
		"--no-pci",
		"--no-telemetry",
		"-m",
		"128",
		"--lcores=0@0",
		"--log-level=*:error",
	};
	char why[256];

	if (!eal_use_folder(folder))
		err(EXIT_FAILURE, "%s", folder);
	for (unsigned i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		eal_arguments_add(&arguments, "%s", fixed[i]);
	eal_arguments_add(&arguments, "--file-prefix=test-%d", (int)getpid());
	if (!eal_start(&arguments, NULL, why, sizeof(why)))
		errx(EXIT_FAILURE, "%s", why);
}
