// SPDX-License-Identifier: BSD-3-Clause
// Large tables: zeroed, in huge pages where the kernel can (a table of 24 MiB has 6000 small ones).

#pragma once

#include <stddef.h>

// `bytes` of memory, all 0. Ends the process, with a sentence, where there is none: nothing can be
// done without. Released when the process ends, or by memory_release.
void *memory_take(size_t bytes);
void memory_release(void *memory, size_t bytes);
