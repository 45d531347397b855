// SPDX-License-Identifier: BSD-3-Clause

#include "export_file.h"

#include <inttypes.h>
#include <sodium.h>

enum { BUFFER_BYTES = 1 << 16, MODE = 0644 };

bool
export_file_start(struct export_file *file, const char *path)
{
	file->torrents = 0;
	if (!atomic_file_start(&file->file, path, MODE))
		return false;
	setvbuf(file->file.out, NULL, _IOFBF, BUFFER_BYTES);
	return true;
}

static bool
write_row(struct export_file *file, const struct shard_row *row)
{
	static const char digits[FAMILY_COUNT] = {[FAMILY_IPV4] = '4', [FAMILY_IPV6] = '6'};
	char hex[2 * SHARD_INFO_HASH_BYTES + 1];
	bool written = false;

	sodium_bin2hex(hex, sizeof(hex), row->info_hash, sizeof(row->info_hash));
	for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
		uint32_t seeders = row->seeders[family], leechers = row->leechers[family];
		uint32_t completed = row->completed[family];

		if ((seeders | leechers | completed) == 0)
			continue;
		written = true;
		atomic_file_print(
			&file->file,
			"%c %s %" PRIu32 " %" PRIu32 " %" PRIu32 "\n",
			digits[family],
			hex,
			seeders,
			leechers,
			completed
		);
	}
	return written;
}

void
export_file_rows(void *context, const struct shard_row *rows, unsigned count)
{
	struct export_file *file = context;

	for (unsigned i = 0; i < count; i++)
		file->torrents += write_row(file, &rows[i]);
}

bool
export_file_finish(struct export_file *file)
{
	return atomic_file_finish(&file->file);
}

void
export_file_abandon(struct export_file *file)
{
	atomic_file_abandon(&file->file);
}
