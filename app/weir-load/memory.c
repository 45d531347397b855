// SPDX-License-Identifier: BSD-3-Clause

#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *
memory_take(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		fprintf(stderr,
			"weir-load: no memory for %zu MiB of tables: %s\n",
			bytes >> 20,
			strerror(errno));
		exit(EXIT_FAILURE);
	}
	(void)madvise(memory, bytes, MADV_HUGEPAGE); // a wish: small pages do as well
	return memory;
}

void
memory_release(void *memory, size_t bytes)
{
	if (memory != NULL)
		munmap(memory, bytes);
}
