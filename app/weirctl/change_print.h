// SPDX-License-Identifier: BSD-3-Clause
// Replies of the control socket for people.

#pragma once

#include "action.h"

#include <jansson.h>
#include <stdio.h>

// Prints the reply to a command that was carried out, for `asked` entries.
void change_print(const struct control_command *row, const json_t *reply, size_t asked, FILE *out);

// Prints why it was not: each mistake in a line.
void change_print_errors(const json_t *reply, FILE *errors);
