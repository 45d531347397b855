// SPDX-License-Identifier: BSD-3-Clause

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
memory_grow(void *memory, size_t bytes)
{
	void *grown = realloc(memory, bytes);

	if (grown == NULL) {
		fputs("weirctl: out of memory\n", stderr);
		abort();
	}
	return grown;
}

char *
memory_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_grow(NULL, size), text, size);
}
