// SPDX-License-Identifier: BSD-3-Clause

#include "info_hash.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	BASE32_CHARACTERS = 32, // of an info_hash, and in the alphabet
	V2_DIGITS = 64,
	TOPIC_MAX = 96, // bytes; more than the longest topic, "urn:btmh:1220" and 64 digits
};

static const char hex_digits[] = "0123456789abcdef";

static bool
is_hex(const char *text, size_t length)
{
	return strlen(text) == length && strspn(text, "0123456789abcdefABCDEF") == length;
}

// Copies the first 40 digits.
static bool
copy_hex(const char *digits, char hash[INFO_HASH_DIGITS + 1])
{
	for (unsigned i = 0; i < INFO_HASH_DIGITS; i++)
		hash[i] = (char)(digits[i] | 0x20); // lower case in every locale
	hash[INFO_HASH_DIGITS] = '\0';
	return true;
}

// The five bits of a character; -1 where it is not in the alphabet (RFC 4648 table 3).
static int
value_of_base32(char character)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz";
	const char *at = strchr(alphabet, character);

	return at == NULL ? -1 : (int)(at - alphabet) % BASE32_CHARACTERS;
}

// Four characters are 20 bits, that is five digits.
static bool
copy_base32(const char *text, char hash[INFO_HASH_DIGITS + 1])
{
	unsigned bits = 0, count = 0;
	char *out = hash;

	for (; *text != '\0'; text++) {
		int value = value_of_base32(*text);

		if (value < 0)
			return false;
		bits = bits << 5 | (unsigned)value;
		for (count += 5; count >= 4; count -= 4)
			*out++ = hex_digits[bits >> (count - 4) & 0xf];
	}
	*out = '\0';
	return true;
}

static bool
read_v1(const char *text, char hash[INFO_HASH_DIGITS + 1])
{
	if (is_hex(text, INFO_HASH_DIGITS))
		return copy_hex(text, hash);
	return strlen(text) == BASE32_CHARACTERS && copy_base32(text, hash);
}

static bool
read_v2(const char *text, char hash[INFO_HASH_DIGITS + 1])
{
	return is_hex(text, V2_DIGITS) && copy_hex(text, hash);
}

// Percent-decodes `length` bytes. False where they are longer than any topic.
static bool
decode(const char *text, size_t length, char topic[TOPIC_MAX])
{
	char *out = topic;

	for (size_t i = 0; i < length; i++, out++) {
		if (out == topic + TOPIC_MAX - 1)
			return false;
		*out = text[i];
		if (text[i] != '%' || i + 2 >= length || !isxdigit((unsigned char)text[i + 1])
		    || !isxdigit((unsigned char)text[i + 2]))
			continue;
		const char digits[] = {text[i + 1], text[i + 2], '\0'};

		*out = (char)strtoul(digits, NULL, 16);
		i += 2;
	}
	*out = '\0';
	return true;
}

// The value of a parameter "xt=" or "xt.7="; NULL: it is another parameter.
static const char *
value_of_topic(const char *parameter)
{
	if (strncasecmp(parameter, "xt", 2) != 0)
		return NULL;
	parameter += 2;
	if (*parameter == '.')
		parameter += 1 + strspn(parameter + 1, "0123456789");
	return *parameter == '=' ? parameter + 1 : NULL;
}

// Finds the first topic of `link` that begins with `prefix` and that `read` accepts.
static bool
find_topic(
	const char *link,
	const char *prefix,
	bool (*read)(const char *, char *),
	char hash[INFO_HASH_DIGITS + 1]
)
{
	size_t length = strlen(prefix), end;

	for (; *link != '\0'; link += end + (link[end] == '&')) {
		const char *value = value_of_topic(link);
		char topic[TOPIC_MAX];

		end = strcspn(link, "&#");
		if (value != NULL && decode(value, end - (size_t)(value - link), topic)
		    && strncasecmp(topic, prefix, length) == 0 && read(topic + length, hash))
			return true;
		if (link[end] == '#')
			break;
	}
	return false;
}

bool
info_hash_parse(const char *text, char hash[INFO_HASH_DIGITS + 1])
{
	static const char scheme[] = "magnet:?";
	const char *link = text + sizeof(scheme) - 1;
	bool found = strncasecmp(text, scheme, sizeof(scheme) - 1) == 0
		? find_topic(link, "urn:btih:", read_v1, hash)
			|| find_topic(link, "urn:btmh:1220", read_v2, hash)
		: read_v1(text, hash) || read_v2(text, hash);

	if (!found)
		*hash = '\0';
	return found;
}
