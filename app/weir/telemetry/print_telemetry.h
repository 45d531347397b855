// SPDX-License-Identifier: BSD-3-Clause

#pragma once

#include <stdio.h>

// Prints the reference of all commands and fields as Markdown: the end of docs/telemetry.md.
void print_telemetry(FILE *out);
