// SPDX-License-Identifier: BSD-3-Clause
// A file into a struct config: defaults first, by the same road as what the file says.

#include "config_source.h"

#include <rte_common.h>
#include <rte_debug.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
config_error(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *format,
	...
)
{
	const char *file = setting == NULL ? NULL : config_setting_source_file(setting);
	va_list arguments;

	source->error_count++;
	fprintf(source->errors,
		"%s:%d: %s: ",
		file == NULL ? source->path : file,
		setting == NULL ? 0 : (int)config_setting_source_line(setting),
		key);
	va_start(arguments, format);
	vfprintf(source->errors, format, arguments);
	va_end(arguments);
	fputc('\n', source->errors);
}

const config_setting_t *
config_where(const struct config_source *source, const char *path)
{
	return config_lookup(&source->file, path);
}

// All defaults as one text, "options = (…); port_options = (…);", parsed once and kept.
static bool
read_defaults(config_t *defaults)
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
	FILE *out = open_memstream(&text, &size);

	for (unsigned t = 0; t < RTE_DIM(tables); t++) {
		fprintf(out, "%s = (", tables[t].name);
		for (unsigned i = 0; i < tables[t].count; i++)
			fprintf(out, "%s%s", i == 0 ? "" : ", ", tables[t].options[i].standard);
		fputs(");\n", out);
	}
	fclose(out);
	bool ok = config_read_string(defaults, text) == CONFIG_TRUE;

	free(text);
	return ok;
}

static void
apply_defaults(
	const struct config_source *source,
	const char *table,
	const struct config_option *options,
	unsigned count,
	void *values
)
{
	const config_setting_t *standards = config_lookup(&source->defaults, table);
	char why[256];

	for (unsigned i = 0; i < count; i++)
		if (!config_read_value(
			    &options[i],
			    config_setting_get_elem(standards, i),
			    (char *)values + options[i].offset,
			    why,
			    sizeof(why)
		    ))
			rte_panic("default of %s: %s\n", options[i].path, why);
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
	char why[256];

	if (!config_read_value(option, setting, (char *)values + option->offset, why, sizeof(why)))
		config_error(source, setting, key, "%s", why);
}

static const struct config_option *
find_option(const struct config_option *options, unsigned count, const char *path)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(options[i].path, path) == 0)
			return &options[i];
	return NULL;
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
		const struct config_option *option =
			find_option(config_port_options, config_port_option_count, name);

		snprintf(key, sizeof(key), "ports[%u].%s", number, name);
		if (option == NULL)
			config_error(source, setting, key, "is unknown; --print-options lists all");
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
		const struct config_option *option =
			find_option(config_options, config_option_count, key);

		if (option == NULL)
			config_error(
				config->source,
				setting,
				key,
				"is unknown; --print-options lists all"
			);
		else
			apply_setting(config->source, option, setting, key, config);
	}
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
		else
			config_error(
				config->source,
				setting,
				name,
				"is unknown; settings stand in groups, --print-options lists all"
			);
	}
}

// @include looks beside the file that includes, whatever folder we were started from. libconfig
// before 1.7 would put config_set_include_dir() in front of absolute paths too, so we go there.
static bool
parse_beside(config_t *parsed, FILE *file, const char *path)
{
	char *folder = strdup(path);
	char *slash = strrchr(folder, '/');
	int home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = home >= 0;

	if (ok && slash != NULL) {
		slash[slash == folder ? 1 : 0] = '\0';
		ok = chdir(folder) == 0;
	}
	ok = ok && config_read(parsed, file) == CONFIG_TRUE;
	if (home >= 0) {
		ok = fchdir(home) == 0 && ok;
		close(home);
	}
	free(folder);
	return ok;
}

// fopen opens a folder, and the parser would end the process at the first read.
static FILE *
open_file(const char *path)
{
	FILE *file = fopen(path, "r");
	struct stat status;

	if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISDIR(status.st_mode))
		return file;
	fclose(file);
	errno = EISDIR;
	return NULL;
}

static bool
parse_file(struct config_source *source, const char *path)
{
	FILE *file = open_file(path);
	bool ok = false;

	if (file == NULL) {
		fprintf(source->errors, "%s:0: file: cannot be read: %s\n", path, strerror(errno));
	} else {
		ok = parse_beside(&source->file, file, path);
		fclose(file);
		if (!ok) {
			const char *culprit = config_error_file(&source->file);
			const char *text = config_error_text(&source->file);

			fprintf(source->errors,
				"%s:%d: syntax: %s\n",
				culprit == NULL ? path : culprit,
				config_error_line(&source->file),
				text == NULL ? strerror(errno) : text);
		}
	}
	source->error_count += !ok;
	return ok;
}

struct config *
config_load(const char *path, FILE *errors)
{
	struct config *config = calloc(1, sizeof(*config));
	struct config_source *source = calloc(1, sizeof(*source));

	config->source = source;
	source->path = path;
	source->errors = errors;
	config_init(&source->file);
	config_init(&source->defaults);
	if (!read_defaults(&source->defaults))
		rte_panic("defaults: %s\n", config_error_text(&source->defaults));
	apply_defaults(source, "options", config_options, config_option_count, config);
	for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
		apply_defaults(
			source,
			"port_options",
			config_port_options,
			config_port_option_count,
			&config->ports[i]
		);
	if (parse_file(source, path)) {
		read_file(config);
		config_check(config);
	}
	if (source->error_count == 0)
		return config;
	config_free(config);
	return NULL;
}

void
config_explain(const struct config *config, const char *key, const char *sentence, FILE *errors)
{
	config->source->errors = errors;
	config_error(config->source, config_where(config->source, key), key, "%s", sentence);
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	config_destroy(&config->source->file);
	config_destroy(&config->source->defaults);
	free(config->source);
	free(config);
}
