// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "machine.h"

#include <rte_common.h>
#include <rte_eal.h>

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weir-bench-XXXXXX";

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

// Size of the free huge pages of 2 MiB, in MiB.
static unsigned long
huge_megabytes(void)
{
	FILE *file = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * 2;
}

void
bench_eal_init(unsigned memory_megabytes)
{
	bool huge = huge_megabytes() >= memory_megabytes + 64;
	char prefix[48], memory[16], lcores[32];
	char *arguments[] = {
		(char[]){"bench"},
		huge ? (char[]){"--in-memory"} : (char[]){"--no-huge"},
		huge ? (char[]){"--single-file-segments"} : (char[]){"--no-shconf"},
		(char[]){"--no-pci"},
		(char[]){"--no-telemetry"},
		(char[]){"-m"},
		memory,
		lcores,
		(char[]){"--log-level=*:error"},
		prefix,
	};

	if (mkdtemp(folder) == NULL || setenv("RUNTIME_DIRECTORY", folder, 1) != 0)
		exit(EXIT_FAILURE);
	atexit(remove_folder);
	snprintf(memory, sizeof(memory), "%u", memory_megabytes);
	snprintf(lcores, sizeof(lcores), "--lcores=0@%u", machine_cpu_of_thread(0));
	snprintf(prefix, sizeof(prefix), "--file-prefix=bench-%d", (int)getpid());
	fprintf(stderr, "bench: memory in pages of %s\n", huge ? "2 MiB" : "4 KiB");
	if (rte_eal_init(RTE_DIM(arguments), arguments) < 0) {
		fprintf(stderr, "bench: rte_eal_init failed\n");
		exit(EXIT_FAILURE);
	}
}
