// SPDX-License-Identifier: BSD-3-Clause
// Versions of DPDK: the libraries of the machine may be newer than the headers that a program was built with.

#pragma once

#include <stdio.h>

// The version of the headers, in the form of rte_version(), which is that of the libraries.
extern const char dpdk_version_built[];

// Writes a line with the version in use, and with that of the headers where it is another.
void dpdk_version_print(const char *built, const char *used, FILE *out);
