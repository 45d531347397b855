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

// cmocka 2 has one for each signedness and warns about the old name, which meant this one.
#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range(value, least, most) assert_uint_in_range(value, least, most)
#endif
