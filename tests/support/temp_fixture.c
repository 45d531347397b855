// SPDX-License-Identifier: BSD-3-Clause

#include "temp_fixture.h"

struct temp temp;

int
temp_setup(void **state)
{
	(void)state;
	temp_open(&temp);
	return 0;
}

int
temp_teardown(void **state)
{
	(void)state;
	temp_close(&temp);
	return 0;
}
