// SPDX-License-Identifier: BSD-3-Clause
// Boot step: starts the loops on their lcores.

#pragma once

#include "../weir.h"

bool lcores_up(struct weir *weir, struct error *error);

// Tells all lcores to stop and waits until they have.
void lcores_down(struct weir *weir);
