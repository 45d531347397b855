// SPDX-License-Identifier: BSD-3-Clause
// The token that clients must send, where one is configured.

#pragma once

#include "../common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { TOKEN_MAX = 256 }; // bytes, with the terminating 0

struct token {
	bool required;
	char text[TOKEN_MAX]; // padded with zeros
};

// Reads a file with one line of printable ASCII. False, with an error, where it cannot be
// read, contains something else, or is readable by others than its owner.
bool token_read(const char *path, struct token *token, struct error *error);

// Whether `offered` (NULL: none) is the token, or none is required. Compares in constant time. Any thread.
bool token_matches(const struct token *token, const char *offered);
