// SPDX-License-Identifier: BSD-3-Clause
// The name is libFuzzer's.

#pragma once

#include <stddef.h>
#include <stdint.h>

// Judges one input; does not return where something is wrong. Always 0.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
