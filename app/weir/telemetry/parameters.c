// SPDX-License-Identifier: BSD-3-Clause

#include "parameters.h"

#include <errno.h>
#include <stdlib.h>

bool
parameters_numbers(const char *parameters, uint64_t *numbers, unsigned count)
{
	const char *at = parameters;

	for (unsigned i = 0; at != NULL && i < count; i++) {
		char *end;

		errno = 0;
		unsigned long long number = strtoull(at, &end, 10);

		if (*at < '0' || *at > '9' || errno != 0 || (*end != '\0' && *end != ','))
			return false;
		numbers[i] = number;
		at = *end == ',' ? end + 1 : NULL;
	}
	return at == NULL;
}
