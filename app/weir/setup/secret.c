// SPDX-License-Identifier: BSD-3-Clause

#include "secret.h"

#include "errands.h"
#include "publish.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

// A rotation on its way.
struct rotation {
	char key_file[PATH_MAX]; // "": none
	uint32_t max_age_s; // of ids
	struct connid_secrets secrets;
	bool published;
};

// Errand: what the rotation starts from.
static void
begin(struct weir *weir, void *argument)
{
	struct rotation *rotation = argument;

	snprintf(rotation->key_file, sizeof(rotation->key_file), "%s", weir->config->key_file);
	rotation->max_age_s = weir->config->connection_id_max_age_s;
	keys_connid(&weir->keys, &rotation->secrets);
}

// Errand.
static void
put_in_force(struct weir *weir, void *argument)
{
	struct rotation *rotation = argument;
	struct connid_secrets before;

	keys_connid(&weir->keys, &before);
	keys_set_connid(&weir->keys, &rotation->secrets);
	rotation->published = publish_settings(weir, weir->config);
	if (!rotation->published)
		keys_set_connid(&weir->keys, &before);
	sodium_memzero(&before, sizeof(before));
}

static void
print_time(char *text, size_t size, uint64_t seconds)
{
	time_t moment = (time_t)seconds;
	struct tm utc;

	strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&moment, &utc));
}

// No third secret while both are needed.
static bool
refuse_pending(const struct rotation *rotation, uint32_t now_s, struct error *error)
{
	uint32_t from_s = rotation->secrets.from_s;
	char from[32], end[32];

	if (from_s == 0)
		return true;
	print_time(from, sizeof(from), from_s);
	print_time(end, sizeof(end), keys_first_until_s(&rotation->secrets, rotation->max_age_s));
	return error_set(
		error,
		NULL,
		"a rotation is under way: the new secret %s in force from %s, and the old one is "
		"needed until %s; try again then",
		now_s < from_s ? "is" : "has been",
		from,
		end
	);
}

static bool
stage(struct rotation *rotation, uint32_t now_s, uint32_t in_s, struct error *error)
{
	struct connid_secrets *secrets = &rotation->secrets;

	if (*rotation->key_file != '\0' && !keys_read(secrets, rotation->key_file, error))
		return false;
	keys_drop_first(secrets, rotation->max_age_s, now_s);
	if (!refuse_pending(rotation, now_s, error))
		return false;
	randombytes_buf(secrets->masters[1], CONNID_MASTER_BYTES);
	secrets->from_s = ((now_s + in_s - 1) / CONNID_SLOT_S + 1) * CONNID_SLOT_S;
	return *rotation->key_file == '\0' || keys_write(secrets, rotation->key_file, error);
}

static bool
rotate(struct weir *weir, struct rotation *rotation, uint32_t in_s, struct error *error)
{
	uint32_t now_s = __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);

	if (!errands_run(weir, begin, rotation))
		return error_set(error, NULL, "Weir is ending");
	if (!stage(rotation, now_s, in_s, error))
		return false;
	if (!errands_run(weir, put_in_force, rotation) || !rotation->published)
		return error_set(
			error,
			NULL,
			"no memory to put the new secret in force%s%s",
			*rotation->key_file != '\0' ? ": reload Weir, the secret is in " : "",
			rotation->key_file
		);
	return true;
}

bool
secret_rotate(struct weir *weir, uint32_t in_s, uint32_t *from_s, struct error *error)
{
	struct rotation rotation = {0};
	bool done = rotate(weir, &rotation, in_s, error);

	*from_s = rotation.secrets.from_s;
	sodium_memzero(&rotation, sizeof(rotation));
	return done;
}

bool
secret_read(const struct weir *weir, struct connid_secrets *secrets, struct error *error)
{
	keys_connid(&weir->keys, secrets);
	return *weir->config->key_file == '\0' || keys_read(secrets, weir->config->key_file, error)
		|| error_set(error, "tracker.key_file", "%s", error->text);
}

void
secret_explain(
	const struct connid_secrets *before,
	const struct connid_secrets *next,
	FILE *changes
)
{
	const uint8_t *last = before->masters[before->from_s != 0];
	char from[32];

	print_time(from, sizeof(from), next->from_s);
	if (memcmp(before, next, sizeof(*next)) == 0)
		return;
	if (memcmp(before->masters[0], next->masters[0], CONNID_MASTER_BYTES) != 0
	    && memcmp(last, next->masters[0], CONNID_MASTER_BYTES) != 0)
		fputs("tracker.key_file: another secret of connection ids: clients have to connect "
		      "again\n",
		      changes);
	if (next->from_s != 0)
		fprintf(changes,
			"tracker.key_file: a new secret of connection ids takes over at %s\n",
			from);
	else if (before->from_s != 0)
		fputs("tracker.key_file: one secret of connection ids, no change is ahead\n",
		      changes);
}
