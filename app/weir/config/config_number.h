// SPDX-License-Identifier: BSD-3-Clause
// Numbers in the text of a configuration file.

#pragma once

#include <stdbool.h>
#include <stddef.h>

// Length of the word that starts at `at`, which may be a number: also of "5m", to be named whole.
size_t config_number_length(const char *at);

// Reads a whole number in decimal, hexadecimal (0x), binary (0b) or octal (0o, 0q) digits, with a sign
// if it is decimal, and L or LL at its end. One that 64 bits cannot hold becomes the nearest that they
// can. False if `text` is anything else.
bool config_number_whole(const char *text, long long *value);

// Whether `text` is a decimal number with a fraction or an exponent.
bool config_number_is_real(const char *text);
