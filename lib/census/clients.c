// SPDX-License-Identifier: BSD-3-Clause

#include "clients.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWN = CLIENTS_COUNT };

static const struct {
	const char *prefix; // .: any character; #: any digit
	const char *name;
} table[] = {
#define CLIENT(prefix, name) {prefix, name},
#include "clients.def"
#undef CLIENT
};

static bool
is_digit(uint8_t character)
{
	return character >= '0' && character <= '9';
}

static bool
has_prefix(const uint8_t *peer_id, const char *prefix)
{
	for (; *prefix != '\0'; prefix++, peer_id++) {
		if (*prefix == '#' ? !is_digit(*peer_id)
				   : *prefix != '.' && *prefix != (char)*peer_id)
			return false;
	}
	return true;
}

static unsigned
row_of(const uint8_t *peer_id)
{
	unsigned row = 0;

	while (row < CLIENTS_COUNT && !has_prefix(peer_id, table[row].prefix))
		row++;
	return row;
}

void
clients_init(struct clients *clients)
{
	*clients = (struct clients){0};
	for (unsigned i = 0; i < CLIENTS_COUNT; i++)
		clients->rows[i].name = table[i].name;
}

void
clients_add(struct clients *clients, const uint8_t peer_id[CLIENT_PEER_ID_BYTES])
{
	unsigned row = row_of(peer_id);

	clients->peers++;
	if (row == UNKNOWN)
		clients->unknown++;
	else
		clients->rows[row].peers++;
}

static int
compare_counts(const void *a, const void *b)
{
	const struct client_count *one = a, *other = b;

	if (one->peers != other->peers)
		return one->peers < other->peers ? 1 : -1;
	return strcmp(one->name, other->name);
}

unsigned
clients_sort(struct clients *clients)
{
	struct client_count *rows = clients->rows;
	unsigned count = 0;

	for (unsigned i = 1; i < CLIENTS_COUNT; i++)
		for (unsigned first = 0; first < i; first++)
			if (strcmp(rows[first].name, rows[i].name) == 0) {
				rows[first].peers += rows[i].peers;
				rows[i].peers = 0;
			}
	qsort(rows, CLIENTS_COUNT, sizeof(*rows), compare_counts);
	while (count < CLIENTS_COUNT && rows[count].peers > 0)
		count++;
	return count;
}

// The value of a version's character: 0 to 9, A for 10 and so on; -1 for other characters.
static int
version_digit(uint8_t character)
{
	if (is_digit(character))
		return character - '0';
	if (character >= 'A' && character <= 'Z')
		return character - 'A' + 10;
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 36;
	return -1;
}

// Azureus style: four characters behind "-XX", followed by "-" (BEP 20). Trailing zeros are omitted, except
// one.
static void
append_version(const uint8_t *peer_id, const char *prefix, char *text)
{
	unsigned parts = 4;
	size_t length = strlen(text);

	if (strlen(prefix) != 3 || peer_id[0] != '-' || peer_id[7] != '-')
		return;
	for (unsigned i = 0; i < 4; i++)
		if (version_digit(peer_id[3 + i]) < 0)
			return;
	while (parts > 2 && peer_id[2 + parts] == '0')
		parts--;
	for (unsigned i = 0; i < parts; i++)
		length += (size_t)snprintf(
			text + length,
			CLIENT_TEXT_BYTES - length,
			"%c%d",
			i == 0 ? ' ' : '.',
			version_digit(peer_id[3 + i])
		);
}

void
client_text(const uint8_t peer_id[CLIENT_PEER_ID_BYTES], char text[CLIENT_TEXT_BYTES])
{
	unsigned row = row_of(peer_id);

	*text = '\0';
	if (row == UNKNOWN)
		return;
	snprintf(text, CLIENT_TEXT_BYTES, "%s", table[row].name);
	append_version(peer_id, table[row].prefix, text);
}
