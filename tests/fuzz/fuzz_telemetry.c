// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to what weirctl makes of replies. An input is a byte that chooses the command, and JSON: the reply now,
// or a list of two, with the one before. Whatever stands in it, what is shown is text without control characters.

#include "../../app/telemetry_client/rows.h"
#include "../../app/weirctl/command.h"
#include "fuzz.h"

static json_t *
expand(const json_t *reply, const struct command *command)
{
	return rows_expand(reply, field_objects[command->object].key);
}

static void
show(const struct command *command, const json_t *now, const json_t *before)
{
	static const char *const words[] = {"1", "2"};
	const struct show_input input = {now, before, 1, true, words, 0};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	command->show(&input, out);
	fclose(out);
	demand(strlen(text) == size);
	for (size_t i = 0; i < size; i++)
		demand(((unsigned char)text[i] >= ' ' && text[i] != 0x7f) || text[i] == '\n');
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct command *command = &commands[data[0] % COMMAND_COUNT];
	json_t *reply = json_loadb((const char *)data + 1, size - 1, JSON_DECODE_ANY, NULL);

	if (reply == NULL || command->show == NULL) {
		json_decref(reply);
		return 0;
	}
	bool two = json_is_array(reply) && json_array_size(reply) == 2;
	json_t *now = expand(two ? json_array_get(reply, 0) : reply, command);
	json_t *before = two ? expand(json_array_get(reply, 1), command) : NULL;

	show(command, now, NULL);
	if (two)
		show(command, now, before);
	json_decref(before);
	json_decref(now);
	json_decref(reply);
	return 0;
}
