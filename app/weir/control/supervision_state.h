// SPDX-License-Identifier: BSD-3-Clause
// What the control thread remembers of its words to the service manager (supervision.h).

#pragma once

#include <stdint.h>

struct supervision {
	uint32_t looked_s; // when the watchdog was last due
	uint32_t told_s; // when the figures were last told
	unsigned problems; // of health, that were told
};
