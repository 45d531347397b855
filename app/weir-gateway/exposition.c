// SPDX-License-Identifier: BSD-3-Clause

#include "exposition.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name[2]; // without and with OpenMetrics
	const char *suffix; // of the samples' names; not part of the family's name in OpenMetrics
} types[] = {
	[EXPOSITION_COUNTER] = {{"counter", "counter"}, "_total"},
	[EXPOSITION_GAUGE] = {{"gauge", "gauge"}, ""},
	[EXPOSITION_HISTOGRAM] = {{"histogram", "histogram"}, ""},
	[EXPOSITION_INFO] = {{"gauge", "info"}, "_info"},
};

// Ends the current family in EXPOSITION_JSON.
static void
end_family(struct exposition *exposition)
{
	if (exposition->out != NULL && exposition->headed)
		fputs("]}", exposition->out);
	exposition->headed = false;
}

void
exposition_begin(struct exposition *exposition, enum exposition_format format)
{
	*exposition = (struct exposition){.format = format};
	exposition->out = open_memstream(&exposition->text, &exposition->size);
}

char *
exposition_end(struct exposition *exposition, size_t *size)
{
	if (exposition->out == NULL)
		return NULL;
	if (exposition->format == EXPOSITION_OPEN_METRICS)
		fputs("# EOF\n", exposition->out);
	if (exposition->format == EXPOSITION_JSON) {
		end_family(exposition);
		fputs(exposition->families == 0 ? "{\"metrics\":[]}" : "]}", exposition->out);
	}
	bool good = ferror(exposition->out) == 0;

	if (fclose(exposition->out) != 0 || !good) {
		free(exposition->text);
		return NULL;
	}
	*size = exposition->size;
	return exposition->text;
}

const char *
exposition_content_type(enum exposition_format format)
{
	static const char *const content_types[] = {
		[EXPOSITION_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
		[EXPOSITION_OPEN_METRICS] =
			"application/openmetrics-text; version=1.0.0; charset=utf-8",
		[EXPOSITION_JSON] = "application/json; charset=utf-8",
	};

	return content_types[format];
}

void
exposition_family(struct exposition *exposition, const struct exposition_family *family)
{
	if (exposition->format == EXPOSITION_JSON)
		end_family(exposition);
	exposition->family = family;
	exposition->headed = false;
	exposition->samples = 0;
}

static void
write_head(struct exposition *exposition)
{
	const struct exposition_family *family = exposition->family;
	bool open = exposition->format == EXPOSITION_OPEN_METRICS;
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

// Writes a JSON string, with control characters and quotes escaped (RFC 8259 section 7).
static void
write_json_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void
write_json_member(FILE *out, const char *name, const char *text, const char *behind)
{
	fprintf(out, "\"%s\":", name);
	write_json_text(out, text);
	fputs(behind, out);
}

static void
write_json_head(struct exposition *exposition)
{
	const struct exposition_family *family = exposition->family;
	FILE *out = exposition->out;

	fputs(exposition->families++ == 0 ? "{\"metrics\":[{" : ",{", out);
	write_json_member(out, "type", types[family->type].name[0], ",");
	write_json_member(out, "name", family->name, ",");
	write_json_member(out, "help", family->help, ",");
	write_json_member(out, "unit", family->unit, ",");
	fputs("\"samples\":[", out);
	exposition->headed = true;
}

// Writes a sample up to its value, which is the last member.
static void
write_json_sample(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels
)
{
	FILE *out = exposition->out;

	if (!exposition->headed)
		write_json_head(exposition);
	fprintf(out,
		"%s{\"part\":\"%s\",\"labels\":[",
		exposition->samples++ == 0 ? "" : ",",
		suffix);
	for (unsigned i = 0; i < EXPOSITION_LABELS_MAX && labels->items[i].name != NULL; i++) {
		fputs(i == 0 ? "{" : ",{", out);
		write_json_member(out, "name", labels->items[i].name, ",");
		write_json_member(out, "value", labels->items[i].value, "}");
	}
	fputs("],\"value\":", out);
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

// Writes a line up to its value.
static void
write_name(
	struct exposition *exposition,
	const char *suffix,
	const struct exposition_labels *labels
)
{
	FILE *out = exposition->out;
	unsigned count = 0;

	if (exposition->format == EXPOSITION_JSON) {
		write_json_sample(exposition, suffix, labels);
		return;
	}
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

// Text after the value of a sample, by format.
static const char *const ends[] =
	{[EXPOSITION_TEXT] = "\n", [EXPOSITION_OPEN_METRICS] = "\n", [EXPOSITION_JSON] = "}"};

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
	fprintf(exposition->out, "%lu%s", value, ends[exposition->format]);
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
	fprintf(exposition->out, "%.15g%s", value, ends[exposition->format]);
}
