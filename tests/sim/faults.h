// SPDX-License-Identifier: BSD-3-Clause
// The kinds of faults (faults.def), and when they strike.

#pragma once

#include "dice.h"

#include <stdbool.h>
#include <stdint.h>

enum fault {
#define FAULT(name, ...) FAULT_##name,
#include "faults.def"
#undef FAULT
	FAULT_COUNT,
};

enum fault_kind { FAULT_START, FAULT_FRAME, FAULT_TIMED };

struct fault_info {
	const char *name;
	enum fault_kind kind;
	uint32_t odds;
	const char *help;
};

extern const struct fault_info fault_infos[FAULT_COUNT];

// FAULT_COUNT: there is none of this name.
enum fault fault_of_name(const char *name);

// `enabled`: a bit for each kind that may strike; `often`: TIMED ones are this many times as frequent.
void faults_open(uint64_t seed, uint64_t enabled, unsigned often);
bool fault_is_on(enum fault fault);

// Of a START or a FRAME: whether it strikes now.
bool fault_strikes(enum fault fault);

// Of a TIMED one: whether it is due at `now_ns`; decides about the next time, too.
bool fault_is_due(enum fault fault, uint64_t now_ns);

// When the first TIMED one is due, or UINT64_MAX.
uint64_t faults_next_ns(void);

// For what else the fault has to decide.
struct dice *fault_dice(enum fault fault);

// How often each has struck.
uint64_t fault_count(enum fault fault);
