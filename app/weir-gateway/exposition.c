// SPDX-License-Identifier: BSD-3-Clause

#include "exposition.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name[2]; // without and with OpenMetrics
	const char *suffix; // of the samples' name, which OpenMetrics leaves out of the family's
} types[] = {
	[EXPOSITION_COUNTER] = {{"counter", "counter"}, "_total"},
	[EXPOSITION_GAUGE] = {{"gauge", "gauge"}, ""},
	[EXPOSITION_HISTOGRAM] = {{"histogram", "histogram"}, ""},
	[EXPOSITION_INFO] = {{"gauge", "info"}, "_info"},
};

void
exposition_begin(struct exposition *exposition, bool open_metrics)
{
	*exposition = (struct exposition){.open_metrics = open_metrics};
	exposition->out = open_memstream(&exposition->text, &exposition->size);
}

char *
exposition_end(struct exposition *exposition, size_t *size)
{
	if (exposition->out == NULL)
		return NULL;
	if (exposition->open_metrics)
		fputs("# EOF\n", exposition->out);
	bool good = ferror(exposition->out) == 0;

	if (fclose(exposition->out) != 0 || !good) {
		free(exposition->text);
		return NULL;
	}
	*size = exposition->size;
	return exposition->text;
}

const char *
exposition_content_type(bool open_metrics)
{
	return open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
			    : "text/plain; version=0.0.4; charset=utf-8";
}

void
exposition_family(struct exposition *exposition, const struct exposition_family *family)
{
	exposition->family = family;
	exposition->headed = false;
}

static void
write_head(struct exposition *exposition)
{
	const struct exposition_family *family = exposition->family;
	bool open = exposition->open_metrics;
	size_t cut = open ? strlen(types[family->type].suffix) : 0;
	int length = (int)(strlen(family->name) - cut);

	exposition->headed = true;
	fprintf(exposition->out,
		"# HELP %.*s %s\n# TYPE %.*s %s\n",
		length,
		family->name,
		family->help,
		length,
		family->name,
		types[family->type].name[open]);
	if (open && *family->unit != '\0')
		fprintf(exposition->out, "# UNIT %.*s %s\n", length, family->name, family->unit);
}

static void
write_label_value(FILE *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '"' || *value == '\\')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
}

// Everything of a line but its value.
static void
write_name(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels
)
{
	FILE *out = exposition->out;
	unsigned count = 0;

	if (!exposition->headed)
		write_head(exposition);
	fprintf(out, "%s%s", exposition->family->name, suffix);
	for (; count < EXPOSITION_LABELS_MAX && labels->items[count].name != NULL; count++) {
		fprintf(out, "%c%s=\"", count == 0 ? '{' : ',', labels->items[count].name);
		write_label_value(out, labels->items[count].value);
		fputc('"', out);
	}
	fputs(count > 0 ? "} " : " ", out);
}

void
exposition_integer(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels,
	uint64_t value
)
{
	if (exposition->out == NULL)
		return;
	write_name(exposition, suffix, labels);
	fprintf(exposition->out, "%lu\n", value);
}

void
exposition_real(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels,
	double value
)
{
	if (exposition->out == NULL)
		return;
	write_name(exposition, suffix, labels);
	fprintf(exposition->out, "%.15g\n", value);
}
