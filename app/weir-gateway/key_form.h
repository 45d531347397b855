// SPDX-License-Identifier: BSD-3-Clause
// Keys of users in requests: in a path, and in the JSON body {"key": …, "seconds_valid": …}. Pure; any
// thread.

#pragma once

#include "refusal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KEY_FORM_CHARS = 32, // of a key
	KEY_FORM_SECONDS_MAX = 1000000000, // for which a new key is good
};

struct key_form {
	char key[KEY_FORM_CHARS + 1]; // "": none
	uint64_t seconds_valid; // 0: none
};

// Reads a key: 32 letters and digits. False for anything else.
bool key_parse(const char *text, char key[KEY_FORM_CHARS + 1]);

// Reads the seconds for which a key is good, in a path.
bool key_parse_seconds(const char *text, struct key_form *form, struct refusal *refusal);

// Reads a body: both members may be null or absent. False where it is refused.
bool key_form_read(const char *text, size_t size, struct key_form *form, struct refusal *refusal);
