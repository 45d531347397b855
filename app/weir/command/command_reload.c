// SPDX-License-Identifier: BSD-3-Clause

#include "../../common/memory.h"
#include "../control/reload.h"
#include "../lists/lists.h"
#include "../setup/errands.h"
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

struct order {
	FILE *lines;
	bool done;
};

// Errand.
static void
run_reload(struct weir *weir, void *argument)
{
	struct order *order = argument;

	order->done = reload(weir, order->lines);
}

// Reads the lists that are on, each with a line. Returns how many are wrong.
static unsigned
reload_lists(struct weir *weir, FILE *lines, FILE *errors)
{
	unsigned wrong = 0;
	uint64_t entries;

	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++) {
		struct list_info info;

		lists_info(weir, kind, &info);
		if (*info.path == '\0' || strcmp(info.mode, "off") == 0)
			continue;
		if (lists_reload(weir, kind, &entries, errors))
			fprintf(lines, "%s: %llu entries\n", info.path, (unsigned long long)entries
			);
		else
			wrong++;
	}
	return wrong;
}

static bool
run(const struct handler_call *call, FILE *lines, FILE *errors, struct error *error)
{
	struct order order = {.lines = lines};

	if (!errands_run(call->weir, run_reload, &order))
		return error_set(error, NULL, "Weir is ending");
	if (!order.done)
		return error_set(error, NULL, "reload failed: the running configuration stays");
	unsigned wrong = reload_lists(call->weir, lines, errors);

	return wrong == 0
		|| error_set(
			error,
			NULL,
			"the configuration is in force, but %u of the lists stay as before: "
			"their files have mistakes",
			wrong
		);
}

bool
command_reload(const struct handler_call *call, struct error *error)
{
	char *lines = NULL, *wrong = NULL;
	size_t size, wrong_size;
	FILE *out = memory_stream(&lines, &size);
	FILE *errors = memory_stream(&wrong, &wrong_size);
	bool done = false;

	if (out != NULL && errors != NULL)
		done = run(call, out, errors, error);
	else
		error_set(error, NULL, "no memory");
	if (out != NULL)
		fclose(out);
	if (errors != NULL)
		fclose(errors);
	if (lines != NULL && wrong != NULL) {
		if (*wrong != '\0')
			handler_add_lines(call->reply, "errors", wrong);
		else if (!done && *lines != '\0')
			handler_add_lines(call->reply, "errors", lines);
		if (done || *wrong != '\0')
			handler_add_lines(call->reply, "lines", lines);
	}
	free(lines);
	free(wrong);
	return done;
}
