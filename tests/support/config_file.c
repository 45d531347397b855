// SPDX-License-Identifier: BSD-3-Clause

#include "config_file.h"

#include <string.h>

char config_path[TEMP_PATH_MAX];
char config_errors[8192];

struct config *
config_file_load_path(const char *file)
{
	FILE *out = fmemopen(config_errors, sizeof(config_errors), "w");

	config_errors[0] = '\0';
	struct config *config = config_load(file, out);

	fclose(out);
	assert_int_equal(config == NULL, *config_errors != '\0');
	return config;
}

struct config *
config_file_load(const char *text)
{
	temp_write(&temp, "weir.cfg", text, config_path);
	return config_file_load_path(config_path);
}

struct config *
config_file_load_valid(const char *text)
{
	struct config *config = config_file_load(text);

	if (config == NULL)
		fail_msg("%s\n%s", text, config_errors);
	return config;
}

unsigned
config_file_error_lines(void)
{
	unsigned lines = 0;

	for (const char *at = config_errors; *at != '\0'; at++)
		lines += *at == '\n';
	return lines;
}

void
assert_config_error(unsigned line, const char *key, const char *words)
{
	char start[TEMP_PATH_MAX + 128];

	if (line == 0)
		snprintf(
			start, sizeof(start), "%s: %s%s", config_path, key, *key == '\0' ? "" : ": "
		);
	else
		snprintf(start, sizeof(start), "%s:%u: %s: ", config_path, line, key);
	const char *at = strstr(config_errors, start);

	if (at == NULL || (at != config_errors && at[-1] != '\n'))
		fail_msg("no line starts with \"%s\" in:\n%s", start, config_errors);
	const char *found = strstr(at, words);

	if (found == NULL || found > strchr(at, '\n'))
		fail_msg("not \"%s\" in:\n%s", words, at);
}

void
assert_config_refused(const char *text, unsigned line, const char *key, const char *words)
{
	struct config *config = config_file_load(text);

	config_free(config);
	if (config != NULL)
		fail_msg("accepted:\n%s", text);
	assert_config_error(line, key, words);
	assert_int_equal(config_file_error_lines(), 1);
}

char *
config_file_print(const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	config_print(config, out);
	fclose(out);
	return text;
}

void
assert_address_refused(const char *address, const char *words)
{
	char text[256];

	snprintf(
		text,
		sizeof(text),
		"ports = (\n{ vlan = 7;\naddresses = [ \"%s\" ]; } );\n",
		address
	);
	assert_config_refused(text, 3, "ports[0].addresses[0]", words);
}

void
assert_config_same(const char *one, const char *other)
{
	struct config *config_one = config_file_load_valid(one);
	struct config *config_other = config_file_load_valid(other);
	char *print_one = config_file_print(config_one);
	char *print_other = config_file_print(config_other);

	assert_string_equal(print_one, print_other);
	free(print_one);
	free(print_other);
	config_free(config_one);
	config_free(config_other);
}

void
config_file_set_option(
	char *text,
	size_t size,
	const struct config_option *option,
	const char *value
)
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
