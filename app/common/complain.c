// SPDX-License-Identifier: BSD-3-Clause

#include "complain.h"

#include <err.h>
#include <stdarg.h>

bool
complain(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	vwarnx(format, values);
	va_end(values);
	return false;
}
