// SPDX-License-Identifier: BSD-3-Clause
// The token that clients must show, where one is configured.

#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TOKEN_MAX = 256 }; // with the byte 0 behind it

struct token {
	bool wanted;
	char text[TOKEN_MAX]; // filled up with zeros
};

// Reads a file of one line of visible ASCII. False, and a sentence in `why`, where it cannot be
// read, holds something else, or others than its owner may read it.
bool token_read(const char *path, struct token *token, char *why, size_t size);

// Whether `offered` (NULL: nothing) is the token, or none is wanted. Takes as long for a wrong one
// as for the right one. Any thread.
bool token_matches(const struct token *token, const char *offered);
