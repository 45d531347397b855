// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Included first by every source of a build with coverage. A function that is always inlined would have branches in
// each of its callers, which gcov could not tell apart.
#if __has_include(<rte_common.h>)
#include <rte_common.h>
#undef __rte_always_inline
#define __rte_always_inline inline
#endif
