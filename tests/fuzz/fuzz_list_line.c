// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to the lines of list files: each line of an input, as each kind of entry. An entry
// that is accepted must be what tables rely on, and stay itself when it is printed and parsed again.

#include "../../lib/access/list_line.h"
#include "fuzz.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 256 };

// What is true of all kinds. Returns whether it is an entry, which ends at `until_s`.
static bool
check_line(
	enum list_line_result result,
	const struct list_line *line,
	const char *text,
	size_t len,
	uint32_t until_s
)
{
	demand((result == LIST_LINE_WRONG) == (line->wanted != NULL));
	if (result == LIST_LINE_WRONG)
		demand(strncmp(line->wanted, "must ", 5) == 0);
	if (result != LIST_LINE_ENTRY)
		return false;
	demand(line->until_s == until_s);
	if (line->comment != NULL) {
		demand(line->comment > text && line->comment <= text + len);
		demand(line->comment_len <= (size_t)(text + len - line->comment));
	}
	return true;
}

static void
try_info_hash(const char *text, size_t len)
{
	struct list_line line;
	struct info_hash_entry entry = {.until_s = 0}, again;
	char printed[LINE_MAX_BYTES];
	int at = 0;

	enum list_line_result result = list_line_info_hash(text, len, &line, &entry);

	if (!check_line(result, &line, text, len, entry.until_s))
		return;
	for (unsigned i = 0; i < INFO_HASHES_KEY_BYTES; i++)
		at += sprintf(printed + at, "%02X", entry.info_hash[i]);
	at += sprintf(printed + at, " until=%u", entry.until_s);
	if (entry.until_s == 0)
		at = 2 * INFO_HASHES_KEY_BYTES;
	demand(list_line_info_hash(printed, (size_t)at, &line, &again) == LIST_LINE_ENTRY);
	demand(memcmp(&entry, &again, sizeof(entry)) == 0);
}

static void
try_client(const char *text, size_t len)
{
	struct list_line line;
	struct client_prefix entry = {.len = 0}, again = {.len = 0};
	char printed[LINE_MAX_BYTES];
	int at = 0;

	enum list_line_result result = list_line_client(text, len, &line, &entry);

	if (!check_line(result, &line, text, len, entry.until_s))
		return;
	demand(entry.len >= 1 && entry.len <= CLIENT_LIST_PREFIX_MAX);
	for (unsigned i = 0; i < entry.len; i++)
		at += sprintf(printed + at, "%%%02x", entry.bytes[i]);
	demand(list_line_client(printed, (size_t)at, &line, &again) == LIST_LINE_ENTRY);
	demand(again.len == entry.len && again.until_s == 0);
	demand(memcmp(again.bytes, entry.bytes, entry.len) == 0);
}

static void
try_network(const char *text, size_t len)
{
	struct list_line line;
	struct network entry = {.family = 0}, again = {.family = 0};
	char address[INET6_ADDRSTRLEN], printed[LINE_MAX_BYTES];

	enum list_line_result result = list_line_network(text, len, &line, &entry);

	if (!check_line(result, &line, text, len, entry.until_s))
		return;
	demand(entry.family == FAMILY_IPV4 || entry.family == FAMILY_IPV6);
	demand(entry.bits <= (entry.family == FAMILY_IPV4 ? 32 : 128));
	for (unsigned bit = entry.bits; bit < 8 * sizeof(entry.bytes); bit++)
		demand((entry.bytes[bit / 8] & 0x80 >> bit % 8) == 0);
	inet_ntop(
		entry.family == FAMILY_IPV4 ? AF_INET : AF_INET6,
		entry.bytes,
		address,
		sizeof(address)
	);
	int at = sprintf(printed, "%s%s/%u", entry.allowed ? "allow " : "", address, entry.bits);

	demand(list_line_network(printed, (size_t)at, &line, &again) == LIST_LINE_ENTRY);
	demand(again.family == entry.family && again.bits == entry.bits);
	demand(again.allowed == entry.allowed);
	demand(memcmp(again.bytes, entry.bytes, sizeof(entry.bytes)) == 0);
}

static void
try_key(const char *text, size_t len)
{
	struct list_line line;
	struct auth_key entry = {.until_s = 0};

	enum list_line_result result = list_line_key(text, len, &line, &entry);

	if (!check_line(result, &line, text, len, entry.until_s))
		return;
	for (unsigned i = 0; i < AUTH_KEY_CHARS; i++) // a free place of the table has 0 there
		demand(entry.text[i] >= '0' && entry.text[i] <= 'z');
}

// A copy of exactly this size: AddressSanitizer finds what reads behind it.
static void
try_line(const uint8_t *data, size_t len)
{
	char *text = malloc(len > 0 ? len : 1);
	uint32_t seconds = 0;

	demand(text != NULL);
	memcpy(text, data, len);
	try_info_hash(text, len);
	try_client(text, len);
	try_network(text, len);
	try_key(text, len);
	if (list_line_date(text, len, &seconds))
		demand(seconds != 0);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t start = 0;

	for (size_t at = 0; at <= size; at++)
		if (at == size || data[at] == '\n') {
			try_line(data + start, at - start);
			start = at + 1;
		}
	return 0;
}
