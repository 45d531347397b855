// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to the parameters of telemetry commands, beside a naive reading of them. An input is a byte, for how
// many numbers there may be, and the text.

#include "../../app/weir/telemetry/parameters.h"
#include "fuzz.h"

enum { NUMBERS_MAX = 4, KEPT = 77 };

// Digits alone, and no more than 64 bits hold.
static bool
read_number(const char *text, size_t length, uint64_t *number)
{
	unsigned __int128 value = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
		if (value > UINT64_MAX)
			return false;
	}
	*number = (uint64_t)value;
	return length > 0;
}

static bool
read_all(const char *text, uint64_t *numbers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		size_t length = strcspn(text, ",");

		if (!read_number(text, length, &numbers[i]))
			return false;
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t numbers[NUMBERS_MAX], expected[NUMBERS_MAX];
	unsigned count = size > 0 ? 1 + data[0] % NUMBERS_MAX : 1;

	if (size == 0)
		return 0;
	char *text = malloc(size);

	demand(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	for (unsigned i = 0; i < NUMBERS_MAX; i++)
		numbers[i] = expected[i] = KEPT;
	bool good = parameters_numbers(text, numbers, count);

	demand(good == read_all(text, expected, count));
	if (good)
		demand(memcmp(numbers, expected, sizeof(numbers)) == 0);
	free(text);
	return 0;
}
