// SPDX-License-Identifier: BSD-3-Clause

#include "config_text.h"

#include "../../common/memory.h"
#include "../../common/plain_file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Where `meson install` puts drivers-config/.
#ifndef WEIR_DATA_DIR
#define WEIR_DATA_DIR "/usr/local/share/weir"
#endif

void
config_text_error(struct config_text *text, unsigned file, unsigned line, const char *format, ...)
{
	va_list arguments;

	text->error_count++;
	fprintf(text->errors, "%s:%u: syntax: ", text->files[file], line);
	va_start(arguments, format);
	vfprintf(text->errors, format, arguments);
	va_end(arguments);
	fputc('\n', text->errors);
}

void
config_text_new_line(struct config_text *text, unsigned file, unsigned number)
{
	unsigned count = text->line_count;

	if ((count & (count + 1)) == 0) // full: 0, 1, 3, 7 … are in use
		text->lines = memory_grow(text->lines, (2 * count + 1) * sizeof(*text->lines));
	text->lines[text->line_count++] = (struct config_line){file, number};
}

// What a text editor may have put in front, or what is no text at all. NULL: neither.
static const char *
strange_bytes(const char *bytes, size_t len)
{
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return "starts with a byte order mark; save it as UTF-8 without one";
	if (len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
		return "is UTF-16; save it as UTF-8";
	if (memchr(bytes, '\0', len) != NULL)
		return "holds a byte 0; it must be a text in UTF-8";
	return NULL;
}

// Adds the text of a file. Takes over `path`.
static void
add_file(struct config_text *text, char *path, char *bytes, size_t len, unsigned depth)
{
	unsigned file = text->file_count++;
	const char *strange = strange_bytes(bytes, len);

	text->files[file] = path;
	config_text_new_line(text, file, 1);
	if (strange == NULL)
		config_scan_file(text, file, bytes, depth);
	else
		config_text_error(text, file, 1, "the file %s", strange);
	free(bytes);
}

// The path of `name` in the folder that `includer` lies in.
static char *
path_beside(const char *includer, const char *name)
{
	const char *slash = strrchr(includer, '/');
	char *path = NULL;

	if (*name == '/' || slash == NULL)
		return memory_text(name);
	return asprintf(&path, "%.*s/%s", (int)(slash - includer), includer, name) < 0 ? NULL
										       : path;
}

static char *
installed_path(const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", WEIR_DATA_DIR, name) < 0 ? NULL : path;
}

void
config_text_include(
	struct config_text *text,
	unsigned file,
	unsigned line,
	const char *name,
	unsigned depth
)
{
	char *path = path_beside(text->files[file], name);
	struct error error;
	size_t len;

	if (depth >= CONFIG_INCLUDE_DEPTH_MAX || text->file_count == CONFIG_INCLUDES_MAX) {
		config_text_error(
			text,
			file,
			line,
			"\"%s\" is not read: at most %d files, %d deep; does a file include "
			"itself?",
			name,
			CONFIG_INCLUDES_MAX,
			CONFIG_INCLUDE_DEPTH_MAX
		);
		free(path);
		return;
	}
	bool found = access(path, F_OK) == 0;

	if (!found && *name != '/') {
		char *installed = installed_path(name);

		found = access(installed, F_OK) == 0;
		if (found) {
			free(path);
			path = installed;
		} else {
			free(installed);
		}
	}
	if (!found && *name != '/') {
		config_text_error(
			text,
			file,
			line,
			"include file not found: neither %s nor %s/%s exists",
			path,
			WEIR_DATA_DIR,
			name
		);
		free(path);
		return;
	}
	char *bytes = plain_file_read(path, PLAIN_FILE_PUBLIC, CONFIG_TEXT_MAX, &len, &error);

	if (bytes != NULL) {
		add_file(text, path, bytes, len, depth + 1);
		return;
	}
	config_text_error(text, file, line, "include file %s %s", path, error.text);
	free(path);
}

unsigned
config_text_read(struct config_text *text, const char *path, FILE *errors)
{
	struct error error;
	size_t len;
	char *bytes = plain_file_read(path, PLAIN_FILE_PUBLIC, CONFIG_TEXT_MAX, &len, &error);

	*text = (struct config_text){.errors = errors};
	if (bytes == NULL) {
		fprintf(errors, "%s: %s\n", path, error.text);
		return ++text->error_count;
	}
	text->out = memory_stream(&text->bytes, &text->len);
	add_file(text, memory_text(path), bytes, len, 0);
	fclose(text->out);
	return text->error_count;
}

void
config_text_free(struct config_text *text)
{
	for (unsigned i = 0; i < text->file_count; i++)
		free(text->files[i]);
	free(text->lines);
	free(text->bytes);
}

struct config_place
config_text_place(const struct config_text *text, unsigned line)
{
	if (line == 0 || line > text->line_count)
		return (struct config_place){NULL, 0};
	const struct config_line *at = &text->lines[line - 1];

	return (struct config_place){text->files[at->file], at->number};
}
