// SPDX-License-Identifier: BSD-3-Clause

#include "wrong.h"

const struct wrong_info wrong_infos[WRONG_COUNT] = {
	{"", ""},
#define WRONG(name, help) {#name, help},
#include "wrong.def"
#undef WRONG
};
