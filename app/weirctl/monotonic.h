// SPDX-License-Identifier: BSD-3-Clause
// Seconds of a clock that never jumps.

#pragma once

double monotonic_s(void);
void monotonic_sleep_until(double at_s); // signals do not end it; a moment gone by does not wait
