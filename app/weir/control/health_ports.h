// SPDX-License-Identifier: BSD-3-Clause
// What can be wrong with a port now.

#pragma once

#include "../weir.h"

// Whether any port has the problem `check`, which must be one of ports. Control thread.
bool health_port_problem(const struct weir *weir, enum health_check check);
