// SPDX-License-Identifier: BSD-3-Clause

#include "refusal.h"

#include <stdarg.h>
#include <stdio.h>

bool
refuse(struct refusal *refusal, unsigned status, const char *format, ...)
{
	va_list values;

	refusal->status = status;
	va_start(values, format);
	vsnprintf(refusal->text, sizeof(refusal->text), format, values);
	va_end(values);
	return false;
}
