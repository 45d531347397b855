// SPDX-License-Identifier: BSD-3-Clause

#include "list_comment.h"

#include <string.h>

// Bytes of the character that `bytes` starts with (RFC 3629 4). 0: it is none.
static size_t
character_bytes(const uint8_t *bytes, size_t len)
{
	static const struct {
		uint8_t first_min, first_max, second_min, second_max;
		size_t len;
	} forms[] = {
		{0x20, 0x7e, 0, 0, 1},
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (bytes[0] < forms[i].first_min || bytes[0] > forms[i].first_max)
			continue;
		if (forms[i].len > len)
			return 0;
		if (forms[i].len > 1
		    && (bytes[1] < forms[i].second_min || bytes[1] > forms[i].second_max))
			return 0;
		for (size_t more = 2; more < forms[i].len; more++)
			if ((bytes[more] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

const char *
list_comment_text(const struct list_line *line, char text[LIST_COMMENT_TEXT_MAX])
{
	size_t at = 0, from = 0;

	if (line->comment == NULL)
		return NULL;
	while (from < line->comment_len) {
		const uint8_t *bytes = (const uint8_t *)line->comment + from;
		size_t len = character_bytes(bytes, line->comment_len - from);

		if (at + (len == 0 ? 1 : len) >= LIST_COMMENT_TEXT_MAX)
			break;
		if (len == 0)
			text[at++] = '?';
		else
			memcpy(text + at, bytes, len);
		at += len;
		from += len == 0 ? 1 : len;
	}
	text[at] = '\0';
	return text;
}
