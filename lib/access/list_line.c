// SPDX-License-Identifier: BSD-3-Clause

#include "list_word_inline.h"

#include <arpa/inet.h>

enum { DIGITS_MAX = 3 }; // of the length of a prefix

enum list_line_result
list_line_start(
	const char *text,
	size_t len,
	struct list_line *line,
	struct list_word *word,
	struct list_word *rest
)
{
	*line = (struct list_line){.wanted = NULL};
	if (len > 0 && text[len - 1] == '\r')
		len--;
	*rest = (struct list_word){text, len};
	*word = list_word_next(rest);
	return word->len == 0 || word->text[0] == '#' ? LIST_LINE_EMPTY : LIST_LINE_ENTRY;
}

// The comment goes from behind the # to the end of the line, without blanks around it.
static void
set_comment(struct list_line *line, struct list_word word, struct list_word rest)
{
	const char *first = word.text + 1;
	const char *end = rest.text + rest.len;

	while (first < end && list_is_blank(*first))
		first++;
	while (first < end && list_is_blank(end[-1]))
		end--;
	line->comment = first;
	line->comment_len = (size_t)(end - first);
}

enum list_line_result
list_line_finish(struct list_word rest, struct list_line *line, uint32_t *until_s)
{
	static const char follow[] =
		"must have nothing behind it but until=DATE and # with a comment";
	struct list_word word = list_word_next(&rest);

	if (word.len > 0 && list_word_skip(&word, "until=")) {
		if (!list_line_date(word.text, word.len, &line->until_s))
			return list_line_wrong(
				line,
				"must have a date of the form 2030-12-31, 2030-12-31T23:59:59Z or "
				"seconds since 1970 behind until="
			);
		word = list_word_next(&rest);
	}
	if (word.len > 0) {
		if (word.text[0] != '#')
			return list_line_wrong(line, follow);
		set_comment(line, word, rest);
	}
	*until_s = line->until_s;
	return LIST_LINE_ENTRY;
}

// The byte that starts at `word`, which is taken off. False: a client's prefix cannot have this.
static bool
take_byte(struct list_word *word, uint8_t *byte)
{
	unsigned c = (uint8_t)word->text[0];
	unsigned taken = 1;

	if (c <= ' ' || c > '~')
		return false;
	if (c == '%') {
		if (word->len < 3)
			return false;
		unsigned high = list_hex_digits[(uint8_t)word->text[1]];
		unsigned low = list_hex_digits[(uint8_t)word->text[2]];

		if ((high | low) > 15)
			return false;
		c = high << 4 | low;
		taken = 3;
	}
	*byte = (uint8_t)c;
	word->text += taken;
	word->len -= taken;
	return true;
}

enum list_line_result
list_line_client(const char *text, size_t len, struct list_line *line, struct client_prefix *entry)
{
	static const char wanted[] = "must be the first 1 to 20 characters of a peer id, printable "
				     "ASCII without spaces, or "
				     "%XX for any byte";
	struct client_prefix prefix = {.len = 0};
	struct list_word word, rest;
	enum list_line_result result = list_line_start(text, len, line, &word, &rest);

	if (result != LIST_LINE_ENTRY)
		return result;
	while (word.len > 0) {
		if (prefix.len == CLIENT_LIST_PREFIX_MAX
		    || !take_byte(&word, &prefix.bytes[prefix.len]))
			return list_line_wrong(line, wanted);
		prefix.len++;
	}
	result = list_line_finish(rest, line, &prefix.until_s);
	if (result == LIST_LINE_ENTRY)
		*entry = prefix;
	return result;
}

static bool
parse_address(struct list_word word, struct network *network)
{
	char text[INET6_ADDRSTRLEN];

	if (word.len >= sizeof(text) || memchr(word.text, '\0', word.len) != NULL)
		return false;
	memcpy(text, word.text, word.len);
	text[word.len] = '\0';
	network->family = memchr(word.text, ':', word.len) != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
	network->bits = network->family == FAMILY_IPV6 ? 128 : 32;
	return inet_pton(network->family == FAMILY_IPV6 ? AF_INET6 : AF_INET, text, network->bytes)
		== 1;
}

// A number without leading zeros, up to the bits of the address.
static bool
parse_bits(struct list_word word, struct network *network)
{
	unsigned bits = 0;

	if (word.len == 0 || word.len > DIGITS_MAX || (word.text[0] == '0' && word.len > 1))
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.text[i] < '0' || word.text[i] > '9')
			return false;
		bits = 10 * bits + (unsigned)(word.text[i] - '0');
	}
	if (bits > network->bits)
		return false;
	network->bits = (uint8_t)bits;
	return true;
}

static bool
parse_network(struct list_word word, struct network *network)
{
	const char *slash = memchr(word.text, '/', word.len);
	size_t len = slash != NULL ? (size_t)(slash - word.text) : word.len;

	if (!parse_address((struct list_word){word.text, len}, network))
		return false;
	return slash == NULL
		|| parse_bits((struct list_word){slash + 1, word.len - len - 1}, network);
}

static bool
is_bare(const struct network *network)
{
	for (unsigned bit = network->bits; bit < 8 * sizeof(network->bytes); bit++)
		if (network->bytes[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

enum list_line_result
list_line_network(const char *text, size_t len, struct list_line *line, struct network *entry)
{
	struct network network = {.allowed = false};
	struct list_word word, rest;
	enum list_line_result result = list_line_start(text, len, line, &word, &rest);

	if (result != LIST_LINE_ENTRY)
		return result;
	if (word.len == strlen("allow") && memcmp(word.text, "allow", word.len) == 0) {
		network.allowed = true;
		word = list_word_next(&rest);
	}
	if (!parse_network(word, &network))
		return list_line_wrong(
			line,
			"must be an IPv4 or IPv6 address, with /BITS behind it for a network, and "
			"allow "
			"before it for an exception"
		);
	if (!is_bare(&network))
		return list_line_wrong(line, "must have only zeros in the bits behind its prefix");
	result = list_line_finish(rest, line, &network.until_s);
	if (result == LIST_LINE_ENTRY)
		*entry = network;
	return result;
}

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

enum list_line_result
list_line_key(const char *text, size_t len, struct list_line *line, struct auth_key *entry)
{
	struct auth_key key = {.until_s = 0};
	struct list_word word, rest;
	enum list_line_result result = list_line_start(text, len, line, &word, &rest);
	bool good = word.len == AUTH_KEY_CHARS;

	if (result != LIST_LINE_ENTRY)
		return result;
	for (size_t i = 0; good && i < AUTH_KEY_CHARS; i++)
		good = is_letter_or_digit(word.text[i]);
	if (!good)
		return list_line_wrong(line, "must be 32 letters or digits");
	memcpy(key.text, word.text, AUTH_KEY_CHARS);
	result = list_line_finish(rest, line, &key.until_s);
	if (result == LIST_LINE_ENTRY)
		*entry = key;
	return result;
}
