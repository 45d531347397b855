// SPDX-License-Identifier: BSD-3-Clause
// Room for requests that stay on the lcore that received them, because its worker owns their torrent (loops.h). Only
// where every lcore has both roles. While no lcore runs.

#pragma once

#include "../weir.h"

// Gives room to each lcore. False, and an error: no memory, and none has any.
bool own_jobs_up(struct weir *weir, struct error *error);

// Frees it, with the mbufs of requests that are left in it.
void own_jobs_down(struct weir *weir);
