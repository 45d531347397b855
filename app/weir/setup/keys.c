// SPDX-License-Identifier: BSD-3-Clause

#include "keys.h"

#include "../../../lib/base/rng.h"
#include "../../common/atomic_file.h"
#include "../../common/credential.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	HEX_DIGITS = 2 * CONNID_MASTER_BYTES,
	FILE_BYTES_MAX = HEX_DIGITS + 1 + HEX_DIGITS + 16 + 1, // " from=4294967295"
	DRAWN_BYTES = offsetof(struct keys, connid_next),
};

// The same keys for the same seed, for tests: words of SplitMix64.
static void
draw_from_seed(struct keys *keys, uint64_t seed)
{
	struct rng rng = {seed};

	for (unsigned i = 0; i < DRAWN_BYTES / sizeof(uint64_t); i++) {
		uint64_t word = rte_cpu_to_le_64(rng_next(&rng));

		memcpy((uint8_t *)keys + i * sizeof(word), &word, sizeof(word));
	}
}

static bool
read_hex(const char *text, uint8_t *key)
{
	return strlen(text) >= HEX_DIGITS
		&& sodium_hex2bin(key, CONNID_MASTER_BYTES, text, HEX_DIGITS, NULL, NULL, NULL)
		== 0;
}

// "from=UNIXTIME", not 0.
static bool
read_from(const char *text, uint32_t *from_s)
{
	static const char word[] = "from=";
	const char *digits = text + strlen(word);
	char *end;

	if (strncmp(text, word, strlen(word)) != 0 || *digits < '1' || *digits > '9')
		return false;
	unsigned long long number = strtoull(digits, &end, 10);

	*from_s = (uint32_t)number;
	return *end == '\0' && number <= UINT32_MAX;
}

// Parses the file's text, in which no byte is 0.
static bool
read_lines(char *text, struct connid_secrets *secrets)
{
	size_t len = strlen(text);

	if (len > HEX_DIGITS && text[len - 1] == '\n')
		text[len - 1] = '\0';
	if (!read_hex(text, secrets->masters[0]))
		return false;
	text += HEX_DIGITS;
	if (*text == '\0')
		return true;
	return *text == '\n' && read_hex(text + 1, secrets->masters[1])
		&& text[1 + HEX_DIGITS] == ' '
		&& read_from(text + 1 + HEX_DIGITS + 1, &secrets->from_s);
}

static bool
refuse_text(const char *path, struct error *error)
{
	return error_set(
		error,
		NULL,
		"%s must hold exactly %d hexadecimal digits, and may have a second line: %d "
		"digits, a space and from=UNIXTIME",
		path,
		HEX_DIGITS,
		HEX_DIGITS
	);
}

bool
keys_read(struct connid_secrets *secrets, const char *path, struct error *error)
{
	size_t length;
	char *text = credential_read(path, FILE_BYTES_MAX, &length, error);

	memset(secrets, 0, sizeof(*secrets));
	if (text != NULL) {
		bool right = strlen(text) == length && read_lines(text, secrets);

		sodium_memzero(text, length);
		free(text);
		errno = 0;
		return right || refuse_text(path, error);
	}
	int why = errno;

	if (why == EFBIG)
		refuse_text(path, error);
	else
		error_set(error, NULL, "%s %s", path, error->text);
	errno = why;
	return false;
}

bool
keys_write(const struct connid_secrets *secrets, const char *path, struct error *error)
{
	struct atomic_file file;
	char hex[HEX_DIGITS + 1];

	if (credential_is_named(path))
		return error_set(
			error,
			NULL,
			"%s is a credential of the service, which Weir cannot change: put the new "
			"keys "
			"where it comes from, and restart Weir",
			path
		);
	bool ok = atomic_file_start(&file, path, 0600);

	if (ok) {
		sodium_bin2hex(hex, sizeof(hex), secrets->masters[0], CONNID_MASTER_BYTES);
		atomic_file_print(&file, "%s\n", hex);
		sodium_bin2hex(hex, sizeof(hex), secrets->masters[1], CONNID_MASTER_BYTES);
		if (secrets->from_s != 0)
			atomic_file_print(&file, "%s from=%u\n", hex, secrets->from_s);
		ok = atomic_file_finish(&file);
	}
	if (!ok)
		error_set(error, NULL, "%s cannot be written: %s", path, strerror(errno));
	sodium_memzero(hex, sizeof(hex));
	return ok;
}

void
keys_connid(const struct keys *keys, struct connid_secrets *secrets)
{
	memcpy(secrets->masters[0], keys->connid_master, CONNID_MASTER_BYTES);
	memcpy(secrets->masters[1], keys->connid_next, CONNID_MASTER_BYTES);
	secrets->from_s = keys->connid_from_s;
}

void
keys_set_connid(struct keys *keys, const struct connid_secrets *secrets)
{
	memcpy(keys->connid_master, secrets->masters[0], CONNID_MASTER_BYTES);
	memcpy(keys->connid_next, secrets->masters[1], CONNID_MASTER_BYTES);
	keys->connid_from_s = secrets->from_s;
}

bool
keys_drop_first(struct connid_secrets *secrets, uint32_t max_age_s, uint32_t wall_s)
{
	if (secrets->from_s == 0 || wall_s < keys_first_until_s(secrets, max_age_s))
		return false;
	memcpy(secrets->masters[0], secrets->masters[1], CONNID_MASTER_BYTES);
	sodium_memzero(secrets->masters[1], CONNID_MASTER_BYTES);
	secrets->from_s = 0;
	return true;
}

// Uses the file's keys. A file that cannot be shortened is good as it is.
static void
take_file(
	struct keys *keys,
	struct connid_secrets *secrets,
	const struct config *config,
	bool look_only
)
{
	uint32_t wall_s = config->test_time_s != 0 ? config->test_time_s : (uint32_t)time(NULL);
	struct error ignored;

	if (keys_drop_first(secrets, config->connection_id_max_age_s, wall_s) && !look_only)
		keys_write(secrets, config->key_file, &ignored);
	keys_set_connid(keys, secrets);
}

static bool
use_key_file(struct keys *keys, const struct config *config, bool look_only, struct error *error)
{
	const char *path = config->key_file;
	struct connid_secrets secrets;
	bool ok = keys_read(&secrets, path, error);

	if (ok) {
		take_file(keys, &secrets, config, look_only);
	} else if (errno == ENOENT || errno == ENOTDIR) {
		keys_connid(keys, &secrets);
		ok = atomic_file_is_possible(path, error)
			&& (look_only || keys_write(&secrets, path, error));
	}
	sodium_memzero(&secrets, sizeof(secrets));
	return ok;
}

bool
keys_make(struct keys *keys, const struct config *config, bool look_only, struct error *error)
{
	memset(keys, 0, sizeof(*keys));
	if (config->test_seed != 0)
		draw_from_seed(keys, config->test_seed);
	else
		randombytes_buf(keys, DRAWN_BYTES);
	return *config->key_file == '\0' || use_key_file(keys, config, look_only, error)
		|| error_set(error, "tracker.key_file", "%s", error->text);
}

void
keys_forget(struct keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}
