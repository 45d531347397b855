// SPDX-License-Identifier: BSD-3-Clause
// What fuzzers share: the entry, whose name is libFuzzer's, and the way through an input.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Judges one input; does not return where something is wrong. Always 0.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
demand(bool holds)
{
	if (!holds)
		abort();
}

// The rest of an input. What is taken behind its end is 0.
struct fuzz_input {
	const uint8_t *data;
	size_t left;
};

static inline void
fuzz_take(struct fuzz_input *input, void *to, size_t size)
{
	size_t there = size < input->left ? size : input->left;

	memset(to, 0, size);
	if (there > 0)
		memcpy(to, input->data, there);
	input->data += there;
	input->left -= there;
}

static inline uint8_t
fuzz_byte(struct fuzz_input *input)
{
	uint8_t byte;

	fuzz_take(input, &byte, sizeof(byte));
	return byte;
}

static inline uint32_t
fuzz_word(struct fuzz_input *input)
{
	uint32_t word;

	fuzz_take(input, &word, sizeof(word));
	return word;
}
