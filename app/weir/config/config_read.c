// SPDX-License-Identifier: BSD-3-Clause
// A file into a struct config: defaults first.

#include "../../common/memory.h"
#include "config_source.h"
#include "config_unknown.h"

#include <rte_common.h>
#include <rte_debug.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static config_t defaults; // parsed once, never freed: values of every configuration point into it

// All defaults as one text, "options = (…); port_options = (…);".
static void
parse_defaults(void)
{
	const struct {
		const char *name;
		const struct config_option *options;
		unsigned count;
	} tables[] = {
		{"options", config_options, config_option_count},
		{"port_options", config_port_options, config_port_option_count},
	};
	char *text = NULL;
	size_t size;
	FILE *out = memory_stream(&text, &size);

	for (unsigned t = 0; t < RTE_DIM(tables); t++) {
		fprintf(out, "%s = (", tables[t].name);
		for (unsigned i = 0; i < tables[t].count; i++)
			fprintf(out, "%s%s", i == 0 ? "" : ", ", tables[t].options[i].default_value
			);
		fputs(");\n", out);
	}
	fclose(out);
	config_init(&defaults);
	if (config_read_string(&defaults, text) != CONFIG_TRUE)
		rte_panic("defaults: %s\n", config_error_text(&defaults));
	free(text);
}

static void
apply_defaults(
	struct config_source *source,
	const char *table,
	const struct config_option *options,
	unsigned count,
	void *values
)
{
	const config_setting_t *standards = config_lookup(&defaults, table);

	for (unsigned i = 0; i < count; i++)
		if (!config_read_value(
			    source,
			    &options[i],
			    config_setting_get_elem(standards, i),
			    options[i].path,
			    (char *)values + options[i].offset
		    ))
			rte_panic("default of %s\n", options[i].path);
}

// Reads one setting into the field its option says.
static void
apply_setting(
	struct config_source *source,
	const struct config_option *option,
	const config_setting_t *setting,
	const char *key,
	void *values
)
{
	config_read_value(source, option, setting, key, (char *)values + option->offset);
}

static void
read_port(struct config *config, const config_setting_t *group, unsigned number)
{
	struct config_source *source = config->source;
	struct config_port *port = &config->ports[number];
	char key[128];

	snprintf(key, sizeof(key), "ports[%u]", number);
	if (!config_setting_is_group(group)) {
		config_error(source, group, key, "must be a group { … }");
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *setting = config_setting_get_elem(group, i);
		const char *name = config_setting_name(setting);
		const struct config_option *option = config_find_of_port(name);

		snprintf(key, sizeof(key), "ports[%u].%s", number, name);
		if (option == NULL)
			config_error_unknown(source, setting, key, name, true);
		else
			apply_setting(source, option, setting, key, port);
	}
}

static void
read_ports(struct config *config, const config_setting_t *ports)
{
	int count = config_setting_length(ports);

	if (!config_setting_is_list(ports) || count < 1 || count > CONFIG_PORTS_MAX) {
		config_error(
			config->source,
			ports,
			"ports",
			"must be a list ( { … }, … ) of 1 to %d groups",
			CONFIG_PORTS_MAX
		);
		return;
	}
	config->port_count = (unsigned)count;
	for (unsigned i = 0; i < config->port_count; i++)
		read_port(config, config_setting_get_elem(ports, i), i);
}

static void
read_group(struct config *config, const config_setting_t *group)
{
	const char *group_name = config_setting_name(group);
	char key[128];

	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *setting = config_setting_get_elem(group, i);

		snprintf(key, sizeof(key), "%s.%s", group_name, config_setting_name(setting));
		const struct config_option *option = config_find(key);

		if (option == NULL)
			config_error_unknown(config->source, setting, key, key, false);
		else
			apply_setting(config->source, option, setting, key, config);
	}
}

static bool
is_group_name(const char *name)
{
	size_t len = strlen(name);

	for (unsigned i = 0; i < config_option_count; i++)
		if (strncmp(config_options[i].path, name, len) == 0
		    && config_options[i].path[len] == '.')
			return true;
	return false;
}

static void
read_file(struct config *config)
{
	const config_setting_t *root = config_root_setting(&config->source->file);

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *setting = config_setting_get_elem(root, i);
		const char *name = config_setting_name(setting);

		if (strcmp(name, "ports") == 0)
			read_ports(config, setting);
		else if (config_setting_is_group(setting))
			read_group(config, setting);
		else if (is_group_name(name))
			config_error(config->source, setting, name, "must be a group { … }");
		else
			config_error_unknown(config->source, setting, name, name, false);
	}
}

// The scan knows the usual mistakes; this is for the rest.
static void
explain_syntax(struct config_source *source)
{
	unsigned line = (unsigned)config_error_line(&source->file);
	struct config_place place = config_text_place(&source->text, line);
	const char *text = config_error_text(&source->file);

	source->error_count++;
	fprintf(source->errors,
		"%s:%u: syntax: %s; %s\n",
		place.file == NULL ? source->path : place.file,
		place.file == NULL ? 1 : place.line,
		text,
		strstr(text, "duplicate") != NULL
			? "this name appears twice in its group, or in the file: keep one"
			: "a setting is NAME = VALUE; a group NAME = { SETTINGS };");
}

static bool
parse_file(struct config_source *source, const char *path)
{
	source->error_count += config_text_read(&source->text, path, source->errors);
	if (source->error_count > 0)
		return false;
	if (config_read_string(&source->file, source->text.bytes) == CONFIG_TRUE)
		return true;
	explain_syntax(source);
	return false;
}

// By the same road as what the file says.
static void
read_defaults(struct config *config)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, parse_defaults);
	apply_defaults(config->source, "options", config_options, config_option_count, config);
	apply_defaults(
		config->source,
		"port_options",
		config_port_options,
		config_port_option_count,
		&config->ports[0]
	);
	for (unsigned i = 1; i < CONFIG_PORTS_MAX; i++)
		config->ports[i] = config->ports[0];
}

struct config *
config_open(const char *path, FILE *errors)
{
	struct config *config = memory_zeroed(sizeof(*config));
	struct config_source *source = memory_zeroed(sizeof(*source));

	config->source = source;
	source->path = path;
	source->errors = errors;
	config_init(&source->file);
	read_defaults(config);
	if (!parse_file(source, path)) {
		config_free(config);
		return NULL;
	}
	read_file(config);
	config_check(config);
	return config;
}

struct config *
config_load(const char *path, FILE *errors)
{
	struct config *config = config_open(path, errors);

	if (config == NULL || config_error_count(config) == 0)
		return config;
	config_free(config);
	return NULL;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	config_destroy(&config->source->file);
	config_text_free(&config->source->text);
	for (unsigned i = 0; i < config->source->kept_count; i++)
		free(config->source->kept[i]);
	free(config->source->kept);
	free(config->source);
	free(config);
}
