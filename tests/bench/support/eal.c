// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "../../../app/common/dpdk/eal_start.h"
#include "machine.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPARE_MIB = 64 }; // of huge pages, for rounding

// Free huge pages of 2 MiB (MiB).
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

bool
bench_pages_parse(const char *text, enum bench_pages *pages)
{
	bool huge = strcmp(text, "2m") == 0;

	*pages = huge ? BENCH_PAGES_2M : BENCH_PAGES_4K;
	return huge || strcmp(text, "4k") == 0;
}

static enum bench_pages
choose_pages(unsigned memory_megabytes, enum bench_pages pages)
{
	unsigned long need = memory_megabytes + SPARE_MIB;
	unsigned long free = huge_megabytes();

	if (pages == BENCH_PAGES_4K || (pages == BENCH_PAGES_FREE && free < need))
		return BENCH_PAGES_4K;
	if (free < need)
		errx(EXIT_FAILURE,
		     "%lu MiB of pages of 2 MiB are required, %lu MiB are free",
		     need,
		     free);
	return BENCH_PAGES_2M;
}

enum bench_pages
bench_eal_init(unsigned memory_megabytes, enum bench_pages pages)
{
	static char folder[] = "/tmp/weir-bench-XXXXXX";
	static struct eal_arguments arguments; // kept while DPDK runs
	char why[256];

	pages = choose_pages(memory_megabytes, pages);
	bool huge = pages == BENCH_PAGES_2M;

	if (!eal_use_folder(folder))
		err(EXIT_FAILURE, "%s", folder);
	eal_arguments_add(&arguments, "bench");
	eal_arguments_add(&arguments, huge ? "--in-memory" : "--no-huge");
	eal_arguments_add(&arguments, huge ? "--single-file-segments" : "--no-shconf");
	eal_arguments_add(&arguments, "--no-pci");
	eal_arguments_add(&arguments, "--no-telemetry");
	eal_arguments_add(&arguments, "-m");
	eal_arguments_add(&arguments, "%u", memory_megabytes);
	eal_arguments_add(&arguments, "--lcores=0@%u", machine_cpu_of_thread(0));
	eal_arguments_add(&arguments, "--log-level=*:error");
	eal_arguments_add(&arguments, "--file-prefix=bench-%d", (int)getpid());
	fprintf(stderr, "bench: memory in pages of %s\n", huge ? "2 MiB" : "4 KiB");
	if (!eal_start(&arguments, NULL, why, sizeof(why)))
		errx(EXIT_FAILURE, "%s", why);
	return pages;
}
