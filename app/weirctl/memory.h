// SPDX-License-Identifier: BSD-3-Clause
// Memory of a program that cannot go on without.

#pragma once

#include <stddef.h>

// Like realloc and strdup. Where there is no memory the process ends, with a sentence.
void *memory_grow(void *memory, size_t bytes);
char *memory_text(const char *text);
