// SPDX-License-Identifier: BSD-3-Clause
// One setting into one value, by the type of its option.

#include "config_address.h"
#include "config_source.h"

#include <stdarg.h>
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

// What a reader needs besides the setting it reads.
struct reading {
	struct config_source *source;
	const struct config_option *option;
	const char *key;
};

#define refuse(reading, setting, ...)                                                              \
	config_error((reading)->source, setting, (reading)->key, __VA_ARGS__)

// Item i of a list, under its own key and line.
__attribute__((format(printf, 4, 5))) static void
refuse_item(
	const struct reading *reading,
	const config_setting_t *list,
	unsigned i,
	const char *format,
	...
)
{
	char key[160], why[512];
	va_list arguments;

	snprintf(key, sizeof(key), "%s[%u]", reading->key, i);
	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	config_error(reading->source, config_setting_get_elem(list, i), key, "%s", why);
}

static bool
read_bool(const struct reading *reading, const config_setting_t *setting, bool *value)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
		refuse(reading, setting, "must be true or false");
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
read_uint(const struct reading *reading, const config_setting_t *setting, uint32_t *value)
{
	const struct config_option *option = reading->option;
	long long number = config_setting_get_int64(setting);

	if (!is_number(setting) || number < option->min || number > option->max) {
		refuse(reading,
		       setting,
		       "must be a whole number from %u to %u (%s)",
		       option->min,
		       option->max,
		       option->unit);
		return false;
	}
	*value = (uint32_t)number;
	return true;
}

static bool
fits_string(const struct config_option *option, const char *text)
{
	return text != NULL && strlen(text) >= option->min && strlen(text) <= option->max;
}

static bool
read_string(const struct reading *reading, const config_setting_t *setting, const char **value)
{
	const char *text = config_setting_get_string(setting);

	if (!fits_string(reading->option, text)) {
		refuse(reading,
		       setting,
		       "must be a text of %u to %u characters (%s)",
		       reading->option->min,
		       reading->option->max,
		       reading->option->unit);
		return false;
	}
	*value = text;
	return true;
}

static bool
read_choice(const struct reading *reading, const config_setting_t *setting, uint32_t *value)
{
	const char *text = config_setting_get_string(setting);
	char word[32];

	for (uint32_t i = 0; text != NULL && config_choice(reading->option, i, word, sizeof(word));
	     i++) {
		if (strcmp(word, text) != 0)
			continue;
		*value = i;
		return true;
	}
	refuse(reading, setting, "must be one of the words: %s", reading->option->unit);
	return false;
}

// Lists of anything: an array or a list with a bounded number of items.
static bool
fits_list(const struct reading *reading, const config_setting_t *setting, unsigned max)
{
	int type = config_setting_type(setting);

	if ((type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST)
	    && (unsigned)config_setting_length(setting) <= max)
		return true;
	refuse(reading, setting, "must be a list [ … ] of at most %u %s", max, reading->option->unit
	);
	return false;
}

static bool
names_before(const struct config_cpus *cpus, unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (cpus->items[j] == cpus->items[i])
			return true;
	return false;
}

static bool
read_cpus(const struct reading *reading, const config_setting_t *setting, struct config_cpus *cpus)
{
	bool good = true;

	if (!fits_list(reading, setting, reading->option->max))
		return false;
	cpus->count = (unsigned)config_setting_length(setting);
	for (unsigned i = 0; i < cpus->count; i++) {
		const config_setting_t *item = config_setting_get_elem(setting, i);
		long long cpu = config_setting_get_int64(item);

		if (!is_number(item) || cpu < 0 || cpu > 4095) {
			refuse_item(reading, setting, i, "must be a CPU number from 0 to 4095");
			cpus->items[i] = UINT32_MAX; // no CPU
			good = false;
			continue;
		}
		cpus->items[i] = (uint32_t)cpu;
		if (names_before(cpus, i)) {
			refuse_item(reading, setting, i, "names CPU %lld twice", cpu);
			good = false;
		}
	}
	cpus->count = good ? cpus->count : 0;
	return good;
}

static bool
read_strings(
	const struct reading *reading,
	const config_setting_t *setting,
	struct config_strings *strings
)
{
	const struct config_option *option = reading->option;
	bool good = true;

	if (!fits_list(reading, setting, CONFIG_STRINGS_MAX))
		return false;
	strings->count = (unsigned)config_setting_length(setting);
	for (unsigned i = 0; i < strings->count; i++) {
		const config_setting_t *item = config_setting_get_elem(setting, i);

		strings->items[i] = config_setting_get_string(item);
		if (fits_string(option, strings->items[i]))
			continue;
		refuse_item(
			reading,
			setting,
			i,
			"must be a text of %u to %u characters (%s)",
			option->min,
			option->max,
			option->unit
		);
		good = false;
	}
	return good;
}

// Whether the list has one item, which stands for the addresses of the interface.
static bool
is_interface(const config_setting_t *setting)
{
	const char *text = config_setting_get_string_elem(setting, 0);

	return config_setting_length(setting) == 1 && text != NULL
		&& strcmp(text, CONFIG_ADDRESSES_OF_INTERFACE) == 0;
}

// Only the addresses that are right come into the list.
static bool
read_addresses(
	const struct reading *reading,
	const config_setting_t *setting,
	struct config_addresses *addresses
)
{
	bool good = true;

	*addresses = (struct config_addresses){0};
	if (!fits_list(reading, setting, reading->option->max))
		return false;
	if (is_interface(setting)) {
		addresses->of_interface = true;
		return true;
	}
	for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++) {
		const char *text = config_setting_get_string(config_setting_get_elem(setting, i));

		if (config_address_parse(text, &addresses->items[addresses->count])) {
			addresses->items[addresses->count++].item = (uint8_t)i;
			continue;
		}
		refuse_item(
			reading,
			setting,
			i,
			"must be an address with its prefix length, such as "
			"\"198.51.100.10/24\", \"2001:db8::10/64\" or \"192.0.2.53/32 anycast\""
		);
		good = false;
	}
	return good;
}

bool
config_read_value(
	struct config_source *source,
	const struct config_option *option,
	const config_setting_t *setting,
	const char *key,
	void *field
)
{
	const struct reading reading = {source, option, key};

	switch (option->type) {
	case OPTION_BOOL:
		return read_bool(&reading, setting, field);
	case OPTION_UINT:
		return read_uint(&reading, setting, field);
	case OPTION_STRING:
		return read_string(&reading, setting, field);
	case OPTION_CHOICE:
		return read_choice(&reading, setting, field);
	case OPTION_CPUS:
		return read_cpus(&reading, setting, field);
	case OPTION_STRINGS:
		return read_strings(&reading, setting, field);
	case OPTION_ADDRESSES:
		return read_addresses(&reading, setting, field);
	}
	return false;
}
