// SPDX-License-Identifier: BSD-3-Clause

#include "config_source.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
config_error(
	struct config_source *source,
	const config_setting_t *setting,
	const char *key,
	const char *format,
	...
)
{
	struct config_place place = {NULL, 0};
	va_list arguments;

	if (setting != NULL)
		place = config_text_place(&source->text, config_setting_source_line(setting));
	source->error_count++;
	if (place.file == NULL)
		fprintf(source->errors, "%s: %s: ", source->path, key);
	else
		fprintf(source->errors, "%s:%u: %s: ", place.file, place.line, key);
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

unsigned
config_error_count(const struct config *config)
{
	return config->source->error_count;
}

void
config_explain(const struct config *config, const struct error *error, FILE *errors)
{
	config->source->errors = errors;
	const config_setting_t *where = config_where(config->source, error->setting);

	config_error(config->source, where, error->setting, "%s", error->text);
}

const char *
config_keep(struct config_source *source, const char *text)
{
	char **kept = reallocarray(source->kept, source->kept_count + 1, sizeof(*kept));

	if (kept == NULL)
		return NULL;
	source->kept = kept;
	kept[source->kept_count] = strdup(text);
	return kept[source->kept_count] == NULL ? NULL : kept[source->kept_count++];
}
