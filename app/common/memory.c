// SPDX-License-Identifier: BSD-3-Clause

#include "memory.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *
memory_grow(void *memory, size_t bytes)
{
	void *grown = realloc(memory, bytes);

	if (grown == NULL)
		err(EXIT_FAILURE, "no memory for %zu bytes", bytes);
	return grown;
}

void *
memory_zeroed(size_t bytes)
{
	return memset(memory_grow(NULL, bytes), 0, bytes);
}

char *
memory_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_grow(NULL, size), text, size);
}

FILE *
memory_stream(char **text, size_t *size)
{
	FILE *stream = open_memstream(text, size);

	if (stream == NULL)
		err(EXIT_FAILURE, "no memory for a text");
	return stream;
}

void *
memory_map(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(EXIT_FAILURE, "no memory for a table of %zu MiB", bytes >> 20);
	(void)madvise(memory, bytes, MADV_HUGEPAGE); // advice: small pages do as well
	return memory;
}

void
memory_unmap(void *memory, size_t bytes)
{
	if (memory != NULL)
		munmap(memory, bytes);
}
