// SPDX-License-Identifier: BSD-3-Clause
// Health checks of ports.

#pragma once

#include "../weir.h"

// Whether any port has the problem `check`, which must be a check of ports. Control thread.
bool health_port_problem(const struct weir *weir, enum health_check check);
