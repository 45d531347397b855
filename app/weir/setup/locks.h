// SPDX-License-Identifier: BSD-3-Clause
// What only one Weir may use at a time, and that this one does: its memory.file_prefix, the file it
// exports to, its snapshots, the sockets it listens on. A key file is not among them: several may share one.

#pragma once

#include "../weir.h"

// Boot step, before EAL, held to the end. Fails with who holds what. Sockets that dead processes
// left behind are removed.
bool locks_up(struct weir *weir, struct error *error);
void locks_down(struct weir *weir);

// The lock of export.file, for a reload that changes it: the new one is taken before the old one is freed.
// "" has none.
bool locks_take_export(struct weir *weir, const char *file, struct error *error);
void locks_free_export(struct weir *weir, const char *file);
// Whether both are names of one file whose lock is held: by way of a symbolic link, say.
bool locks_share_export(struct weir *weir, const char *one, const char *other);
