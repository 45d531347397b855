// SPDX-License-Identifier: BSD-3-Clause
// One setting into one value, by the type of its option.

#include "config_source.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

bool
config_choice(const struct config_option *option, uint32_t i, char *word, size_t size)
{
	const char *at = option->unit;

	for (; i > 0 && *at != '\0'; i--) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	snprintf(word, size, "%.*s", (int)strcspn(at, " "), at);
	return *word != '\0';
}

static bool
read_bool(const config_setting_t *setting, bool *value, char *why, size_t size)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
		snprintf(why, size, "must be true or false");
		return false;
	}
	*value = config_setting_get_bool(setting);
	return true;
}

static bool
is_number(const config_setting_t *setting)
{
	int type = config_setting_type(setting);

	return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

static bool
read_uint(
	const struct config_option *option,
	const config_setting_t *setting,
	uint32_t *value,
	char *why,
	size_t size
)
{
	long long number = config_setting_get_int64(setting);

	if (!is_number(setting) || number < option->min || number > option->max) {
		snprintf(
			why,
			size,
			"must be a whole number from %u to %u (%s)",
			option->min,
			option->max,
			option->unit
		);
		return false;
	}
	*value = (uint32_t)number;
	return true;
}

static bool
fits_string(const struct config_option *option, const char *text, char *why, size_t size)
{
	if (text != NULL && strlen(text) >= option->min && strlen(text) <= option->max)
		return true;
	snprintf(
		why,
		size,
		"must be a text of %u to %u characters (%s)",
		option->min,
		option->max,
		option->unit
	);
	return false;
}

static bool
read_choice(
	const struct config_option *option,
	const config_setting_t *setting,
	uint32_t *value,
	char *why,
	size_t size
)
{
	const char *text = config_setting_get_string(setting);
	char word[32];

	for (uint32_t i = 0; text != NULL && config_choice(option, i, word, sizeof(word)); i++) {
		if (strcmp(word, text) != 0)
			continue;
		*value = i;
		return true;
	}
	snprintf(why, size, "must be one of the words: %s", option->unit);
	return false;
}

// Lists of anything: an array or a list with a bounded number of items.
static bool
fits_list(const config_setting_t *setting, unsigned max, const char *unit, char *why, size_t size)
{
	int type = config_setting_type(setting);

	if ((type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST)
	    && (unsigned)config_setting_length(setting) <= max)
		return true;
	snprintf(why, size, "must be a list [ … ] of at most %u %s", max, unit);
	return false;
}

static bool
read_cpus(
	const struct config_option *option,
	const config_setting_t *setting,
	struct config_cpus *cpus,
	char *why,
	size_t size
)
{
	if (!fits_list(setting, option->max, option->unit, why, size))
		return false;
	cpus->count = (unsigned)config_setting_length(setting);
	for (unsigned i = 0; i < cpus->count; i++) {
		const config_setting_t *item = config_setting_get_elem(setting, i);
		long long cpu = config_setting_get_int64(item);

		if (!is_number(item) || cpu < 0 || cpu > 4095) {
			snprintf(why, size, "item %u must be a CPU number from 0 to 4095", i + 1);
			return false;
		}
		cpus->items[i] = (uint32_t)cpu;
		for (unsigned j = 0; j < i; j++) {
			if (cpus->items[j] != cpu)
				continue;
			snprintf(why, size, "names CPU %lld twice", cpu);
			return false;
		}
	}
	return true;
}

static bool
read_strings(
	const struct config_option *option,
	const config_setting_t *setting,
	struct config_strings *strings,
	char *why,
	size_t size
)
{
	if (!fits_list(setting, CONFIG_STRINGS_MAX, option->unit, why, size))
		return false;
	strings->count = (unsigned)config_setting_length(setting);
	for (unsigned i = 0; i < strings->count; i++) {
		const config_setting_t *item = config_setting_get_elem(setting, i);

		strings->items[i] = config_setting_get_string(item);
		if (!fits_string(option, strings->items[i], why, size))
			return false;
	}
	return true;
}

// "address/prefix" into an address; the prefix may be 1 to all bits.
static bool
parse_address(const char *text, struct config_address *address)
{
	const char *slash = text == NULL ? NULL : strchr(text, '/');
	char host[INET6_ADDRSTRLEN];
	char *end;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(slash - text), text);
	if (inet_pton(AF_INET, host, address->bytes) == 1)
		address->family = FAMILY_IPV4;
	else if (inet_pton(AF_INET6, host, address->bytes) == 1)
		address->family = FAMILY_IPV6;
	else
		return false;
	unsigned long prefix = strtoul(slash + 1, &end, 10);

	if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || prefix < 1
	    || prefix > (address->family == FAMILY_IPV4 ? 32 : 128))
		return false;
	address->prefix = (uint8_t)prefix;
	address->text = text;
	return true;
}

static bool
read_addresses(
	const struct config_option *option,
	const config_setting_t *setting,
	struct config_addresses *addresses,
	char *why,
	size_t size
)
{
	if (!fits_list(setting, option->max, option->unit, why, size))
		return false;
	addresses->count = (unsigned)config_setting_length(setting);
	for (unsigned i = 0; i < addresses->count; i++) {
		const char *text = config_setting_get_string(config_setting_get_elem(setting, i));

		if (parse_address(text, &addresses->items[i]))
			continue;
		snprintf(
			why,
			size,
			"item %u must be an address with its prefix length, such as "
			"\"198.51.100.10/24\" or \"2001:db8::10/64\"",
			i + 1
		);
		addresses->count = 0;
		return false;
	}
	return true;
}

bool
config_read_value(
	const struct config_option *option,
	const config_setting_t *setting,
	void *field,
	char *why,
	size_t size
)
{
	const char *text;

	switch (option->type) {
	case OPTION_BOOL:
		return read_bool(setting, field, why, size);
	case OPTION_UINT:
		return read_uint(option, setting, field, why, size);
	case OPTION_STRING:
		text = config_setting_get_string(setting);
		if (!fits_string(option, text, why, size))
			return false;
		*(const char **)field = text;
		return true;
	case OPTION_CHOICE:
		return read_choice(option, setting, field, why, size);
	case OPTION_CPUS:
		return read_cpus(option, setting, field, why, size);
	case OPTION_STRINGS:
		return read_strings(option, setting, field, why, size);
	case OPTION_ADDRESSES:
		return read_addresses(option, setting, field, why, size);
	}
	return false;
}
