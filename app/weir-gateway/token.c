// SPDX-License-Identifier: BSD-3-Clause

#include "token.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool
is_one_line(const struct token *token)
{
	const char *text = token->text;

	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return text > token->text;
}

static bool
read_line(FILE *file, struct token *token, char *why, size_t size)
{
	struct stat status;

	if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
		snprintf(why, size, "must be a file");
		return false;
	}
	if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		snprintf(why, size, "others may read or change it: chmod 600");
		return false;
	}
	size_t length = fread(token->text, 1, sizeof(token->text) - 1, file);

	if (length > 0 && token->text[length - 1] == '\n')
		token->text[length - 1] = '\0';
	if (is_one_line(token) && fgetc(file) == EOF)
		return true;
	snprintf(why, size, "must hold one line of 1 to %d visible characters", TOKEN_MAX - 2);
	return false;
}

bool
token_read(const char *path, struct token *token, char *why, size_t size)
{
	FILE *file = fopen(path, "re");

	*token = (struct token){.wanted = true};
	if (file == NULL) {
		snprintf(why, size, "%s", strerror(errno));
		return false;
	}
	bool good = read_line(file, token, why, size);

	fclose(file);
	return good;
}

bool
token_holds(const struct token *token, const char *offered)
{
	char filled[TOKEN_MAX] = {0};

	if (!token->wanted)
		return true;
	if (offered == NULL || strlen(offered) >= sizeof(filled))
		return false;
	memcpy(filled, offered, strlen(offered));
	return sodium_memcmp(filled, token->text, sizeof(filled)) == 0;
}
