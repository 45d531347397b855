// SPDX-License-Identifier: BSD-3-Clause
// The boot steps of all ports together.

#pragma once

#include "../weir.h"

bool ports_find(struct weir *weir, struct error *error);
bool ports_configure(struct weir *weir, struct error *error);
bool ports_start(struct weir *weir, struct error *error);
void ports_stop(struct weir *weir);
void ports_close(struct weir *weir);
