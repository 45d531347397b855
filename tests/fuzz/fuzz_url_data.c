// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to the options behind an announce. The URL must be the start of what a naive parser
// puts together, and its key the one that the whole URL has.

#include "../../lib/bep15/url_data.h"
#include "fuzz.h"

// All URLData options, one after the other. Returns the length.
static size_t
read_all(const uint8_t *options, size_t len, uint8_t *url)
{
	size_t url_len = 0;

	for (size_t at = 0; at < len && options[at] != 0;) {
		if (options[at] == 1) {
			at += 1;
			continue;
		}
		if (at + 1 >= len || at + 2 + options[at + 1] > len)
			break;
		if (options[at] == 2)
			for (unsigned i = 0; i < options[at + 1]; i++)
				url[url_len++] = options[at + 2 + i];
		at += 2 + options[at + 1];
	}
	return url_len;
}

static bool
has_key(const uint8_t *url, size_t len)
{
	return len >= 42 && memcmp(url, "/announce/", 10) == 0 && (len == 42 || url[42] == '?');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *all = malloc(size + 1);
	// A copy of exactly this size: AddressSanitizer finds what reads behind it.
	uint8_t *options = malloc(size > 0 ? size : 1);
	struct url_data url;

	demand(all != NULL && options != NULL);
	memcpy(options, data, size);
	size_t len = read_all(options, size, all);

	url_data_read(options, size, &url);
	demand(url.len == len || (url.len == URL_DATA_COPIED_MAX && len > url.len));
	demand(memcmp(url.text, all, url.len) == 0);
	const char *key = url_data_key(&url);

	demand((key != NULL) == has_key(all, len));
	if (key != NULL)
		demand(memcmp(key, all + 10, URL_DATA_KEY_CHARS) == 0);
	free(options);
	free(all);
	return 0;
}
