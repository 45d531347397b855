// SPDX-License-Identifier: BSD-3-Clause
// Starting DPDK's environment (EAL), with errors in sentences.

#pragma once

#include "eal_arguments.h"

#include <stddef.h>

// Calls rte_eal_init, in the thread that will be the main lcore. The arguments must stay until
// rte_eal_cleanup: drivers keep pointers to them. False: `why` says what is wrong and what to do;
// EAL's own messages stand before it.
//
// DPDK from 25.11 on ends the process by exit() where it does not know an argument; earlier ones
// return an error. Then `tell` gets the sentence (NULL: it goes to standard error), and the process
// ends with status 1; nothing is torn down, as after a crash.
bool eal_start(
	const struct eal_arguments *arguments,
	void (*tell)(const char *why),
	char *why,
	size_t size
);

// Makes a folder, by a template of mkdtemp, and has EAL keep its runtime files there. The folder is
// deleted when the process ends. Once per process. False: errno says why.
bool eal_use_folder(char *template);
