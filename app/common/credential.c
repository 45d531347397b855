// SPDX-License-Identifier: BSD-3-Clause

#include "credential.h"

#include "plain_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "credential:";

bool
credential_is_named(const char *text)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
credential_path(const char *text, char *path, size_t size, struct error *error)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	const char *name = text + strlen(prefix);

	if (!credential_is_named(text)) {
		snprintf(path, size, "%s", text);
		return true;
	}
	errno = EINVAL;
	if (*name == '\0' || strchr(name, '/') != NULL)
		return error_set(error, NULL, "must be credential:NAME, without a slash");
	if (folder == NULL)
		return error_set(
			error,
			NULL,
			"needs a service that gives credentials: LoadCredential=%s in its unit",
			name
		);
	if (snprintf(path, size, "%s/%s", folder, name) >= (int)size)
		return error_set(error, NULL, "is too long");
	return true;
}

bool
credential_is_there(const char *text)
{
	char path[PATH_MAX];
	struct error error;

	return getenv("CREDENTIALS_DIRECTORY") != NULL
		&& credential_path(text, path, sizeof(path), &error) && access(path, F_OK) == 0;
}

char *
credential_read(const char *text, size_t max, size_t *len, struct error *error)
{
	bool named = credential_is_named(text);
	char path[PATH_MAX];

	if (!credential_path(text, path, sizeof(path), error))
		return NULL;
	char *bytes = plain_file_read(
		path, named ? PLAIN_FILE_CREDENTIAL : PLAIN_FILE_SECRET, max, len, error
	);

	if (bytes == NULL && named && errno == ENOENT) {
		error_set(
			error,
			NULL,
			"was not given to this service: put it into /etc/credstore, or name its "
			"file in LoadCredential="
		);
		errno = EINVAL; // nothing here makes one
	}
	return bytes;
}
