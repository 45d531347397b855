// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to requests of the control socket: a line of any bytes. What is accepted must be within the
// limits of the table, and what is refused must say why.

#include "../../app/weir/command/control_request.h"
#include "fuzz.h"

static void
check_text(const char *text, size_t max)
{
	demand(strlen(text) >= 1 && strlen(text) <= max);
	for (const char *c = text; *c != '\0'; c++)
		demand((unsigned char)*c >= ' ' && *c != 0x7f);
}

static void
check_number(uint32_t number, enum control_member member)
{
	const struct control_member_info *info = &control_members[member];

	demand(number == 0 || (number >= info->min && number <= info->max));
}

static void
check_request(const struct control_request *request)
{
	demand(request->command < CONTROL_COUNT && json_is_object(request->json));
	for (unsigned i = 0; i < request->entry_count; i++)
		check_text(request->entries[i], CONTROL_ENTRY_MAX);
	check_number(request->for_s, CONTROL_MEMBER_for);
	check_number(request->until_s, CONTROL_MEMBER_until);
	check_number(request->in_s, CONTROL_MEMBER_in);
	check_number(request->offset, CONTROL_MEMBER_offset);
	check_number(request->limit, CONTROL_MEMBER_limit);
	demand(request->for_s == 0 || request->until_s == 0);
	if (request->reason != NULL)
		check_text(request->reason, control_members[CONTROL_MEMBER_reason].max);
}

static void
check_errors(const json_t *errors)
{
	size_t i;
	json_t *error;

	demand(json_array_size(errors) >= 1 && json_array_size(errors) <= CONTROL_ERRORS_MAX);
	json_array_foreach (errors, i, error) {
		demand(json_string_length(error) >= 1);
		for (const char *c = json_string_value(error); *c != '\0'; c++)
			demand(*c >= ' ' && *c <= '~');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_request request;
	json_t *errors = json_array();

	if (control_request_parse(&request, (const char *)data, size, errors)) {
		demand(json_array_size(errors) == 0);
		check_request(&request);
		control_request_free(&request);
	} else {
		check_errors(errors);
		demand(request.json == NULL && request.entries == NULL);
	}
	json_decref(errors);
	return 0;
}
