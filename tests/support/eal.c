// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include <rte_common.h>
#include <rte_eal.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-test-XXXXXX";

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void
remove_folder(void)
{
	nftw(folder, remove_one, 4, FTW_DEPTH | FTW_PHYS);
}

void
test_eal_init(void)
{
	char prefix[48];
	char *arguments[] = {
		(char[]){"test"},
		(char[]){"--no-huge"},
		(char[]){"--no-shconf"},
		(char[]){"--no-pci"},
		(char[]){"--no-telemetry"},
		(char[]){"-m"},
		(char[]){"128"},
		(char[]){"--lcores=0@0"},
		(char[]){"--log-level=*:error"},
		prefix,
	};

	if (mkdtemp(folder) == NULL || setenv("RUNTIME_DIRECTORY", folder, 1) != 0)
		exit(EXIT_FAILURE);
	atexit(remove_folder);
	snprintf(prefix, sizeof(prefix), "--file-prefix=test-%d", (int)getpid());
	if (rte_eal_init(RTE_DIM(arguments), arguments) < 0) {
		fprintf(stderr, "DPDK does not start\n");
		exit(EXIT_FAILURE);
	}
}
