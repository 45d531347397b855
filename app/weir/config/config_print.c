// SPDX-License-Identifier: BSD-3-Clause

#include "config_address.h"
#include "config_source.h"

#include <string.h>

static void
print_string(const char *text, FILE *out)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void
print_cpus(const struct config_cpus *cpus, FILE *out)
{
	fputs("[", out);
	for (unsigned i = 0; i < cpus->count; i++)
		fprintf(out, "%s%u", i == 0 ? "" : ", ", cpus->items[i]);
	fputs("]", out);
}

static void
print_strings(const struct config_strings *strings, FILE *out)
{
	fputs("[", out);
	for (unsigned i = 0; i < strings->count; i++) {
		fputs(i == 0 ? "" : ", ", out);
		print_string(strings->items[i], out);
	}
	fputs("]", out);
}

static void
print_addresses(const struct config_addresses *addresses, FILE *out)
{
	fputs("[", out);
	if (addresses->of_interface)
		print_string(CONFIG_ADDRESSES_OF_INTERFACE, out);
	for (unsigned i = 0; i < addresses->count; i++) {
		fputs(i == 0 ? "" : ", ", out);
		print_string(addresses->items[i].text, out);
	}
	fputs("]", out);
}

static void
print_value(const struct config_option *option, const void *values, FILE *out)
{
	const void *field = (const char *)values + option->offset;
	char word[32];

	switch (option->type) {
	case OPTION_BOOL:
		fputs(*(const bool *)field ? "true" : "false", out);
		break;
	case OPTION_UINT: // libconfig reads what is beyond 31 bits only with an L
		fprintf(out,
			"%u%s",
			*(const uint32_t *)field,
			*(const uint32_t *)field > INT32_MAX ? "L" : "");
		break;
	case OPTION_STRING:
		print_string(*(const char *const *)field, out);
		break;
	case OPTION_CHOICE:
		config_choice(option, *(const uint32_t *)field, word, sizeof(word));
		print_string(word, out);
		break;
	case OPTION_CPUS:
		print_cpus(field, out);
		break;
	case OPTION_STRINGS:
		print_strings(field, out);
		break;
	case OPTION_ADDRESSES:
		print_addresses(field, out);
		break;
	}
}

void
config_print_setting(const struct config *config, const struct config_option *option, FILE *out)
{
	const void *field = (const char *)config + option->offset;

	if (option->type == OPTION_STRING) {
		fputs(*(const char *const *)field, out);
	} else if (option->type == OPTION_CHOICE) {
		char word[32];

		config_choice(option, *(const uint32_t *)field, word, sizeof(word));
		fputs(word, out);
	} else {
		print_value(option, config, out);
	}
	fputc('\n', out);
}

void
config_show(const struct config_option *option, const void *base, char *text, size_t size)
{
	const void *field = (const char *)base + option->offset;

	if (option->type == OPTION_STRING) {
		snprintf(text, size, "%s", *(const char *const *)field);
		return;
	}
	if (option->type == OPTION_CHOICE) {
		config_choice(option, *(const uint32_t *)field, text, size);
		return;
	}
	FILE *out = fmemopen(text, size, "w");

	*text = '\0';
	if (out == NULL)
		return;
	print_value(option, base, out);
	fclose(out); // ends the text with a byte 0, where there is room
	text[size - 1] = '\0';
}

// Which clients the addresses of a port mean, as comments.
static void
print_notes(const struct config *config, const struct config_addresses *addresses, FILE *out)
{
	char note[512];

	for (unsigned i = 0; i < addresses->count; i++)
		if (config_note_sources(config, &addresses->items[i], note, sizeof(note))
		    != CONFIG_NOTE_NONE)
			fprintf(out, "        # %s\n", note);
}

static void
print_ports(const struct config *config, FILE *out)
{
	fputs("ports = (\n", out);
	for (unsigned p = 0; p < config->port_count; p++) {
		fputs("    {\n", out);
		print_notes(config, &config->ports[p].addresses, out);
		for (unsigned i = 0; i < config_port_option_count; i++) {
			fprintf(out, "        %s = ", config_port_options[i].path);
			print_value(&config_port_options[i], &config->ports[p], out);
			fputs(";\n", out);
		}
		fputs(p + 1 < config->port_count ? "    },\n" : "    }\n", out);
	}
	fputs(");\n", out);
}

void
config_print(const struct config *config, FILE *out)
{
	size_t group_len = 0;
	const char *group = "";

	for (unsigned i = 0; i < config_option_count; i++) {
		const struct config_option *option = &config_options[i];
		size_t len = strcspn(option->path, ".");

		if (len != group_len || strncmp(group, option->path, len) != 0) {
			fprintf(out, "%s%.*s = {\n", i == 0 ? "" : "};\n", (int)len, option->path);
			group = option->path;
			group_len = len;
		}
		fprintf(out, "    %s = ", option->path + len + 1);
		print_value(option, config, out);
		fputs(";\n", out);
	}
	fputs("};\n", out);
	print_ports(config, out);
}

void
config_print_allowed(const struct config_option *option, FILE *out)
{
	switch (option->type) {
	case OPTION_BOOL:
		fputs("true or false", out);
		break;
	case OPTION_UINT:
		fprintf(out, "%u to %u", option->min, option->max);
		break;
	case OPTION_STRING:
		fprintf(out, "text of %u to %u characters", option->min, option->max);
		break;
	case OPTION_CHOICE:
		fputs("one of the words", out);
		break;
	case OPTION_CPUS:
		fprintf(out, "list of up to %u", option->max);
		break;
	case OPTION_STRINGS:
		fprintf(out, "list of up to %d texts", CONFIG_STRINGS_MAX);
		break;
	case OPTION_ADDRESSES:
		fprintf(out, "list of 1 to %u", option->max);
		break;
	}
}

static void
print_rows(const char *prefix, const struct config_option *options, unsigned count, FILE *out)
{
	for (unsigned i = 0; i < count; i++) {
		const struct config_option *option = &options[i];

		fprintf(out, "| `%s%s` | `%s` | ", prefix, option->path, option->default_value);
		config_print_allowed(option, out);
		fprintf(out,
			" | %s | %s | %s |\n",
			option->unit,
			option->change == CONFIG_RELOAD ? "reload" : "restart",
			option->help);
	}
}

void
config_print_options(FILE *out)
{
	fputs("| setting | default | allowed | unit | takes effect on | what it does |\n"
	      "|---|---|---|---|---|---|\n",
	      out);
	print_rows("", config_options, config_option_count, out);
	print_rows("ports[].", config_port_options, config_port_option_count, out);
}
