// SPDX-License-Identifier: BSD-3-Clause
// Memory of a program that cannot go on without it: where there is none, the process ends with a
// sentence on standard error and status 1. Any thread.

#pragma once

#include <stddef.h>
#include <stdio.h>

// Like realloc, calloc for one, strdup and open_memstream. The caller frees.
void *memory_grow(void *memory, size_t bytes);
void *memory_zeroed(size_t bytes);
char *memory_text(const char *text);
FILE *memory_stream(char **text, size_t *size);

// A large table: `bytes` of zeros, in huge pages where the kernel can (a table of 24 MiB has 6000
// small ones).
void *memory_map(size_t bytes);
void memory_unmap(void *memory, size_t bytes); // NULL: nothing happens
