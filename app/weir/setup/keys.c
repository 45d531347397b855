// SPDX-License-Identifier: BSD-3-Clause

#include "keys.h"

#include "../../../lib/base/rng.h"
#include "../../common/atomic_file.h"
#include "../../common/plain_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_DIGITS = 2 * CONNID_MASTER_BYTES };

// The same keys for the same seed, for tests: words of SplitMix64.
static void
draw_from_seed(struct keys *keys, uint64_t seed)
{
	struct rng rng = {seed};

	for (unsigned i = 0; i < sizeof(*keys) / sizeof(uint64_t); i++) {
		uint64_t word = rte_cpu_to_le_64(rng_next(&rng));

		memcpy((uint8_t *)keys + i * sizeof(word), &word, sizeof(word));
	}
}

static bool
refuse_length(const char *path, struct error *error)
{
	return error_set(
		error, NULL, "%s must hold exactly %d hexadecimal digits", path, HEX_DIGITS
	);
}

static bool
read_key(char *hex, size_t length, const char *path, uint8_t *key, struct error *error)
{
	if (length == HEX_DIGITS + 1 && hex[HEX_DIGITS] == '\n')
		length--;
	if (length == HEX_DIGITS
	    && sodium_hex2bin(key, CONNID_MASTER_BYTES, hex, HEX_DIGITS, NULL, NULL, NULL) == 0)
		return true;
	return refuse_length(path, error);
}

// Writes the key file atomically.
static bool
write_key(const char *path, const uint8_t *key, struct error *error)
{
	struct atomic_file file;
	char hex[HEX_DIGITS + 1];

	sodium_bin2hex(hex, sizeof(hex), key, CONNID_MASTER_BYTES);
	bool ok = atomic_file_start(&file, path, 0600);

	if (ok) {
		atomic_file_print(&file, "%s\n", hex);
		ok = atomic_file_finish(&file);
	}
	if (!ok)
		error_set(error, NULL, "%s cannot be written: %s", path, strerror(errno));
	sodium_memzero(hex, sizeof(hex));
	return ok;
}

static bool
use_key_file(struct keys *keys, const char *path, bool look_only, struct error *error)
{
	size_t length;
	char *hex = plain_file_read(path, PLAIN_FILE_SECRET, HEX_DIGITS + 2, &length, error);

	if (hex != NULL) {
		bool ok = read_key(hex, length, path, keys->connid_master, error);

		sodium_memzero(hex, length);
		free(hex);
		return ok;
	}
	if (errno == ENOENT || errno == ENOTDIR)
		return atomic_file_is_possible(path, error)
			&& (look_only || write_key(path, keys->connid_master, error));
	if (errno == EFBIG)
		return refuse_length(path, error);
	return error_set(error, NULL, "%s %s", path, error->text);
}

bool
keys_make(struct keys *keys, const struct config *config, bool look_only, struct error *error)
{
	if (config->test_seed != 0)
		draw_from_seed(keys, config->test_seed);
	else
		randombytes_buf(keys, sizeof(*keys));
	return *config->key_file == '\0' || use_key_file(keys, config->key_file, look_only, error)
		|| error_set(error, "tracker.key_file", "%s", error->text);
}

void
keys_forget(struct keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}
