// SPDX-License-Identifier: BSD-3-Clause
// The rights that Weir gives up once its devices, memory and sockets are open: security.user, capabilities, and what
// only the kernel could give back.

#pragma once

#include "../weir.h"

#include <sys/types.h>

// Finds security.user, and whether Weir can become it. False, and an error, if not.
bool rights_check(const struct config *config, struct error *error);

// Whether this is security.user, which root becomes: its files and folders are as good as root's. After rights_check.
bool rights_trusts(uid_t user);

// Boot step, after ports start and before lcores do. As root with security.user: gives the files that Weir has made to
// that user, becomes it in all threads, and checks that it reaches the files which Weir reads and writes later. As
// another user than root: drops all capabilities of all threads. In any case no new privileges, and the filter of
// system calls for all threads (filters.h).
bool rights_up(struct weir *weir, struct error *error);
