// SPDX-License-Identifier: BSD-3-Clause
// Configurations for tests: written to a file in the folder of the fixture, and loaded.

#pragma once

#include "../../app/weir/config/config.h"
#include "temp_fixture.h"

// The smallest configuration: one port with one address, in one line.
#define PORTS "ports = ( { addresses = [ \"198.51.100.10/24\" ]; } );\n"

extern char config_path[TEMP_PATH_MAX]; // of the last file
extern char config_errors[8192]; // of the last load

// NULL where the file is refused; config_errors says why.
struct config *config_file_load_path(const char *file);
struct config *config_file_load(const char *text);

// Fails the test where the text is refused.
struct config *config_file_load_valid(const char *text);

// Writes a configuration to `text` that sets `option` to `value` in its second line.
void config_file_set_option(
	char *text,
	size_t size,
	const struct config_option *option,
	const char *value
);

// The result of --print-config; to be freed.
char *config_file_print(const struct config *config);

unsigned config_file_error_lines(void);

// Fails unless a line of the errors starts with "path:line: key: " and has `words` after that; with
// line 0, "path: key: ".
void assert_config_error(unsigned line, const char *key, const char *words);

// Fails unless the text is refused for this one reason.
void assert_config_refused(const char *text, unsigned line, const char *key, const char *words);

// The same for the only address of a port.
void assert_address_refused(const char *address, const char *words);

// Fails unless both texts mean the same.
void assert_config_same(const char *one, const char *other);
