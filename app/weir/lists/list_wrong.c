// SPDX-License-Identifier: BSD-3-Clause

#include "list_wrong.h"

#include <inttypes.h>

enum { ENTRY_BYTES = 60, ENTRY_TEXT = ENTRY_BYTES * 4 + 8 };

// The start of a line in printable characters.
static void
quote(const char *line, size_t len, char text[ENTRY_TEXT])
{
	size_t at = 0;

	for (size_t i = 0; i < len && i < ENTRY_BYTES; i++) {
		unsigned char byte = (unsigned char)line[i];

		if (byte >= ' ' && byte < 0x7f)
			text[at++] = (char)byte;
		else
			at += (size_t)snprintf(text + at, ENTRY_TEXT - at, "\\x%02x", byte);
	}
	snprintf(text + at, ENTRY_TEXT - at, "%s", len > ENTRY_BYTES ? "..." : "");
}

void
list_wrong_line(
	struct list_wrong *wrong,
	uint64_t number,
	const char *line,
	size_t len,
	const char *wanted
)
{
	char entry[ENTRY_TEXT] = "";

	wrong->count++;
	if (wrong->count > 1 && (wrong->out == NULL || wrong->count > wrong->max))
		return;
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (!wrong->secret)
		quote(line, len, entry);
	const char *colon = *entry == '\0' ? "" : ": ";

	if (wrong->count == 1)
		snprintf(
			wrong->first,
			sizeof(wrong->first),
			"%s:%" PRIu64 ": %s%s%s",
			wrong->path,
			number,
			entry,
			colon,
			wanted
		);
	if (wrong->out != NULL && wrong->count <= wrong->max)
		fprintf(wrong->out,
			"%s:%" PRIu64 ": %s%s%s\n",
			wrong->path,
			number,
			entry,
			colon,
			wanted);
}
