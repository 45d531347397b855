// SPDX-License-Identifier: BSD-3-Clause

#include "../control/reload.h"
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

// Adds an array of the lines.
static void
add_lines(json_t *reply, const char *name, char *lines)
{
	json_t *array = json_array();
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		json_t *holder = json_object();

		handler_add_text(holder, "line", line);
		json_array_append(array, json_object_get(holder, "line"));
		json_decref(holder);
	}
	json_object_set_new(reply, name, array);
}

bool
command_reload(const struct handler_call *call, struct error *error)
{
	char *lines = NULL;
	size_t size;
	struct order order = {.lines = open_memstream(&lines, &size)};

	if (order.lines == NULL)
		return error_set(error, NULL, "no memory");
	bool ran = errands_run(call->weir, run_reload, &order);

	fclose(order.lines);
	if (ran)
		add_lines(call->reply, order.done ? "lines" : "errors", lines);
	free(lines);
	if (!ran)
		return error_set(error, NULL, "Weir is ending");
	return order.done
		|| error_set(error, NULL, "reload failed: the running configuration stays");
}
