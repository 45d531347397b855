// SPDX-License-Identifier: BSD-3-Clause

#include "token.h"

#include "../common/credential.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_one_line(const struct token *token)
{
	const char *text = token->text;

	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return text > token->text;
}

bool
token_read(const char *path, struct token *token, struct error *error)
{
	size_t length;
	char *text = credential_read(path, sizeof(token->text) - 1, &length, error);

	*token = (struct token){.required = true};
	if (text == NULL && errno != EFBIG)
		return false;
	if (text != NULL) {
		if (length > 0 && text[length - 1] == '\n')
			length--;
		memcpy(token->text, text, length);
		sodium_memzero(text, length);
		free(text);
		if (strlen(token->text) == length && is_one_line(token))
			return true;
	}
	return error_set(
		error, NULL, "must hold one line of 1 to %d visible characters", TOKEN_MAX - 2
	);
}

bool
token_matches(const struct token *token, const char *offered)
{
	char filled[TOKEN_MAX] = {0};

	if (!token->required)
		return true;
	if (offered == NULL || strlen(offered) >= sizeof(filled))
		return false;
	memcpy(filled, offered, strlen(offered));
	return sodium_memcmp(filled, token->text, sizeof(filled)) == 0;
}

bool
tokens_may_read(const struct tokens *tokens, const char *offered)
{
	bool reads = token_matches(&tokens->read, offered);
	bool writes = tokens_may_write(tokens, offered);

	return reads || writes;
}

bool
tokens_may_write(const struct tokens *tokens, const char *offered)
{
	return tokens->write.required && token_matches(&tokens->write, offered);
}
