// SPDX-License-Identifier: BSD-3-Clause

#include "eal_arguments.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
eal_arguments_add(struct eal_arguments *arguments, const char *format, ...)
{
	va_list values;

	if (arguments->count == EAL_ARGUMENTS_MAX) {
		arguments->too_many = true;
		return;
	}
	va_start(values, format);
	if (vasprintf(&arguments->items[arguments->count], format, values) < 0)
		err(EXIT_FAILURE, "EAL arguments");
	va_end(values);
	arguments->count++;
}

void
eal_arguments_free(struct eal_arguments *arguments)
{
	for (int i = 0; i < arguments->count; i++)
		free(arguments->items[i]);
	*arguments = (struct eal_arguments){0};
}

// The value of an option follows "=", a short option itself, or is the next argument.
bool
eal_argument_is(const char *argument, const char *option)
{
	size_t len = strlen(option);

	return strncmp(argument, option, len) == 0
		&& (argument[len] == '\0' || argument[len] == '=' || len == 2);
}
