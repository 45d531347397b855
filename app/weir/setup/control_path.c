// SPDX-License-Identifier: BSD-3-Clause

#include "control_path.h"

#include <stdio.h>

void
control_path(const struct weir *weir, char path[CONTROL_PATH_MAX])
{
	const char *named = weir->config->control_socket;

	if (*named != '\0')
		snprintf(path, CONTROL_PATH_MAX, "%s", named);
	else
		snprintf(path, CONTROL_PATH_MAX, "%s/control", weir->runtime_folder);
}
