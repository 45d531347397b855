// SPDX-License-Identifier: BSD-3-Clause
// The info_hash of a line: digits, or a magnet link.

#include "list_word_inline.h"

enum {
	V1_DIGITS = 2 * INFO_HASHES_KEY_BYTES,
	V2_DIGITS = 64,
	BASE32_DIGITS = 32,
	BASE32_BITS = 5,
	NOT_A_DIGIT = 0x80,
};

#define NO NOT_A_DIGIT

// clang-format off
const uint8_t list_hex_digits[UINT8_MAX + 1] = {
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO, NO, NO, NO, NO, NO,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
	NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
// clang-format on

// Without a branch for a digit: lists have millions of them.
static bool
parse_hex(const char *digits, uint8_t *bytes, size_t count)
{
	unsigned all = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned high = list_hex_digits[(uint8_t)digits[2 * i]];
		unsigned low = list_hex_digits[(uint8_t)digits[2 * i + 1]];

		bytes[i] = (uint8_t)(high << 4 | low);
		all |= high | low;
	}
	return all < NOT_A_DIGIT;
}

static bool
parse_v2(const char *digits, uint8_t *info_hash)
{
	uint8_t bytes[V2_DIGITS / 2];

	if (!parse_hex(digits, bytes, sizeof(bytes)))
		return false;
	memcpy(info_hash, bytes, INFO_HASHES_KEY_BYTES);
	return true;
}

static unsigned
base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a');
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	return c >= '2' && c <= '7' ? (unsigned)(c - '2') + 26 : NOT_A_DIGIT;
}

static bool
parse_base32(const char *digits, uint8_t *info_hash)
{
	uint64_t bits = 0;
	unsigned pending = 0;

	for (unsigned i = 0; i < BASE32_DIGITS; i++) {
		unsigned value = base32_value(digits[i]);

		if (value == NOT_A_DIGIT)
			return false;
		bits = bits << BASE32_BITS | value;
		pending += BASE32_BITS;
		if (pending < 8)
			continue;
		pending -= 8;
		*info_hash++ = (uint8_t)(bits >> pending);
	}
	return true;
}

static bool
parse_btih(struct list_word word, uint8_t *info_hash)
{
	if (word.len == V1_DIGITS)
		return parse_hex(word.text, info_hash, INFO_HASHES_KEY_BYTES);
	return word.len == BASE32_DIGITS && parse_base32(word.text, info_hash);
}

// Takes the next parameter off the rest of a magnet link.
static struct list_word
next_parameter(struct list_word *rest)
{
	const char *and = memchr(rest->text, '&', rest->len);
	struct list_word parameter = {
		rest->text, and != NULL ? (size_t)(and-rest->text) : rest->len};
	size_t taken = and != NULL ? parameter.len + 1 : parameter.len;

	rest->text += taken;
	rest->len -= taken;
	return parameter;
}

// Takes "xt=", or "xt.1=" of one with several, off the parameter.
static bool
is_topic(struct list_word *parameter)
{
	if (list_word_skip(parameter, "xt="))
		return true;
	if (!list_word_skip(parameter, "xt."))
		return false;
	while (parameter->len > 0 && parameter->text[0] >= '0' && parameter->text[0] <= '9') {
		parameter->text++;
		parameter->len--;
	}
	return list_word_skip(parameter, "=");
}

// The first v1 hash, or the first v2 hash if there is none.
static bool
parse_magnet(struct list_word rest, uint8_t *info_hash)
{
	bool is_v2 = false;

	while (rest.len > 0) {
		struct list_word parameter = next_parameter(&rest);

		if (!is_topic(&parameter))
			continue;
		if (list_word_skip(&parameter, "urn:btih:"))
			return parse_btih(parameter, info_hash);
		if (is_v2 || !list_word_skip(&parameter, "urn:btmh:1220"))
			continue;
		if (parameter.len != V2_DIGITS || !parse_v2(parameter.text, info_hash))
			return false;
		is_v2 = true;
	}
	return is_v2;
}

static bool
parse_info_hash(struct list_word word, uint8_t *info_hash)
{
	if (word.len == V1_DIGITS && parse_hex(word.text, info_hash, INFO_HASHES_KEY_BYTES))
		return true;
	if (word.len == V2_DIGITS && parse_v2(word.text, info_hash))
		return true;
	return list_word_skip(&word, "magnet:?") && parse_magnet(word, info_hash);
}

enum list_line_result
list_line_info_hash(
	const char *text,
	size_t len,
	struct list_line *line,
	struct info_hash_entry *entry
)
{
	struct info_hash_entry parsed;
	struct list_word word, rest;
	enum list_line_result result = list_line_start(text, len, line, &word, &rest);

	if (result != LIST_LINE_ENTRY)
		return result;
	if (!parse_info_hash(word, parsed.info_hash))
		return list_line_wrong(
			line,
			"must be 40 or 64 hexadecimal digits or a magnet link with xt=urn:btih: or "
			"xt=urn:btmh:1220"
		);
	result = list_line_finish(rest, line, &parsed.until_s);
	if (result == LIST_LINE_ENTRY)
		*entry = parsed;
	return result;
}
