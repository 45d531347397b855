// SPDX-License-Identifier: BSD-3-Clause
// Help texts of tables as text of a man page (mdoc).

#pragma once

#include <stdio.h>

// Writes a help text as a sentence on a line of its own: a capital first, a full stop last, dashes that stay dashes.
void man_print_sentence(const char *help, FILE *out);
