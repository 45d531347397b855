// SPDX-License-Identifier: BSD-3-Clause
// No core dumps of programs that hold secrets: a core file holds all of them, and systemd-coredump
// keeps it for others to read.

#pragma once

// Before secrets are read. A limit of 0 keeps files away, but not a pattern that pipes dumps into a
// program (core(5)); the kernel gives up on both where the limit is 1. Where not even that can be set,
// because whoever started us left 0 and no right to raise it, 0 stays: such programs respect it.
void core_dumps_forbid(void);
