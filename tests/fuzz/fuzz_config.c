// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to configuration files. A file that is refused has a reason a line; one that is accepted prints as a
// file that is accepted and prints the same.

#include "../../app/weir/config/config.h"
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 14 };

// A text in memory, as a file to be read by its path.
struct text_file {
	int fd;
	char path[40];
};

static void
text_file_open(struct text_file *file, const void *text, size_t size)
{
	file->fd = memfd_create("fuzz", MFD_CLOEXEC);
	demand(file->fd >= 0 && write(file->fd, text, size) == (ssize_t)size);
	snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d", file->fd);
}

static struct config *
load(const void *text, size_t size, char **errors)
{
	struct text_file file;
	size_t length;
	FILE *stream = open_memstream(errors, &length);

	text_file_open(&file, text, size);
	struct config *config = config_load(file.path, stream);

	fclose(stream);
	close(file.fd);
	return config;
}

static char *
print(const struct config *config)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	config_print(config, stream);
	fclose(stream);
	return text;
}

// Lines of "path:line: key: sentence" without control characters.
static void
check_errors(const char *errors)
{
	size_t length = strlen(errors);

	demand(length > 0 && errors[length - 1] == '\n');
	for (const char *line = errors; *line != '\0'; line = strchr(line, '\n') + 1)
		demand(strncmp(line, "/proc/self/fd/", 14) == 0 || strstr(line, ": ") != NULL);
	for (const char *c = errors; *c != '\0'; c++)
		demand(((unsigned char)*c >= ' ' && *c != 0x7f) || *c == '\n');
}

static void
check_printed(const struct config *config)
{
	char *text = print(config), *errors;
	struct config *again = load(text, strlen(text), &errors);

	demand(again != NULL);
	char *text_again = print(again);

	demand(strcmp(text, text_again) == 0);
	free(text_again);
	config_free(again);
	free(errors);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *errors;

	// What it includes is up to the machine.
	if (size > FILE_MAX || memmem(data, size, "@include", 8) != NULL)
		return 0;
	struct config *config = load(data, size, &errors);

	if (config == NULL)
		check_errors(errors);
	else
		check_printed(config);
	config_free(config);
	free(errors);
	return 0;
}
