// SPDX-License-Identifier: BSD-3-Clause

#include "version.h"

#include "revision.h"
#include "version_number.h"

const char version_number[] = WEIR_VERSION;
const char version_revision[] = WEIR_REVISION;

void
version_print(const char *program, FILE *out)
{
	fprintf(out, "%s %s\nrevision %s\n", program, version_number, version_revision);
}
