// SPDX-License-Identifier: BSD-3-Clause
// Numbers as text for people. Pure. The text is part of the returned value: it lives until the end of the
// full expression with the call.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct number_text {
	char text[32];
};

struct number_text number_count(uint64_t count); // 1,234,567
struct number_text number_rate(double per_s); // 0, 0.25, 9.5, 12, 1,234
struct number_text number_short(double value); // 999,999, then 1.234M, G, T, P, E: 7 columns
struct number_text number_percent(double percent); // 12.3 %
struct number_text number_bytes(uint64_t bytes); // 1,023 B, 1.5 KiB, 15.3 MiB
struct number_text number_bits_per_second(double bits_per_s); // 0 bit/s, 1.23 Gbit/s
struct number_text number_nanoseconds(uint64_t ns); // 0, 950 ns, 1.25 us, 98.7 ms, 12.3 s
struct number_text number_milliseconds(uint64_t ms); // the same from 1 ms on
struct number_text number_duration(uint64_t seconds); // 4:05, 1:02:03, 3 d 1:02:03
struct number_text number_moment(uint64_t unix_s); // 2026-11-22 14:41:00, local time; 0: never

// Growth of a counter per second. False where it is unknown: the counter fell because Weir restarted, or
// no time has passed.
bool number_growth(uint64_t before, uint64_t now, double seconds, double *per_s);
