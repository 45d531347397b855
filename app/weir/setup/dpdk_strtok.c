// SPDX-License-Identifier: BSD-3-Clause
// A defect of DPDK's telemetry library, in releases before 26.07: it parses requests with strtok(),
// in a thread for each client, so two clients that ask at once can get each other's parameters.
//
// The library finds this strtok() in place of libc's, which keeps its position for all threads
// together.

#include <rte_version.h>

#include <string.h>

#if RTE_VERSION < RTE_VERSION_NUM(26, 7, 0, 0)

char *
strtok(char *text, const char *delimiters)
{
	static __thread char *rest;

	return strtok_r(text, delimiters, &rest);
}

#endif
