// SPDX-License-Identifier: BSD-3-Clause

#include "url_data.h"

#include <rte_common.h>

#include <assert.h>
#include <string.h>

enum option { OPTION_END = 0, OPTION_NOP = 1, OPTION_URL_DATA = 2 };

static const char key_path[] = "/announce/";

enum { KEY_AT = sizeof(key_path) - 1, KEY_END = KEY_AT + URL_DATA_KEY_CHARS };

static_assert((int)URL_DATA_COPIED_MAX > (int)KEY_END, "a key, and the byte behind it");

// Appends an option to those before it. The first one is left where it is.
static void
append(struct url_data *url, const uint8_t *text, size_t len)
{
	if (url->len == 0) {
		url->text = text;
		url->len = len;
		return;
	}
	if (url->text != url->copied) {
		url->len = RTE_MIN(url->len, (size_t)URL_DATA_COPIED_MAX);
		memcpy(url->copied, url->text, url->len);
		url->text = url->copied;
	}
	len = RTE_MIN(len, URL_DATA_COPIED_MAX - url->len);
	memcpy(url->copied + url->len, text, len);
	url->len += len;
}

void
url_data_read(const uint8_t *options, size_t len, struct url_data *url)
{
	size_t at = 0;

	url->text = options;
	url->len = 0;
	while (at < len && options[at] != OPTION_END) {
		if (options[at] == OPTION_NOP) {
			at++;
			continue;
		}
		// Every other type has a length, also one that nobody knows yet.
		if (len - at < 2 || options[at + 1] > len - at - 2)
			return;
		if (options[at] == OPTION_URL_DATA)
			append(url, options + at + 2, options[at + 1]);
		at += 2u + options[at + 1];
	}
}

const char *
url_data_key(const struct url_data *url)
{
	if (url->len < KEY_END || memcmp(url->text, key_path, KEY_AT) != 0
	    || (url->len > KEY_END && url->text[KEY_END] != '?'))
		return NULL;
	return (const char *)url->text + KEY_AT;
}
