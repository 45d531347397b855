// SPDX-License-Identifier: BSD-3-Clause
// Reasons why a reply is wrong: wrong.def as an enum and as a table.

#pragma once

enum wrong {
	WRONG_NONE,
#define WRONG(name, help) WRONG_##name,
#include "wrong.def"
#undef WRONG
	WRONG_COUNT,
};

struct wrong_info {
	const char *name;
	const char *help;
};

extern const struct wrong_info wrong_infos[WRONG_COUNT]; // row WRONG_NONE is empty
