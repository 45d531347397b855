// SPDX-License-Identifier: BSD-3-Clause
// The tokens that clients must send: one for reading, where one is configured, and one for changes.

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

struct tokens {
	struct token read; // not required: everybody may read
	struct token write; // not required: nobody may write
};

// Whether a client with this token (NULL: none) may read: the writing token is good for that, too.
// Constant time. Any thread.
bool tokens_may_read(const struct tokens *tokens, const char *offered);
bool tokens_may_write(const struct tokens *tokens, const char *offered);
