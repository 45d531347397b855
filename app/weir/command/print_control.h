// SPDX-License-Identifier: BSD-3-Clause
// Tables of docs/control.md.

#pragma once

#include <stdio.h>

// The commands of the control socket and the members of requests, as Markdown.
void print_control(FILE *out);
