// SPDX-License-Identifier: BSD-3-Clause

#include "plan_load.h"
#include "plan_print.h"
#include "pools.h"

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

// Numbers of the lcores that poll the queues of a port, by queue.
static json_t *
queues(const struct weir *weir, unsigned port)
{
	const struct lcore_plan *plan = &weir->plan;
	unsigned count = lcore_plan_queues(plan, port, weir->config);
	json_t *array = json_array();

	for (unsigned q = 0; q < count; q++) {
		unsigned lcore = lcore_plan_io(plan, lcore_plan_poller(plan, port, q)) + 1;

		json_array_append_new(array, json_integer(lcore));
	}
	return array;
}

static json_t *
ports(const struct weir *weir)
{
	json_t *array = json_array();

	for (unsigned p = 0; p < weir->config->port_count; p++) {
		const struct port_plan *port = &weir->plan.ports[p];
		const char *device = weir->config->ports[p].device;
		const char *exception = weir->config->ports[p].exception;

		json_array_append_new(
			array,
			json_pack(
				"{s:o, s:i, s:i, s:i, s:o, s:s}",
				"device",
				text(device, strlen(device)),
				"node",
				port->node,
				"memory_node",
				port->memory_node,
				"mbufs",
				(int)pools_planned(weir, port->memory_node),
				"queues",
				queues(weir, p),
				"exception",
				exception
			)
		);
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
load_of(const struct weir *weir, unsigned i)
{
	struct plan_load load = plan_load_of(weir, i);

	return json_pack(
		"{s:f, s:f, s:f, s:I, s:s}",
		"clients_share",
		load.clients,
		"torrents_share",
		load.torrents,
		"requests_s",
		load.requests_s,
		"requests_s_max",
		(json_int_t)load.rate->requests_s,
		"measured",
		load.rate->source
	);
}

static json_t *
lcores(const struct weir *weir)
{
	const struct lcore_plan *plan = &weir->plan;
	const struct lcore_role control = {
		plan->main_cpu, LCORE_NO_ROLE, LCORE_NO_ROLE, plan->main_node};
	json_t *array = json_array();

	json_array_append_new(array, lcore(0, &control));
	for (unsigned i = 0; i < plan->count; i++) {
		json_t *object = lcore(i + 1, &plan->lcores[i]);

		json_object_update_new(object, load_of(weir, i));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *
parts(const size_t bytes[MEMORY_PART_COUNT])
{
	json_t *object = json_object();

	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++)
		json_object_set_new(
			object, memory_part_infos[i].name, json_integer((json_int_t)bytes[i])
		);
	return object;
}

static json_t *
nodes(const struct memory_plan *plan)
{
	json_t *array = json_array();

	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		size_t bytes = memory_plan_bytes_on(plan, node);

		if (bytes > 0)
			json_array_append_new(
				array,
				json_pack(
					"{s:i, s:o, s:I}",
					"node",
					node,
					"parts_bytes",
					parts(plan->parts_on[node]),
					"bytes",
					(json_int_t)bytes
				)
			);
	}
	return array;
}

static json_t *
memory(const struct memory_plan *plan, const struct lcore_plan *lcores)
{
	return json_pack(
		"{s:o, s:I, s:b, s:b, s:i, s:i, s:o}",
		"parts_bytes",
		parts(plan->parts),
		"bytes",
		(json_int_t)plan->bytes,
		"hugepages",
		plan->hugepages,
		"ruled_by_eal_arguments",
		plan->foreign,
		"node",
		lcores->lcores[lcore_plan_worker(lcores, 0)].node,
		"buffers_node",
		lcores->ports[0].memory_node,
		"nodes",
		nodes(plan)
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
		json_object_set_new(object, "ports", ports(report->weir));
		json_object_set_new(object, "lcores", lcores(report->weir));
		json_object_set_new(object, "memory", memory(report->memory, &report->weir->plan));
		json_object_set_new(object, "machine", machine(report));
	}
	bool ok = object != NULL && json_dumpf(object, out, JSON_INDENT(2)) == 0
		&& fputc('\n', out) != EOF;

	json_decref(object);
	return ok;
}
