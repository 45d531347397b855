// SPDX-License-Identifier: BSD-3-Clause
// The options behind an announce (BEP 41): the path and query of the tracker's URL, and the key in it.

#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	URL_DATA_COPIED_MAX = 64, // bytes that are put together from several options
	URL_DATA_KEY_CHARS = 32,
};

// The bytes of the options URLData, one after the other. Any bytes may be in it.
struct url_data {
	const uint8_t *text; // in the options; in `copied` if there are several
	size_t len; // bytes; of several options up to URL_DATA_COPIED_MAX
	uint8_t copied[URL_DATA_COPIED_MAX];
};

// Reads the `len` bytes behind an announce. NOPs and options of other types are passed over. The end is
// EndOfOptions, the end of the datagram, or an option that is longer than the datagram, which is ignored.
// url->len is 0 if there is no URL. `url` points into `options` and into itself.
void url_data_read(const uint8_t *options, size_t len, struct url_data *url);

// The key of a URL /announce/KEY, which may have a query (?...) behind it: URL_DATA_KEY_CHARS of any bytes,
// not terminated. NULL: the URL is not of this form.
const char *url_data_key(const struct url_data *url);
