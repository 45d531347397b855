// SPDX-License-Identifier: BSD-3-Clause

#include "hook_line.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define complain(...) option_complain(program, errors, __VA_ARGS__)

static bool
check_program(const struct option_program *program, const char *path, FILE *errors)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return complain("hook: %s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return complain("hook: %s: not a regular file", path);
	return access(path, X_OK) == 0
		|| complain("hook: %s: not executable for this user; see chmod(1)", path);
}

struct given {
	const char *name;
	bool is;
};

// Complains of each option that is given.
static bool
refuse(const struct option_program *program,
       const struct given *options,
       unsigned count,
       const char *with,
       FILE *errors)
{
	bool ok = true;

	for (unsigned i = 0; i < count; i++)
		if (options[i].is)
			ok = complain("--%s does not go with %s", options[i].name, with);
	return ok;
}

bool
hook_line_check(const struct option_program *program, struct command_line *line, FILE *errors)
{
	const struct given own[] = {
		{"up", line->up_s > 0},
		{"down", line->down_s > 0},
		{"limit", line->limit_s > 0},
		{"repeat", line->repeat_s > 0},
		{"drain", line->drain_s > 0},
		{"keep", line->keep},
		{"once", line->once},
	};
	enum { OWN = sizeof(own) / sizeof(*own) };
	const struct given others[] = {
		{"json", line->json}, {"watch", line->watch_s > 0}, {"all", line->all}};
	bool ok = true;

	if (line->command != &commands[COMMAND_hook])
		return line->command == NULL
			|| refuse(program, own, OWN, line->command->name, errors);
	ok &= refuse(program, others, sizeof(others) / sizeof(*others), "hook", errors);
	if (line->once)
		ok &= refuse(program, own, OWN - 1, "--once", errors);
	if (line->once && line->word_count > 0)
		ok = complain("hook: --once takes no PROGRAM");
	if (line->keep && line->drain_s > 0)
		ok = complain("hook: --drain does not go with --keep");
	if (!line->once && line->word_count == 0)
		ok = complain("hook: PROGRAM is missing: the path of an executable file");
	if (line->word_count > 0)
		ok &= check_program(program, line->words[0], errors);
	line->up_s = line->up_s > 0 ? line->up_s : HOOK_UP_S;
	line->down_s = line->down_s > 0 ? line->down_s : HOOK_DOWN_S;
	line->limit_s = line->limit_s > 0 ? line->limit_s : HOOK_LIMIT_S;
	return ok;
}

void
hook_line_print_help(FILE *out)
{
	fputs("\nPROGRAM is called with one argument:\n"
	      "  up    Weir serves, and has for --up SECONDS: let clients come\n"
	      "  down  it does not, has not answered for --down SECONDS, or is gone; or weirctl "
	      "ends\n"
	      "once at the start and then at each change, never twice at a time, and again after 5 "
	      "s "
	      "if it\nfails. Its environment has\n"
	      "  WEIR_HEALTH  the checks that fail, also those that only warn: \"link_down "
	      "no_address\"\n"
	      "  WEIR_REASON  why, a sentence\n",
	      out);
}
