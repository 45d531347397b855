// SPDX-License-Identifier: BSD-3-Clause
// A folder by cmocka's fixtures, for one test or for a group of tests.

#pragma once

#include "temp.h"

extern struct temp temp;

int temp_setup(void **state);
int temp_teardown(void **state);
