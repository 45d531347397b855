// SPDX-License-Identifier: BSD-3-Clause
// cmocka wants four headers before its own; every test includes this instead.

#pragma once

// The order matters.
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
