// SPDX-License-Identifier: BSD-3-Clause
// Parses an info_hash in every common form. Pure; any thread.

#pragma once

#include <stdbool.h>

enum { INFO_HASH_DIGITS = 40 }; // hexadecimal digits of the 20 bytes that trackers use (BEP 15)

// For messages: "HASH must be ...".
#define INFO_HASH_FORMS                                                                            \
	"40 or 64 hexadecimal digits, 32 base32 characters, or a magnet link with xt=urn:btih: "   \
	"or xt=urn:btmh:1220"

// Parses `text` and writes lower-case hexadecimal digits:
//   40 hexadecimal digits    the info_hash itself
//   32 base32 characters     the same (RFC 4648 section 6, either case, without padding)
//   64 hexadecimal digits    BitTorrent v2: trackers use its first 20 bytes (BEP 52)
//   magnet:?xt=urn:btih:...  one of the first two forms (BEP 9)
//   magnet:?xt=urn:btmh:...  a multihash in hexadecimal, 1220 and 64 digits (BEP 52)
// From a link with several topics (xt.1 and so on), the first urn:btih is used, or without one the first
// urn:btmh. Values may be percent-encoded. False where `text` is none of these; `hash` is then "".
bool info_hash_parse(const char *text, char hash[INFO_HASH_DIGITS + 1]);
