// SPDX-License-Identifier: BSD-3-Clause

#include "hashes.h"

#include "../common/complain.h"
#include "../common/output_file.h"
#include "options.h"
#include "population.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void
print_hash(FILE *file, const struct info_hash_words *words)
{
	uint8_t bytes[20];

	memcpy(bytes, &words->first, 8);
	memcpy(bytes + 8, &words->second, 8);
	memcpy(bytes + 16, &words->third, 4);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		fprintf(file, "%02x", bytes[i]);
	fputc('\n', file);
}

bool
hashes_write(const struct options *options)
{
	FILE *file = output_file_open(options->print_hashes);
	bool ok = file != NULL;

	if (ok) {
		struct population population;

		population_init(&population, options);
		for (uint32_t torrent = 0; torrent < population.torrent_count; torrent++) {
			struct info_hash_words words = population_info_hash(&population, torrent);

			print_hash(file, &words);
		}
		population_free(&population);
		ok = !ferror(file);
		ok = fclose(file) == 0 && ok;
	}
	if (!ok)
		complain("--print-hashes %s: %s", options->print_hashes, strerror(errno));
	return ok;
}
