// SPDX-License-Identifier: BSD-3-Clause
// The configuration: what the file says, checked, with every default filled in.
//
// Made at start and for each reload, and never changed once published (weir.h says how to read it).

#pragma once

#include "../../../lib/stats/verdict.h"
#include "../../common/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	CONFIG_CPUS_MAX = 64,
	CONFIG_STRINGS_MAX = 32,
	CONFIG_ADDRESSES_MAX = 16,
	CONFIG_PORTS_MAX = 8,
};

struct config_cpus {
	unsigned count;
	uint32_t items[CONFIG_CPUS_MAX];
};

struct config_strings {
	unsigned count;
	const char *items[CONFIG_STRINGS_MAX];
};

struct config_address {
	enum family family;
	uint8_t bytes[16]; // network order; the first 4 for IPv4
	uint8_t prefix; // bits
	bool anycast; // served, never claimed (struct host)
	const char *text; // as written
	uint8_t item; // of the list in the file, from 0
};

struct config_addresses {
	bool of_interface; // "interface" was written: those that the kernel has, and none here
	unsigned count;
	struct config_address items[CONFIG_ADDRESSES_MAX];
};

// The C type of each type of option.
#define CONFIG_FIELD_BOOL bool
#define CONFIG_FIELD_UINT uint32_t
#define CONFIG_FIELD_STRING const char *
#define CONFIG_FIELD_CHOICE uint32_t
#define CONFIG_FIELD_CPUS struct config_cpus
#define CONFIG_FIELD_STRINGS struct config_strings
#define CONFIG_FIELD_ADDRESSES struct config_addresses

struct config_port {
#define PORT_OPTION(type, field, ...) CONFIG_FIELD_##type field;
#include "config_options.def"
};

struct config {
#define OPTION(type, field, ...) CONFIG_FIELD_##type field;
#include "config_options.def"
	unsigned port_count;
	struct config_port ports[CONFIG_PORTS_MAX];
	struct config_source *source; // the parsed file, which holds the strings
};

// The words of CHOICE options, in the order of the table.
enum config_idle {
	CONFIG_IDLE_AUTO,
	CONFIG_IDLE_SLEEP,
	CONFIG_IDLE_POLL,
	CONFIG_IDLE_PAUSE,
	CONFIG_IDLE_MONITOR,
	CONFIG_IDLE_INTERRUPT,
};
enum config_log_target {
	CONFIG_LOG_AUTO,
	CONFIG_LOG_STDERR,
	CONFIG_LOG_SYSLOG,
	CONFIG_LOG_JOURNAL,
};
enum config_list_mode { CONFIG_LIST_OFF, CONFIG_LIST_ALLOW, CONFIG_LIST_DENY };
enum config_on_failure { CONFIG_ON_FAILURE_EMPTY, CONFIG_ON_FAILURE_STOP };
enum config_stack { CONFIG_STACK_OWN, CONFIG_STACK_KERNEL };
enum config_seccomp { CONFIG_SECCOMP_ON, CONFIG_SECCOMP_LOG, CONFIG_SECCOMP_OFF };
enum config_steering { CONFIG_STEERING_SOFTWARE, CONFIG_STEERING_RSS_RAW, CONFIG_STEERING_FLOW };
enum config_hugepages { CONFIG_HUGEPAGES_AUTO, CONFIG_HUGEPAGES_YES, CONFIG_HUGEPAGES_NO };

enum option_type {
	OPTION_BOOL,
	OPTION_UINT,
	OPTION_STRING,
	OPTION_CHOICE,
	OPTION_CPUS,
	OPTION_STRINGS,
	OPTION_ADDRESSES,
};

// When a new value in the file takes effect.
enum config_change {
	CONFIG_RELOAD, // on SIGHUP
	CONFIG_RESTART,
};

struct config_option {
	const char *path; // "group.name"; of a port option the name alone
	enum option_type type;
	const char *default_value; // in the syntax of a configuration file
	uint32_t min, max;
	const char *unit; // of a CHOICE: its words
	enum config_change change;
	const char *help;
	size_t offset; // of the field in struct config or struct config_port
};

extern const struct config_option config_options[];
extern const unsigned config_option_count;
extern const struct config_option config_port_options[];
extern const unsigned config_port_option_count;

// Reads and checks a file. NULL where anything is wrong: everything that is has been written to
// `errors` by then, a line each: "file:line: key: what is wrong and what is allowed".
struct config *config_load(const char *path, FILE *errors);

// The same, but a file whose settings are wrong is handed out too, with defaults in place of wrong
// values, so that what else is wrong can be told at the same time. NULL: no file, or no syntax.
struct config *config_open(const char *path, FILE *errors);
unsigned config_error_count(const struct config *config);
void config_free(struct config *config);

// Writes "file:line: key: sentence" for a setting whose value turned out to be wrong only on this
// machine: error->setting. Without a line where the file does not name it.
void config_explain(const struct config *config, const struct error *error, FILE *errors);

// Makes `next`, which has no errors, the configuration that may replace `running`: it keeps its values of settings that
// take effect on a reload and gets those of `running` for all others. Writes a line to `changes` for each setting with
// a new value: "file:line: key: was A, is B", or "... needs a restart" where it keeps the old one. False where ports
// differ, or new settings do not go with one that is kept: nothing may change then, and `errors` has the lines.
bool config_follow(struct config *next, const struct config *running, FILE *changes, FILE *errors);

// The effective configuration as a file, which config_load reads back to the same values.
void config_print(const struct config *config, FILE *out);

// One value of `base`, the config or one of its ports, cut to `size` bytes; texts without quotes.
void config_show(const struct config_option *option, const void *base, char *text, size_t size);

// The setting of a path, or of a name in an item of `ports`; NULL: there is none.
const struct config_option *config_find(const char *path);
const struct config_option *config_find_of_port(const char *path);

// The value of one setting in a line: texts and words without quotes, the rest as in a file.
void
config_print_setting(const struct config *config, const struct config_option *option, FILE *out);

// As Markdown: the reference of all options; the kinds of sources, and what is done with each (docs/sources.md).
void config_print_options(FILE *out);
void config_print_sources(FILE *out);

enum config_note { CONFIG_NOTE_NONE, CONFIG_NOTE_INFO, CONFIG_NOTE_WARNING };

// Which clients are served on an address of ours that is not a public one, as a sentence, and whether
// it has to be a warning: its neighbours are refused. NONE where there is nothing to say.
enum config_note config_note_sources(
	const struct config *config,
	const struct config_address *address,
	char *text,
	size_t size
);

// Defaults that depend on others.
static inline bool
config_uses_hugepages(const struct config *config)
{
	return config->hugepages == CONFIG_HUGEPAGES_AUTO
		? !config->driver_virtual
		: config->hugepages == CONFIG_HUGEPAGES_YES;
}
