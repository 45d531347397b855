// SPDX-License-Identifier: BSD-3-Clause
// The secret of connection ids while Weir runs: another is staged, or the key file has changed.
//
// weir->keys belongs to the control thread; io lcores get their copy with the settings (publish.h).

#pragma once

#include "../weir.h"

enum {
	SECRET_IN_S = 600, // time to the switch by default
	SECRET_IN_S_MIN = 128, // so that other trackers can get the file before
	SECRET_IN_S_MAX = 30 * 86400,
};

// Stages a new random secret that takes over in `in_s` seconds, at *from_s, the start of a slot. Writes
// tracker.key_file, if there is one, then puts it in force; without a key file the secret is only in
// memory. False while an earlier rotation lasts (until no id under its old secret is good any more), or
// if the file cannot be read or written: nothing has changed then. Any thread but the control thread
// and the lcores, one at a time; waits for the disk.
bool secret_rotate(struct weir *weir, uint32_t in_s, uint32_t *from_s, struct error *error);

// What the key file says now; what is in force if there is none. The error names its setting. Control
// thread.
bool secret_read(const struct weir *weir, struct connid_secrets *secrets, struct error *error);

// Writes a line about what is new in `next`, if anything.
void secret_explain(
	const struct connid_secrets *before,
	const struct connid_secrets *next,
	FILE *changes
);
