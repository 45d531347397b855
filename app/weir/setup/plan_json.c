// SPDX-License-Identifier: BSD-3-Clause

#include "plan_print.h"

#include <jansson.h>
#include <string.h>

enum { VERSION = 1 }; // of the object: raised when a member changes its meaning or goes

// A JSON string of `len` bytes, which may be no UTF-8: a path need not be.
static json_t *
text(const char *bytes, size_t len)
{
	json_t *value = json_stringn(bytes, len);

	return value != NULL ? value : json_string("?");
}

static json_t *
lines(const char *text_of_lines)
{
	json_t *array = json_array();

	while (*text_of_lines != '\0') {
		size_t len = strcspn(text_of_lines, "\n");

		json_array_append_new(array, text(text_of_lines, len));
		text_of_lines += len + (text_of_lines[len] == '\n');
	}
	return array;
}

static json_t *
lcore(unsigned number, const struct lcore_role *role)
{
	return json_pack(
		"{s:i, s:i, s:i, s:b, s:b, s:b}",
		"lcore",
		(int)number,
		"cpu",
		(int)role->cpu,
		"node",
		role->node,
		"control",
		number == 0,
		"io",
		role->io != LCORE_NO_ROLE,
		"worker",
		role->worker != LCORE_NO_ROLE
	);
}

static json_t *
lcores(const struct plan_report *report)
{
	const struct lcore_plan *plan = &report->weir->plan;
	const struct lcore_role control = {
		plan->main_cpu, LCORE_NO_ROLE, LCORE_NO_ROLE, plan->main_node};
	json_t *array = json_array();

	json_array_append_new(array, lcore(0, &control));
	for (unsigned i = 0; i < plan->count; i++)
		json_array_append_new(array, lcore(i + 1, &plan->lcores[i]));
	return array;
}

static json_t *
memory(const struct memory_plan *plan, const struct lcore_plan *lcores)
{
	json_t *parts = json_object();

	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++)
		json_object_set_new(
			parts, memory_part_infos[i].name, json_integer((json_int_t)plan->parts[i])
		);
	return json_pack(
		"{s:o, s:I, s:b, s:b, s:i, s:i}",
		"parts_bytes",
		parts,
		"bytes",
		(json_int_t)plan->bytes,
		"hugepages",
		plan->hugepages,
		"ruled_by_eal_arguments",
		plan->foreign,
		"node",
		lcores->lcores[lcore_plan_worker(lcores, 0)].node,
		"buffers_node",
		lcores->ports[0].memory_node
	);
}

static json_t *
pages(const struct plan_report *report)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < report->machine->pages_count; i++) {
		const struct machine_pages *size = &report->machine->pages[i];
		size_t bytes = report->memory->hugepages
			? memory_plan_bytes_on(report->memory, size->node)
			: 0;
		uint64_t needed = (bytes + size->page_bytes - 1) / size->page_bytes;

		json_array_append_new(
			array,
			json_pack(
				"{s:i, s:I, s:I, s:I, s:I, s:b}",
				"node",
				size->node,
				"page_bytes",
				(json_int_t)size->page_bytes,
				"needed",
				(json_int_t)needed,
				"free",
				(json_int_t)size->free,
				"reserved",
				(json_int_t)size->total,
				"mounted",
				size->mounted
			)
		);
	}
	return array;
}

static json_t *
machine(const struct plan_report *report)
{
	return json_pack(
		"{s:I, s:I, s:I, s:o}",
		"memory_bytes",
		(json_int_t)report->machine->memory_bytes,
		"available_bytes",
		(json_int_t)report->machine->available_bytes,
		"left_behind_bytes",
		(json_int_t)report->machine->left_bytes,
		"hugepages",
		pages(report)
	);
}

bool
plan_print_json(const struct plan_report *report, FILE *out)
{
	json_t *object = json_pack(
		"{s:i, s:o, s:b, s:o, s:o}",
		"version",
		VERSION,
		"file",
		text(report->file, strlen(report->file)),
		"right",
		report->right,
		"errors",
		lines(report->errors),
		"warnings",
		lines(report->warnings)
	);

	if (object != NULL && report->right) {
		json_object_set_new(object, "lcores", lcores(report));
		json_object_set_new(object, "memory", memory(report->memory, &report->weir->plan));
		json_object_set_new(object, "machine", machine(report));
	}
	bool ok = object != NULL && json_dumpf(object, out, JSON_INDENT(2)) == 0
		&& fputc('\n', out) != EOF;

	json_decref(object);
	return ok;
}
