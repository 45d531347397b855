// SPDX-License-Identifier: BSD-3-Clause
// Cost of the budget of work by source, for each request.

#pragma once

#include "tables.h"

// Adds rows about requests of as many sources: budget_charge_* (announces within the budget),
// budget_connect_* (connects), budget_refuse_1 (announces of one source that is over its budget).
table_measure_fn budget_measure;
