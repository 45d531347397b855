// SPDX-License-Identifier: BSD-3-Clause
// Lists before the start: only their files, for `weir --check`.

#include "list_file.h"
#include "list_load.h"
#include "lists.h"

#include <time.h>

static bool
check_list(enum list_kind kind, const struct config *config, FILE *errors)
{
	const struct list_kind_info *info = &list_kinds[kind];
	const struct list_load load = {.kind = kind, .now_s = (uint32_t)time(NULL)};
	const char *path = list_kind_path(kind, config);
	struct list_wrong wrong = {
		.path = path,
		.secret = info->secrecy == PLAIN_FILE_SECRET,
		.out = errors,
		.max = UINT64_MAX,
	};
	struct list_file file;
	struct error error;

	if (list_kind_mode(kind, config) == ACCESS_OFF || *path == '\0')
		return true;
	if (!list_file_read(&file, path, info->secrecy, &error)) {
		error_set(&error, info->setting, "%s %s", path, error.text);
		config_explain(config, &error, errors);
		return false;
	}
	bool right = list_load_check(&load, file.bytes, file.len, &wrong, &error);

	list_file_free(&file);
	return right;
}

bool
lists_check_files(const struct config *config, FILE *errors)
{
	bool right = true;

	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++)
		right &= check_list(kind, config, errors);
	return right;
}
