// SPDX-License-Identifier: BSD-3-Clause

#include "reload.h"

#include "../../common/memory.h"
#include "../../common/service/service_manager.h"
#include "../lists/lists.h"
#include "../log/log.h"
#include "../setup/check.h"
#include "../setup/locks.h"
#include "../setup/publish.h"
#include "../setup/secret.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

// A reload on its way.
struct attempt {
	struct config *next; // NULL: the file has no configuration
	FILE *errors;
	FILE *changes;
	struct connid_secrets secrets; // of connection ids, that the key file has now
};

// Reads and checks the file as a start does.
static bool
read_file(const struct weir *weir, struct attempt *attempt)
{
	struct lcore_plan plan;

	attempt->next = config_open(weir->config_path, attempt->errors);
	if (attempt->next == NULL)
		return false;
	bool right = config_error_count(attempt->next) == 0;

	return check_surroundings(attempt->next, &weir->topology, &plan, attempt->errors) && right;
}

static bool
read_secrets(const struct weir *weir, struct attempt *attempt)
{
	struct error error;

	if (secret_read(weir, &attempt->secrets, &error))
		return true;
	config_explain(attempt->next, &error, attempt->errors);
	return false;
}

// Publishes settings with the secrets of the key file, or changes nothing.
static bool
publish(struct weir *weir, struct attempt *attempt)
{
	struct connid_secrets before;

	keys_connid(&weir->keys, &before);
	keys_set_connid(&weir->keys, &attempt->secrets);
	bool done = publish_settings(weir, attempt->next);

	if (done)
		secret_explain(&before, &attempt->secrets, attempt->changes);
	else
		keys_set_connid(&weir->keys, &before);
	sodium_memzero(&before, sizeof(before));
	return done;
}

// The last steps that can fail. What they took is given back where one does.
static bool
prepare(struct weir *weir, struct attempt *attempt)
{
	const char *file = attempt->next->export_file, *before = weir->config->export_file;
	bool moves = strcmp(file, before) != 0 && !locks_share_export(weir, before, file);
	struct error error;

	if (moves && !locks_take_export(weir, file, &error)) {
		error.setting = "export.file";
		config_explain(attempt->next, &error, attempt->errors);
		return false;
	}
	if (!publish(weir, attempt)) {
		fputs("no memory for the settings of lcores\n", attempt->errors);
		if (moves)
			locks_free_export(weir, file);
		return false;
	}
	if (moves)
		locks_free_export(weir, before);
	return true;
}

static bool
follow(struct weir *weir, struct attempt *attempt)
{
	if (!read_file(weir, attempt) || !read_secrets(weir, attempt)
	    || !config_follow(attempt->next, weir->config, attempt->changes, attempt->errors)
	    || !prepare(weir, attempt)) {
		config_free(attempt->next);
		return false;
	}
	log_follow(attempt->next, weir->config);
	publish_config(weir, attempt->next);
	return true;
}

// A log line for each line of `lines`, which is for `copy`, too.
static void
tell_lines(char *lines, bool bad, FILE *copy)
{
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (bad)
			log_error("reload: %s", line);
		else
			log_info("reload: %s", line);
		if (copy != NULL)
			fprintf(copy, "%s\n", line);
	}
}

// The last line, which the service manager gets, too.
static void
tell_result(const struct weir *weir, bool done, FILE *copy)
{
	char line[PATH_MAX + 64];

	if (done)
		snprintf(line, sizeof(line), "reload: %s is in force", weir->config_path);
	else
		snprintf(line, sizeof(line), "reload failed: the running configuration stays");
	if (done)
		log_info("%s", line);
	else
		log_error("%s", line);
	service_manager_ready(line);
	if (copy != NULL)
		fprintf(copy, "%s\n", done ? line + strlen("reload: ") : line);
}

bool
reload(struct weir *weir, FILE *lines)
{
	char *errors, *changes;
	size_t errors_size, changes_size;
	struct attempt attempt = {
		.errors = memory_stream(&errors, &errors_size),
		.changes = memory_stream(&changes, &changes_size),
	};

	service_manager_reloading();
	bool done = follow(weir, &attempt);

	fclose(attempt.errors);
	fclose(attempt.changes);
	tell_lines(errors, true, lines);
	if (done)
		tell_lines(changes, false, lines);
	tell_result(weir, done, lines);
	if (done)
		lists_follow(weir);
	health_tell(&weir->health, HEALTH_reload_failing, !done);
	free(errors);
	free(changes);
	sodium_memzero(&attempt.secrets, sizeof(attempt.secrets));
	return done;
}
