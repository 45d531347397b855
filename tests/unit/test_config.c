// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: what is accepted, what is refused with which words, and nothing lost on the
// way through --print-config.

#include "../../app/weir/config/config_source.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <rte_common.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The least that a file must say: one port with one address.
#define PORTS "ports = ( { addresses = [ \"198.51.100.10/24\" ]; } );\n"

static struct temp temp;
static char errors[8192]; // of the last load
static char path[TEMP_PATH_MAX]; // of the last file

static struct config *
load_path(const char *file)
{
	FILE *out = fmemopen(errors, sizeof(errors), "w");

	errors[0] = '\0';
	struct config *config = config_load(file, out);

	fclose(out);
	assert_int_equal(config == NULL, *errors != '\0');
	return config;
}

static struct config *
load(const char *text)
{
	temp_write(&temp, "weir.cfg", text, path);
	return load_path(path);
}

static struct config *
load_right(const char *text)
{
	struct config *config = load(text);

	if (config == NULL)
		fail_msg("%s\n%s", text, errors);
	return config;
}

static unsigned
error_lines(void)
{
	unsigned lines = 0;

	for (const char *at = errors; *at != '\0'; at++)
		lines += *at == '\n';
	return lines;
}

// Whether a line of the errors starts with "path:line: key: " and has `words` behind it; line 0: "path: key: ".
static void
assert_error(unsigned line, const char *key, const char *words)
{
	char start[TEMP_PATH_MAX + 128];

	if (line == 0)
		snprintf(start, sizeof(start), "%s: %s%s", path, key, *key == '\0' ? "" : ": ");
	else
		snprintf(start, sizeof(start), "%s:%u: %s: ", path, line, key);
	const char *at = strstr(errors, start);

	if (at == NULL || (at != errors && at[-1] != '\n'))
		fail_msg("no line starts with \"%s\" in:\n%s", start, errors);
	const char *found = strstr(at, words);

	if (found == NULL || found > strchr(at, '\n'))
		fail_msg("not \"%s\" in:\n%s", words, at);
}

// Refused, for this one reason.
static void
assert_refused(const char *text, unsigned line, const char *key, const char *words)
{
	struct config *config = load(text);

	config_free(config);
	if (config != NULL)
		fail_msg("accepted:\n%s", text);
	assert_error(line, key, words);
	assert_int_equal(error_lines(), 1);
}

static char *
print(const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	config_print(config, out);
	fclose(out);
	return text;
}

// Two files that mean the same.
static void
assert_same(const char *one, const char *other)
{
	struct config *config_one = load_right(one);
	struct config *config_other = load_right(other);
	char *print_one = print(config_one);
	char *print_other = print(config_other);

	assert_string_equal(print_one, print_other);
	free(print_one);
	free(print_other);
	config_free(config_one);
	config_free(config_other);
}

// `option` set to `value` in the second line of a file that is right otherwise.
static void
write_option(char *text, size_t size, const struct config_option *option, const char *value)
{
	int group = (int)strcspn(option->path, ".");

	snprintf(
		text,
		size,
		PORTS "%.*s = { %s = %s; };\n",
		group,
		option->path,
		option->path + group + 1,
		value
	);
}

static void
assert_option_refused(const struct config_option *option, const char *value)
{
	char text[65536];

	write_option(text, sizeof(text), option, value);
	config_free(load(text));
	assert_true(
		strncmp(errors, path, strlen(path)) == 0
		&& strncmp(errors + strlen(path), ":2: ", 4) == 0
	);
	if (strncmp(errors + strlen(path) + 4, option->path, strlen(option->path)) != 0
	    || strstr(errors, "must be") == NULL || error_lines() == 0)
		fail_msg("%s:\n%s", text, errors);
}

static void
test_every_default_is_accepted(void **state)
{
	char text[1024];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		write_option(text, sizeof(text), &config_options[i], config_options[i].standard);
		assert_same(PORTS, text);
	}
	for (unsigned i = 0; i < config_port_option_count; i++) {
		const struct config_option *option = &config_port_options[i];

		if (option->type == OPTION_ADDRESSES) // has no default that would do
			continue;
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"198.51.100.10/24\" ]; %s = %s; } );\n",
			option->path,
			option->standard
		);
		assert_same(PORTS, text);
	}
}

static bool
is_path(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.") == strlen(text);
}

static void
test_table_is_fit_to_be_shown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		assert_true(is_path(option->path));
		assert_non_null(strchr(option->path, '.'));
		assert_true(*option->help != '\0');
		assert_true(option->help[strlen(option->help) - 1] != '.');
		assert_true(option->min <= option->max);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(option->path, config_options[j].path);
	}
	for (unsigned i = 0; i < config_port_option_count; i++)
		assert_null(strchr(config_port_options[i].path, '.'));
}

// Options of a group stand together, else config_print would open a group twice.
static void
test_groups_are_whole(void **state)
{
	(void)state;
	for (unsigned i = 2; i < config_option_count; i++) {
		const char *group = config_options[i].path;
		size_t len = strcspn(group, ".") + 1;

		if (strncmp(group, config_options[i - 1].path, len) == 0)
			continue;
		for (unsigned j = 0; j < i; j++)
			assert_true(strncmp(group, config_options[j].path, len) != 0);
	}
}

// Values of the wrong type for each type of option.
static void
test_wrong_types(void **state)
{
	static const char *const wrong[][5] = {
		[OPTION_BOOL] = {"1", "0", "\"true\"", "[ true ]", "1.0"},
		[OPTION_UINT] = {"\"7\"", "true", "7.5", "[ 7 ]", "\"\""},
		[OPTION_STRING] = {"7", "true", "[ \"a\" ]", "1.5", "{ }"},
		[OPTION_CHOICE] = {"\"\"", "\"nonsense\"", "1", "true", "[ \"auto\" ]"},
		[OPTION_CPUS] = {"\"1\"", "1", "true", "{ }", "0.5"},
		[OPTION_STRINGS] = {"\"a\"", "1", "true", "[ 1 ]", "[ true ]"},
	};

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++)
		for (unsigned w = 0; w < 5; w++)
			assert_option_refused(&config_options[i], wrong[config_options[i].type][w]);
}

static void
test_numbers_out_of_range(void **state)
{
	char value[32];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_UINT)
			continue;
		snprintf(value, sizeof(value), "%lld", (long long)option->min - 1);
		assert_option_refused(option, value);
		snprintf(value, sizeof(value), "%lldL", (long long)option->max + 1);
		assert_option_refused(option, value);
		assert_option_refused(option, "-2000000000");
		assert_option_refused(option, "9000000000000000000L");
	}
}

// Read alone: other settings may contradict the ends of a range.
static void
test_ends_of_ranges(void **state)
{
	(void)state;
	struct config_source source = {.path = "ends", .errors = stderr};

	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		const uint32_t ends[] = {option->min, option->max};

		for (unsigned e = 0; e < 2 && option->type == OPTION_UINT; e++) {
			char text[64];
			uint32_t value = ~ends[e];
			config_t file;

			config_init(&file);
			snprintf(text, sizeof(text), "value = %uL;", ends[e]);
			assert_int_equal(config_read_string(&file, text), CONFIG_TRUE);
			assert_true(config_read_value(
				&source, option, config_lookup(&file, "value"), "value", &value
			));
			assert_int_equal(value, ends[e]);
			config_destroy(&file);
		}
	}
}

// 2^32 and a number that is right for the option: the same number for those who keep 32 bits of it.
// However it is written, every number setting refuses it, and names its line and range.
static void
test_numbers_beyond_32_bits(void **state)
{
	static const char *const formats[] = {"%llu", "%lluL", "%lluLL", "0x%llx", "0X%llXL"};
	char value[64], words[128];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		const unsigned long long numbers[] = {
			(1ull << 32) + option->max, (1ull << 63) + option->min};

		snprintf(words, sizeof(words), "from %u to %u", option->min, option->max);
		for (unsigned f = 0; f < 2 * RTE_DIM(formats) && option->type == OPTION_UINT; f++) {
			char text[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(value, sizeof(value), formats[f / 2], numbers[f % 2]);
#pragma GCC diagnostic pop
			write_option(text, sizeof(text), option, value);
			assert_refused(text, 2, option->path, words);
		}
	}
	assert_refused(
		PORTS "swarm = { max_peers = 4294967396; };\n", 2, "swarm.max_peers", "from 1"
	);
	assert_refused(PORTS "tracker = { port = 4294974265; };\n", 2, "tracker.port", "to 65535");
	assert_refused(
		PORTS "tracker = { port = 0x10000000000001b39; };\n", 2, "tracker.port", "to 65535"
	);
	assert_refused(
		PORTS "lcores = { io = [ 4294967296 ]; };\n", 2, "lcores.io[0]", "0 to 4095"
	);
	assert_refused(
		PORTS "lcores = { io = [ 1,\n 0x100000000L ]; };\n", 3, "lcores.io[1]", "0 to 4095"
	);
	assert_refused(
		"ports = ( { addresses = [ \"10.0.0.1/24\" ];\n vlan = 4294967297; } );\n",
		2,
		"ports[0].vlan",
		"0 to 4094"
	);
}

// One number in every notation, of every version of libconfig.
static void
test_notations_of_numbers(void **state)
{
	static const char *const sevens[] = {
		"7", "+7", "007", "7L", "7LL", "0x7", "0X07L", "0b111", "0B0111L", "0o7", "0q07"};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(sevens); i++) {
		snprintf(text, sizeof(text), PORTS "tracker = { port = %s; };\n", sevens[i]);
		struct config *config = load_right(text);

		assert_int_equal(config->tracker_port, 7);
		config_free(config);
	}
}

// A text in quotes of that many characters.
static const char *
quoted(char *text, unsigned len)
{
	text[0] = '"';
	memset(text + 1, 'x', len);
	memcpy(text + 1 + len, "\"", 2);
	return text;
}

static void
test_lengths_of_texts(void **state)
{
	char value[5000];
	char text[6000];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_STRING)
			continue;
		assert_option_refused(option, quoted(value, option->max + 1));
		if (option->min > 0)
			assert_option_refused(option, quoted(value, option->min - 1));
		write_option(text, sizeof(text), option, quoted(value, option->max));
		config_free(load_right(text));
		write_option(text, sizeof(text), option, quoted(value, option->min));
		config_free(load_right(text));
	}
}

static void
test_choices(void **state)
{
	char text[256];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		char word[32];

		for (uint32_t c = 0;
		     option->type == OPTION_CHOICE && config_choice(option, c, word, sizeof(word));
		     c++) {
			char value[40];

			snprintf(value, sizeof(value), "\"%s\"", word);
			write_option(text, sizeof(text), option, value);
			struct config *config = load_right(text);

			assert_int_equal(
				*(const uint32_t *)((const char *)config + option->offset), c
			);
			config_free(config);
		}
	}
}

// "[ 0, 1, 2, … ]", as many as asked for.
static const char *
number_list(char *text, size_t size, unsigned count)
{
	size_t at = (size_t)snprintf(text, size, "[ ");

	for (unsigned i = 0; i < count; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%u", i == 0 ? "" : ", ", i);
	snprintf(text + at, size - at, " ]");
	return text;
}

static void
test_lists_of_cpus(void **state)
{
	static const char *const wrong[] = {
		"[ -1 ]", "[ 4096 ]", "[ \"1\" ]", "[ 1.5 ]", "( 1, \"2\" )", "( ( 1 ) )"};
	char value[1024];
	char text[2048];

	(void)state;
	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];

		if (option->type != OPTION_CPUS)
			continue;
		for (unsigned w = 0; w < RTE_DIM(wrong); w++)
			assert_option_refused(option, wrong[w]);
		assert_option_refused(option, number_list(value, sizeof(value), option->max + 1));
		write_option(
			text, sizeof(text), option, number_list(value, sizeof(value), option->max)
		);
		config_free(load_right(text));
	}
	assert_refused(PORTS "lcores = { io = [ 3, 4, 3 ]; };\n", 2, "lcores.io[2]", "CPU 3 twice");
}

static void
test_lists_of_texts(void **state)
{
	char value[300];
	char text[1024];
	struct config *config;

	(void)state;
	assert_refused(
		PORTS "driver = { eal = [ \"\" ]; };\n", 2, "driver.eal[0]", "1 to 255 characters"
	);
	snprintf(text, sizeof(text), PORTS "driver = { eal = [ %s ]; };\n", quoted(value, 256));
	assert_refused(text, 2, "driver.eal[0]", "1 to 255 characters");
	config = load_right(PORTS "driver = { eal = ( \"--vdev=a\", \"--no-pci\" ); };\n");
	assert_int_equal(config->driver_eal.count, 2);
	assert_string_equal(config->driver_eal.items[0], "--vdev=a");
	assert_string_equal(config->driver_eal.items[1], "--no-pci");
	config_free(config);
}

static void
test_too_many_texts(void **state)
{
	char text[1024] = PORTS "driver = { eal = [ \"x\"";

	(void)state;
	for (unsigned i = 1; i < CONFIG_STRINGS_MAX; i++)
		strcat(text, ", \"x\"");
	strcat(text, " ]; };\n");
	config_free(load_right(text));
	memcpy(strstr(text, " ]; };\n"), ",\"x\" ];", 7);
	strcat(text, " };\n");
	assert_refused(text, 2, "driver.eal", "at most 32");
}

// Whatever stands at the wrong place or is spelled wrong.
static void
test_unknown_names(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *key;
	} rows[] = {
		{PORTS "tracker = { prot = 1; };\n", 2, "tracker.prot"},
		{PORTS "\ntrakcer = { port = 1; };\n", 3, "trakcer.port"},
		{PORTS "port = 1;\n", 2, "port"},
		{PORTS "tracker = { port = 1;\ntracker = { port = 2; }; };\n",
		 3,
		 "tracker.tracker"},
		{"ports = (\n{ addresses = [ \"198.51.100.10/24\" ];\nmac = 1; } );\n",
		 3,
		 "ports[0].mac"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_refused(rows[i].text, rows[i].line, rows[i].key, "is unknown");
	assert_refused(PORTS "tracker = 1;\n", 2, "tracker", "must be a group");
	assert_refused(PORTS "log = ( { rate = 1; } );\n", 2, "log", "must be a group");
}

static void
test_ports_must_be_a_list_of_groups(void **state)
{
	static const struct {
		const char *text;
		const char *key;
		const char *words;
	} rows[] = {
		{"ports = { };\n", "ports", "must be a list"},
		{"ports = 1;\n", "ports", "must be a list"},
		{"ports = [ 1 ];\n", "ports", "must be a list"},
		{"ports = ( );\n", "ports", "1 to 8 groups"},
		{"ports = ( { device = \"d\"; addresses = [ \"10.0.0.1/8\" ]; }, 7 );\n",
		 "ports[1]",
		 "must be a group"},
		{"ports = ( { } );\n", "ports[0].addresses", "at least one"},
		{"ports = ( { addresses = [ ]; } );\n", "ports[0].addresses", "at least one"},
		{"ports = ( { addresses = \"10.0.0.1/8\"; } );\n",
		 "ports[0].addresses",
		 "must be a list"},
		{"ports = ( { addresses = [ 1 ]; } );\n",
		 "ports[0].addresses[0]",
		 "must be an address"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_refused(rows[i].text, 1, rows[i].key, rows[i].words);
}

// `count` ports with a device and an address of their own each.
static const char *
many_ports(char *text, size_t size, unsigned count)
{
	size_t at = (size_t)snprintf(text, size, "ports = (");

	for (unsigned i = 0; i < count; i++)
		at += (size_t)snprintf(
			text + at,
			size - at,
			"%s\n{ device = \"d%u\"; addresses = [ \"10.0.%u.1/24\" ]; }",
			i == 0 ? "" : ",",
			i,
			i
		);
	snprintf(text + at, size - at, " );\n");
	return text;
}

static void
test_number_of_ports(void **state)
{
	char text[2048];

	(void)state;
	for (unsigned count = 1; count <= CONFIG_PORTS_MAX; count++) {
		struct config *config = load_right(many_ports(text, sizeof(text), count));

		assert_int_equal(config->port_count, count);
		assert_int_equal(config->ports[count - 1].device[1], '0' + (int)count - 1);
		assert_int_equal(config->ports[count - 1].addresses.items[0].bytes[2], count - 1);
		config_free(config);
	}
	assert_refused(many_ports(text, sizeof(text), 9), 1, "ports", "1 to 8 groups");
}

static void
test_addresses(void **state)
{
	static const struct config_address rows[] = {
		{FAMILY_IPV4, {198, 51, 100, 10}, 24, "198.51.100.10/24"},
		{FAMILY_IPV4, {10, 0, 0, 1}, 1, "10.0.0.1/1"},
		{FAMILY_IPV4, {169, 254, 3, 4}, 32, "169.254.3.4/32"},
		{FAMILY_IPV6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, 64, "2001:db8::1/64"},
		{FAMILY_IPV6, {0xfe, 0x80, [15] = 1}, 128, "fe80::1/128"},
		{FAMILY_IPV6, {0xfd, 0x77, [15] = 1}, 1, "fd77::1/1"},
	};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"%s\" ]; } );\n",
			rows[i].text
		);
		struct config *config = load_right(text);
		const struct config_address *address = &config->ports[0].addresses.items[0];

		assert_int_equal(config->ports[0].addresses.count, 1);
		assert_int_equal(address->family, rows[i].family);
		assert_memory_equal(address->bytes, rows[i].bytes, 16);
		assert_int_equal(address->prefix, rows[i].prefix);
		assert_string_equal(address->text, rows[i].text);
		config_free(config);
	}
}

static void
test_wrong_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{"198.51.100.10", "with its prefix length"},
		{"198.51.100.10/", "with its prefix length"},
		{"198.51.100.10/0", "with its prefix length"},
		{"198.51.100.10/33", "with its prefix length"},
		{"198.51.100.10/24x", "with its prefix length"},
		{"198.51.100.10/+24", "with its prefix length"},
		{"198.51.100.10/ 24", "with its prefix length"},
		{"198.51.100.10/-1", "with its prefix length"},
		{"198.51.100.10/99999999999999999999", "with its prefix length"},
		{"198.51.100/24", "with its prefix length"},
		{"198.51.100.256/24", "with its prefix length"},
		{"2001:db8::1/129", "with its prefix length"},
		{"2001:db8:::1/64", "with its prefix length"},
		{"/24", "with its prefix length"},
		{"", "with its prefix length"},
		{"tracker.example.org/24", "with its prefix length"},
		{"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/64", "prefix length"},
		{"0.1.2.3/8", "not an address a host can have"},
		{"127.0.0.1/8", "not an address a host can have"},
		{"224.0.0.1/24", "not an address a host can have"},
		{"255.255.255.255/24", "not an address a host can have"},
		{"::/64", "not an address a host can have"},
		{"::1/128", "not an address a host can have"},
		{"ff02::1/64", "not an address a host can have"},
		{"240.0.0.1/24", "not an address a host can have"},
		{"::ffff:198.51.100.10/120", "not an address a host can have"},
		{"::ffff:0:0/96", "not an address a host can have"},
		{"::198.51.100.10/120", "not an address a host can have"},
		{"198.51.100.0/24", "is the address of the network itself"},
		{"198.51.100.128/25", "is the address of the network itself"},
		{"198.51.100.255/24", "is the broadcast address of its network"},
		{"198.51.100.131/30", "is the broadcast address of its network"},
		{"10.255.255.255/8", "is the broadcast address of its network"},
		{"2001:db8::/64", "is the routers' anycast address"},
		{"198.51.100.10/4294967320", "with its prefix length"},
		{"198.51.100.10/18446744073709551640", "with its prefix length"},
	};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = (\n{ vlan = 7;\naddresses = [ \"%s\" ]; } );\n",
			rows[i].text
		);
		assert_refused(text, 3, "ports[0].addresses[0]", rows[i].words);
	}
}

// "10.0.0.1/8", "10.0.0.2/8", … and as many of IPv6.
static const char *
many_addresses(char *text, size_t size, unsigned ipv4, unsigned ipv6)
{
	size_t at = (size_t)snprintf(text, size, "ports = ( { addresses = [ ");

	for (unsigned i = 0; i < ipv4 + ipv6; i++)
		at += (size_t)snprintf(
			text + at,
			size - at,
			i < ipv4 ? "%s\"10.0.0.%u/8\"" : "%s\"fd77::%u/64\"",
			i == 0 ? "" : ", ",
			i + 1
		);
	snprintf(text + at, size - at, " ]; } );\n");
	return text;
}

static void
test_number_of_addresses(void **state)
{
	char text[1024];

	(void)state;
	config_free(load_right(many_addresses(text, sizeof(text), 8, 8)));
	assert_refused(
		many_addresses(text, sizeof(text), 9, 0), 1, "ports[0].addresses", "at most 8"
	);
	assert_refused(
		many_addresses(text, sizeof(text), 1, 9), 1, "ports[0].addresses", "at most 8"
	);
	assert_refused(
		many_addresses(text, sizeof(text), 8, 9), 1, "ports[0].addresses", "at most 16"
	);
}

static void
test_address_twice(void **state)
{
	(void)state;
	assert_refused(
		"ports = ( { addresses = [ \"10.0.0.1/24\",\n\"10.0.0.1/16\" ]; } );\n",
		2,
		"ports[0].addresses[1]",
		"10.0.0.1/16 is there twice"
	);
	assert_refused(
		"ports = ( { device = \"e\"; addresses = [ \"fd77::1/64\" ]; },\n"
		"{ device = \"d\"; addresses = [ \"fd77:0::1/64\" ]; } );\n",
		2,
		"ports[1].addresses[0]",
		"fd77:0::1/64 is there twice"
	);
	// The same first bytes in the other family are another address.
	config_free(
		load_right("ports = ( { addresses = [ \"32.1.13.184/24\", \"2001:db8::/128\" ]; "
			   "} );\n")
	);
}

static void
test_gateways(void **state)
{
	static const struct {
		const char *setting; // of a port 198.51.100.10/25, 10.9.8.7/32, 2001:db8::10/60
		const char *key;
		const char *words; // NULL: accepted
	} rows[] = {
		{"gateway_ipv4 = \"198.51.100.1\"", NULL, NULL},
		{"gateway_ipv4 = \"198.51.100.127\"", "ports[0].gateway_ipv4", "is the broadcast"},
		{"gateway_ipv4 = \"198.51.100.0\"", "ports[0].gateway_ipv4", "the network itself"},
		{"gateway_ipv4 = \"198.51.100.10\"", "ports[0].gateway_ipv4", "is our own address"},
		{"gateway_ipv4 = \"10.9.8.7\"", "ports[0].gateway_ipv4", "is our own address"},
		{"gateway_ipv4 = \"224.0.0.1\"", "ports[0].gateway_ipv4", "a router can have"},
		{"gateway_ipv6 = \"2001:db8::10\"", "ports[0].gateway_ipv6", "is our own address"},
		{"gateway_ipv6 = \"ff02::2\"", "ports[0].gateway_ipv6", "a router can have"},
		{"gateway_ipv6 = \"2001:db8:0:f::1\"", NULL, NULL},
		{"gateway_ipv6 = \"fe80::1\"", NULL, NULL},
		{"gateway_ipv6 = \"febf:ffff::1\"", NULL, NULL},
		{"gateway_ipv6 = \"fec0::1\"", "ports[0].gateway_ipv6", "or be link-local"},
		{"gateway_ipv6 = \"fe80::1%eth0\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv4 = \"169.254.0.1\"", "ports[0].gateway_ipv4", "must lie in"},
		{"gateway_ipv4 = \"198.51.100.128\"", "ports[0].gateway_ipv4", "must lie in"},
		{"gateway_ipv4 = \"10.9.8.6\"", "ports[0].gateway_ipv4", "must lie in"},
		{"gateway_ipv6 = \"2001:db8:0:10::1\"", "ports[0].gateway_ipv6", "must lie in"},
		{"gateway_ipv4 = \"198.51.100.100/25\"", "ports[0].gateway_ipv4", "text of"},
		{"gateway_ipv4 = \"10.9.8.7/32\"", "ports[0].gateway_ipv4", "without prefix"},
		{"gateway_ipv4 = \"fd77::1\"", "ports[0].gateway_ipv4", "must be an address"},
		{"gateway_ipv6 = \"198.51.100.1\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv6 = \"router\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv4 = 7", "ports[0].gateway_ipv4", "must be a text"},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"198.51.100.10/25\", \"10.9.8.7/32\",\n"
			"\"2001:db8::10/60\" ];\n%s; } );\n",
			rows[i].setting
		);
		if (rows[i].words == NULL)
			config_free(load_right(text));
		else
			assert_refused(text, 3, rows[i].key, rows[i].words);
	}
}

// Hosts that are alone in their network have their router outside it.
static void
test_gateway_of_a_lone_address(void **state)
{
	(void)state;
	config_free(load_right(
		"ports = ( { addresses = [ \"198.51.100.10/32\", \"2001:db8::10/128\" ];\n"
		"gateway_ipv4 = \"172.31.1.1\"; gateway_ipv6 = \"fd00::1\"; } );\n"
	));
	assert_refused(
		"ports = ( { addresses = [ \"198.51.100.10/32\" ];\n"
		"gateway_ipv4 = \"224.0.0.1\"; } );\n",
		2,
		"ports[0].gateway_ipv4",
		"a router can have"
	);
}

static void
test_gateway_of_a_family_without_address(void **state)
{
	(void)state;
	assert_refused(
		"ports = ( { addresses = [ \"198.51.100.10/24\" ];\n"
		"gateway_ipv6 = \"fe80::1\"; } );\n",
		2,
		"ports[0].gateway_ipv6",
		"must lie in"
	);
	assert_refused(
		"ports = ( { addresses = [ \"198.51.100.10/24\" ];\n"
		"gateway_ipv6 = \"fd77::1\"; } );\n",
		2,
		"ports[0].gateway_ipv6",
		"must lie in"
	);
}

static void
test_devices(void **state)
{
	static const struct {
		const char *one, *other;
		unsigned line; // of the mistake; 0: none
		const char *words;
	} rows[] = {
		{"0000:01:00.0", "0000:01:00.1", 0, NULL},
		{"10000:e1:00.0", "net_tap0", 0, NULL},
		{"net_tap0", "net_tap0", 2, "net_tap0 is that of ports[0]"},
		{"0000:3b:00.0", "0000:3b:00.0", 2, "0000:3b:00.0 is that of ports[0]"},
		{"net_tap0", "", 2, "must be named"},
		{"0000:01:00", "net_tap0", 1, "is no PCI address"},
		{"0000:01:00.8", "net_tap0", 1, "is no PCI address"},
		{"0000:01:20.0", "net_tap0", 1, "is no PCI address"},
		{"0000:01:00.0x", "net_tap0", 1, "is no PCI address"},
		{"0000:100000001:00.0", "net_tap0", 1, "is no PCI address"},
		{"01:00.0", "net_tap0", 1, "as lspci -D does"},
		{"0000:3B:00.0", "net_tap0", 1, "as lspci -D does"},
		{":", "net_tap0", 1, "is no PCI address"},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"10.0.0.1/24\" ]; device = \"%s\"; },\n"
			"{ addresses = [ \"10.0.1.1/24\" ]; device = \"%s\"; } );\n",
			rows[i].one,
			rows[i].other
		);
		if (rows[i].line == 0)
			config_free(load_right(text));
		else
			assert_refused(
				text,
				rows[i].line,
				rows[i].line == 1 ? "ports[0].device" : "ports[1].device",
				rows[i].words
			);
	}
}

// Not named, room for peers over IPv6 grows with the room for all.
static void
test_peers_over_ipv6(void **state)
{
	struct config *config = load_right(PORTS "swarm = { max_peers = 20000000; };\n");

	(void)state;
	assert_int_equal(config->max_peers_ipv6, 6666666);
	config_free(config);
	config = load_right(PORTS "swarm = { max_peers = 7; max_peers_ipv6 = 7; };\n");
	assert_int_equal(config->max_peers_ipv6, 7);
	config_free(config);
	assert_refused(
		PORTS "swarm = { max_peers = 7;\nmax_peers_ipv6 = 8; };\n",
		3,
		"swarm.max_peers_ipv6",
		"must not be above swarm.max_peers (7)"
	);
}

// Line 0 stands for the file as a whole: there is no line to blame.
static void
test_missing_ports(void **state)
{
	(void)state;
	assert_refused("", 0, "ports", "is missing");
	assert_refused("driver = { virtual = false; };\n", 0, "ports", "is missing");
}

static void
test_virtual_driver_needs_no_ports(void **state)
{
	struct config *config = load_right("driver = { virtual = true; };\n");

	(void)state;
	assert_int_equal(config->port_count, 1);
	assert_int_equal(config->ports[0].addresses.count, 2);
	assert_string_equal(config->ports[0].addresses.items[0].text, "10.77.0.1/24");
	assert_string_equal(config->ports[0].addresses.items[1].text, "fd77::1/64");
	assert_false(config->allow_private); // nor does it depend on ports being named
	config_free(config);
	config = load_right("driver = { virtual = true; };\n" PORTS);
	assert_false(config->allow_private);
	assert_int_equal(config->ports[0].addresses.count, 1);
	config_free(config);
}

// Which clients an own address means: said where it is not a public one.
static void
test_notes_about_sources(void **state)
{
	static const struct {
		const char *address;
		bool allow_private;
		enum config_note note;
		const char *words;
	} rows[] = {
		{"8.8.8.8/24", false, CONFIG_NOTE_NONE, NULL},
		{"8.8.8.8/32", false, CONFIG_NOTE_NONE, NULL},
		{"2a00::1/128", false, CONFIG_NOTE_NONE, NULL},
		{"10.1.2.3/20", false, CONFIG_NOTE_INFO, "in 10.1.0.0/20, a network of our own"},
		{"10.1.2.3/31", false, CONFIG_NOTE_INFO, "in 10.1.2.2/31, "},
		{"10.1.2.3/20", true, CONFIG_NOTE_NONE, NULL},
		{"10.1.2.3/32", false, CONFIG_NOTE_WARNING, "or set host.allow_private"},
		{"10.1.2.3/32", true, CONFIG_NOTE_NONE, NULL},
		{"fd77::1/64", false, CONFIG_NOTE_INFO, "in fd77::/64, "},
		{"fd77::1/128", false, CONFIG_NOTE_WARNING, "other clients with private addresses"},
		{"192.0.2.9/24", true, CONFIG_NOTE_INFO, "others with reserved addresses"},
		{"192.0.2.9/32", true, CONFIG_NOTE_WARNING, "name the network's prefix length"},
		{"fec0::1/64", true, CONFIG_NOTE_INFO, "in fec0::/64, "},
		{"fe80::1/64", true, CONFIG_NOTE_WARNING, "fe80::1/64 is link-local"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		char text[256], note[512];

		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"%s\" ]; } );\nhost = { allow_private = %s; "
			"};\n",
			rows[i].address,
			rows[i].allow_private ? "true" : "false"
		);
		struct config *config = load_right(text);

		assert_int_equal(
			config_note_sources(
				config, &config->ports[0].addresses.items[0], note, sizeof(note)
			),
			rows[i].note
		);
		if (rows[i].words != NULL && strstr(note, rows[i].words) == NULL)
			fail_msg("no \"%s\" in: %s", rows[i].words, note);
		config_free(config);
	}
}

// An MTU must let through what each family's hosts have to take; it may also be left alone.
static void
test_mtu(void **state)
{
	static const char ipv4[] = "ports = ( { addresses = [ \"198.51.100.10/24\" ]; } );\n";
	static const char both[] =
		"ports = ( { addresses = [ \"198.51.100.10/24\" ]; }, { device = "
		"\"b\"; addresses = [ \"2001:db8::10/64\" ]; } );\n";
	static const struct {
		uint32_t mtu;
		const char *ports;
		const char *words; // NULL: right
	} rows[] = {
		{0, ipv4, NULL},
		{0, both, NULL},
		{1, ipv4, "must be 0 or at least 576: what every IPv4 host takes"},
		{575, ipv4, "must be 0 or at least 576"},
		{576, ipv4, NULL},
		{1279, ipv4, NULL},
		{575, both, "must be 0 or at least 1280: a link below that carries no IPv6"},
		{1279, both, "must be 0 or at least 1280"},
		{1280, both, NULL},
		{9000, both, NULL},
		{9001, both, "0 to 9000"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		char text[256];

		snprintf(
			text,
			sizeof(text),
			"driver = { mtu = %u; };\n%s",
			rows[i].mtu,
			rows[i].ports
		);
		if (rows[i].words != NULL) {
			assert_refused(text, 1, "driver.mtu", rows[i].words);
			continue;
		}
		struct config *config = load_right(text);

		assert_int_equal(config->mtu, rows[i].mtu);
		config_free(config);
	}
}

static void
test_ring_size_is_a_power_of_two(void **state)
{
	char text[256];

	(void)state;
	for (uint32_t size = 2; size <= 2048; size++) {
		snprintf(text, sizeof(text), PORTS "lcores = {\nring_size = %u; };\n", size);
		if ((size & (size - 1)) == 0)
			config_free(load_right(text));
		else if (size % 97 == 0) // a few are enough
			assert_refused(text, 3, "lcores.ring_size", "a power of two");
	}
	assert_refused(
		PORTS "lcores = { ring_size = 1000; };\n", 2, "lcores.ring_size", "a power of two"
	);
}

// A client that keeps to the interval must never be forgotten.
static void
test_timeout_is_above_interval(void **state)
{
	static const struct {
		const char *text;
		unsigned line; // 0: the timeout is the default
		bool right;
	} rows[] = {
		{PORTS "tracker = { interval = 100; interval_spread = 20; };\n"
		       "swarm = { peer_timeout = 121; };\n",
		 3,
		 true},
		{PORTS "tracker = { interval = 100; interval_spread = 20; };\n"
		       "swarm = { peer_timeout = 120; };\n",
		 3,
		 false},
		{PORTS "tracker = { interval = 2579; };\n", 0, true},
		{PORTS "tracker = { interval = 2580; };\n", 0, false},
		{PORTS "swarm = { peer_timeout = 1; };\n", 2, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (rows[i].right)
			config_free(load_right(rows[i].text));
		else
			assert_refused(
				rows[i].text, rows[i].line, "swarm.peer_timeout", "must be above"
			);
}

// Whoever made five mistakes hears of all five at once.
static void
test_five_mistakes(void **state)
{
	(void)state;
	assert_null(load("# a comment\n"
			 "tracker = {\n"
			 "    port = 70000;\n"
			 "    intervall = 1800;\n"
			 "};\n"
			 "lcores = { ring_size = 1000; };\n"
			 "host = { dad = \"yes\"; };\n"
			 "ports = ( {\n"
			 "    addresses = [ \"198.51.100.10/24\" ];\n"
			 "    gateway_ipv4 = \"203.0.113.1\";\n"
			 "} );\n"));
	assert_error(3, "tracker.port", "from 1 to 65535 (UDP port)");
	assert_error(4, "tracker.intervall", "is unknown");
	assert_error(6, "lcores.ring_size", "power of two");
	assert_error(7, "host.dad", "true or false");
	assert_error(10, "ports[0].gateway_ipv4", "must lie in");
	assert_int_equal(error_lines(), 5);
}

// What is there, and what is allowed.
static void
test_syntax_errors(void **state)
{
	static const struct {
		const char *text; // behind PORTS, from line 2 on
		unsigned line;
		const char *words;
	} rows[] = {
		{"tracker = {\nport = ;\n};\n", 3, "a value is missing behind ="},
		{"tracker = {\nport 7;\n};\n", 3, "a = is missing behind port"},
		{"tracker {\nport = 7;\n};\n", 2, "a = is missing behind tracker"},
		{"tracker = {\nport = 7 8;\n};\n", 3, "between 7 and 8"},
		{"swarm = {\nmax_peers = 5M;\n};\n", 3, "5M is not a number; write all its digits"},
		{"swarm = {\nmax_peers = 0x;\n};\n", 3, "0x is not a number"},
		{"swarm = {\nmax_peers = 1_000;\n};\n", 3, "1_000 is not a number"},
		{"lcores = {\nidle = poll;\n};\n", 3, "poll is not a value; texts stand in quotes"},
		{"tracker = { port = 1; };\ntracker = { };\n", 3, "or in the file: keep one"},
		{"tracker = {\n", 3, "the file ends inside the { of line 2"},
		{"tracker = { port = 1; ];\n", 2, "] does not close the { of line 2"},
		{"};\n", 2, "} closes nothing"},
		{"log = {\nlevel = \"info;\n };\n", 3, "the text that starts here never ends"},
		{"/* a\ncomment\n", 2, "the comment that starts here never ends"},
		{"tracker = { $port = 1; };\n", 2, "$ stands where a name or a value"},
		{"@include driver.cfg\n", 2, "must be: @include \"FILE\""},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(text, sizeof(text), "%s%s", PORTS, rows[i].text);
		config_free(load(text));
		assert_error(rows[i].line, "syntax", rows[i].words);
	}
	assert_refused("\xef\xbb\xbf" PORTS, 1, "syntax", "byte order mark; save it as UTF-8");
	assert_refused("\xff\xfep", 1, "syntax", "is UTF-16; save it as UTF-8");
	assert_refused("\xfe\xffp", 1, "syntax", "is UTF-16; save it as UTF-8");
	assert_refused("@include \"weir.cfg\"\n", 1, "syntax", "does a file include itself?");
}

// Comments and texts are left alone, whatever is in them.
static void
test_what_is_no_number(void **state)
{
	struct config *config =
		load_right("# port = 5M;\n// @include \"x\"\n/* @include\n@include \"x\" */\n" PORTS
			   "driver = { name = \"5M 0x1 # // /*\"; };\nlog = { level: \"debug\" }\n"
			   "swarm = { peer_detail = FALSE max_peers = 7 };");

	(void)state;
	assert_string_equal(config->driver_name, "5M 0x1 # // /*");
	assert_int_equal(config->log_level, 3);
	assert_int_equal(config->max_peers, 7);
	config_free(config);
}

// A FIFO, a device: refused at once, never waited for.
static void
test_file_that_is_none(void **state)
{
	char text[TEMP_PATH_MAX + 64];

	(void)state;
	temp_path(&temp, "fifo.cfg", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(load_path(path));
	assert_error(0, "", "is a FIFO; a regular file is needed");
	snprintf(text, sizeof(text), "@include \"fifo.cfg\"\n" PORTS);
	assert_refused(text, 1, "syntax", "fifo.cfg is a FIFO");
	assert_refused("@include \"/dev/null\"\n" PORTS, 1, "syntax", "/dev/null is a device");
	strcpy(path, "/dev/null");
	assert_null(load_path(path));
	assert_error(0, "", "is a device; a regular file is needed");
}

static void
test_file_that_is_missing(void **state)
{
	(void)state;
	temp_path(&temp, "missing.cfg", path);
	assert_null(load_path(path));
	assert_error(0, "", "cannot be read: No such file");
	assert_int_equal(error_lines(), 1);
	strcpy(path, temp.folder);
	assert_null(load_path(path));
	assert_error(0, "", "is a folder; a regular file is needed");
	assert_int_equal(error_lines(), 1);
}

// @include looks beside the file, whatever the working folder; errors name the included file as
// the main file does.
static void
test_include(void **state)
{
	char main_path[TEMP_PATH_MAX];
	char folder[TEMP_PATH_MAX];
	char folder_after[TEMP_PATH_MAX];
	struct config *config;

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	temp_write(&temp, "main.cfg", "@include \"driver.cfg\"\n" PORTS, main_path);
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = 3; };\n", path);
	config = load_path(main_path);
	assert_non_null(config);
	assert_int_equal(config->queues, 3);
	config_free(config);
	assert_non_null(getcwd(folder_after, sizeof(folder_after)));
	assert_string_equal(folder, folder_after);
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = 65; };\n", path);
	assert_null(load_path(main_path));
	assert_error(2, "driver.queues", "from 0 to 64");
	temp_write(&temp, "driver.cfg", "driver = {\n    queues = ; };\n", path);
	assert_null(load_path(main_path));
	assert_error(2, "syntax", "a value is missing");
	assert_int_equal(unlink(path), 0);
	assert_null(load_path(main_path));
	strcpy(path, main_path);
	assert_error(1, "syntax", "/driver.cfg, and none /");
}

static void
test_include_of_an_absolute_path(void **state)
{
	char included[TEMP_PATH_MAX];
	char text[TEMP_PATH_MAX + 128];

	(void)state;
	temp_write(&temp, "absolute.cfg", "log = { level = \"error\"; };\n", included);
	snprintf(text, sizeof(text), "@include \"%s\"\n" PORTS, included);
	struct config *config = load_right(text);

	assert_int_equal(config->log_level, 0);
	config_free(config);
}

// Every kind of value, away from its default, with all characters a text may have.
static const char rich[] =
	"tracker = { port = 7070; interval = 900; interval_spread = 0; key_file = "
	"\"/a/\\\"b\\\\nc\"; };\n"
	"swarm = { max_peers = 2000000000; peer_timeout = 604800; };\n"
	"host = { allow_private = true; dad = false; echo_rate = 0; };\n"
	"lcores = { main = [ 0 ]; io = [ 1, 2 ]; workers = ( 2, 3, 4 ); idle = \"poll\"; };\n"
	"memory = { hugepages = \"yes\"; file_prefix = \"w\\tx y#z//\"; };\n"
	"driver = { name = \"a # b\"; eal = [ \"--vdev=net_x,\\\"q\\\"\", \"-d\" ]; rss = false; "
	"};\n"
	"log = { level = \"debug\"; };\n"
	"test = { seed = 4294967295L; time = 2147483648L; stop_after = 2147483647; };\n"
	"ports = ( { device = \"0000:01:00.0\"; vlan = 4094;\n"
	"    addresses = [ \"198.51.100.10/24\", \"2001:DB8::0010/64\" ];\n"
	"    gateway_ipv4 = \"198.51.100.1\"; gateway_ipv6 = \"2001:db8::1\"; },\n"
	"  { device = \"net_tap0\"; addresses = ( \"10.0.0.1/8\" ); } );\n";

static void
test_print_and_load_again(void **state)
{
	static const char *const texts[] = {PORTS, rich, "driver = { virtual = true; };\n"};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++) {
		struct config *config = load_right(texts[i]);
		char *once = print(config);

		config_free(config);
		config = load_right(once);
		char *twice = print(config);

		assert_string_equal(once, twice);
		assert_same(texts[i], once);
		config_free(config);
		free(once);
		free(twice);
	}
}

static void
test_values_arrive(void **state)
{
	struct config *config = load_right(rich);

	(void)state;
	assert_int_equal(config->tracker_port, 7070);
	assert_string_equal(config->key_file, "/a/\"b\\nc");
	assert_int_equal(config->max_peers, 2000000000);
	assert_true(config->allow_private);
	assert_false(config->dad);
	assert_int_equal(config->worker_cpus.count, 3);
	assert_int_equal(config->worker_cpus.items[2], 4);
	assert_int_equal(config->idle, CONFIG_IDLE_POLL);
	assert_int_equal(config->hugepages, CONFIG_HUGEPAGES_YES);
	assert_int_equal(config->log_level, 3);
	assert_int_equal(config->test_seed, UINT32_MAX);
	assert_int_equal(config->port_count, 2);
	assert_int_equal(config->ports[0].vlan, 4094);
	assert_string_equal(config->ports[1].device, "net_tap0");
	assert_int_equal(config->max_torrents, 500000); // not in the file
	config_free(config);
}

static void
test_defaults_that_depend(void **state)
{
	static const struct {
		bool is_virtual;
		enum config_idle idle;
		bool sleeps;
	} idles[] = {
		{false, CONFIG_IDLE_AUTO, false},
		{true, CONFIG_IDLE_AUTO, true},
		{false, CONFIG_IDLE_SLEEP, true},
		{true, CONFIG_IDLE_POLL, false},
	};
	static const struct {
		bool is_virtual;
		enum config_hugepages hugepages;
		bool uses;
	} pages[] = {
		{false, CONFIG_HUGEPAGES_AUTO, true},
		{true, CONFIG_HUGEPAGES_AUTO, false},
		{true, CONFIG_HUGEPAGES_YES, true},
		{false, CONFIG_HUGEPAGES_NO, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(idles); i++) {
		struct config config = {
			.driver_virtual = idles[i].is_virtual, .idle = idles[i].idle};

		assert_int_equal(config_sleeps(&config), idles[i].sleeps);
	}
	for (unsigned i = 0; i < RTE_DIM(pages); i++) {
		struct config config = {
			.driver_virtual = pages[i].is_virtual, .hugepages = pages[i].hugepages};

		assert_int_equal(config_uses_hugepages(&config), pages[i].uses);
	}
}

// The reference names every option, one a line, in a table of five columns.
static void
test_print_options(void **state)
{
	char *text = NULL;
	size_t size;
	unsigned lines = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	config_print_options(out);
	fclose(out);
	for (unsigned i = 0; i < config_option_count; i++) {
		char cell[128];

		snprintf(cell, sizeof(cell), "\n| `%s` |", config_options[i].path);
		assert_non_null(strstr(text, cell));
	}
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		unsigned bars = 0;

		for (const char *at = line; *at != '\0'; at++)
			bars += *at == '|';
		assert_int_equal(bars, 6);
		lines++;
	}
	assert_int_equal(lines, 2 + config_option_count + config_port_option_count);
	free(text);
}

static int
open_temp(void **state)
{
	(void)state;
	temp_open(&temp);
	return 0;
}

static int
close_temp(void **state)
{
	(void)state;
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_default_is_accepted),
		cmocka_unit_test(test_table_is_fit_to_be_shown),
		cmocka_unit_test(test_groups_are_whole),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_numbers_out_of_range),
		cmocka_unit_test(test_ends_of_ranges),
		cmocka_unit_test(test_numbers_beyond_32_bits),
		cmocka_unit_test(test_notations_of_numbers),
		cmocka_unit_test(test_lengths_of_texts),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_lists_of_cpus),
		cmocka_unit_test(test_lists_of_texts),
		cmocka_unit_test(test_too_many_texts),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_ports_must_be_a_list_of_groups),
		cmocka_unit_test(test_number_of_ports),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_wrong_addresses),
		cmocka_unit_test(test_number_of_addresses),
		cmocka_unit_test(test_address_twice),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_gateway_of_a_lone_address),
		cmocka_unit_test(test_gateway_of_a_family_without_address),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_peers_over_ipv6),
		cmocka_unit_test(test_missing_ports),
		cmocka_unit_test(test_virtual_driver_needs_no_ports),
		cmocka_unit_test(test_notes_about_sources),
		cmocka_unit_test(test_mtu),
		cmocka_unit_test(test_ring_size_is_a_power_of_two),
		cmocka_unit_test(test_timeout_is_above_interval),
		cmocka_unit_test(test_five_mistakes),
		cmocka_unit_test(test_syntax_errors),
		cmocka_unit_test(test_what_is_no_number),
		cmocka_unit_test(test_file_that_is_none),
		cmocka_unit_test(test_file_that_is_missing),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_of_an_absolute_path),
		cmocka_unit_test(test_print_and_load_again),
		cmocka_unit_test(test_values_arrive),
		cmocka_unit_test(test_defaults_that_depend),
		cmocka_unit_test(test_print_options),
	};

	return cmocka_run_group_tests(tests, open_temp, close_temp);
}
