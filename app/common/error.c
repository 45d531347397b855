// SPDX-License-Identifier: BSD-3-Clause

#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool
error_set(struct error *error, const char *setting, const char *format, ...)
{
	char text[ERROR_TEXT_MAX]; // the arguments may point into the error
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	error->setting = setting;
	memcpy(error->text, text, sizeof(text));
	return false;
}
