// SPDX-License-Identifier: BSD-3-Clause

#include "eal.h"

#include "log.h"
#include "memory_plan.h"
#include "pci_address.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

__attribute__((format(printf, 2, 3))) static void
add(struct eal_arguments *arguments, const char *format, ...)
{
	va_list values;

	if (arguments->count == EAL_ARGUMENTS_MAX)
		return;
	va_start(values, format);
	if (vasprintf(&arguments->items[arguments->count], format, values) >= 0)
		arguments->count++;
	va_end(values);
	arguments->items[arguments->count] = NULL;
}

uint32_t
eal_memory_mb(const struct weir *weir)
{
	struct memory_plan plan;

	if (weir->config->memory_mb != 0)
		return weir->config->memory_mb;
	memory_plan_make(&plan, weir, NULL);
	return memory_plan_mb(&plan);
}

// EAL's options about memory, short and long. Their values follow "=" or as the next argument.
static bool
rules_memory(const char *argument)
{
	static const char *const options[] = {
		"-m",
		"--no-huge",
		"--in-memory",
		"--legacy-mem",
		"--socket-mem",
		"--numa-mem",
		"--huge-dir",
	};

	for (unsigned i = 0; i < RTE_DIM(options); i++) {
		size_t len = strlen(options[i]);

		if (strncmp(argument, options[i], len) == 0
		    && (argument[len] == '\0' || argument[len] == '=' || len == 2))
			return true;
	}
	return false;
}

bool
eal_memory_is_foreign(const struct weir *weir)
{
	for (unsigned i = 0; i < weir->config->driver_eal.count; i++)
		if (rules_memory(weir->config->driver_eal.items[i]))
			return true;
	for (int i = 0; i < weir->eal_argument_count; i++)
		if (rules_memory(weir->eal_arguments[i]))
			return true;
	return false;
}

void
eal_arguments_make(struct eal_arguments *arguments, const struct weir *weir)
{
	static const char *const levels[] = {"error", "warning", "info", "debug"};
	const struct config *config = weir->config;
	char lcores[8 * LCORES_MAX];

	*arguments = (struct eal_arguments){0};
	lcore_plan_eal(&weir->plan, lcores, sizeof(lcores));
	add(arguments, "weir");
	add(arguments, "--lcores=%s", lcores);
	add(arguments, "--file-prefix=%s", config->file_prefix);
	// EAL's own chatter: from warnings on, unless ours is asked for in detail.
	add(arguments, "--log-level=*:%s", config->log_level >= 3 ? "info" : "warning");
	add(arguments, "--log-level=lib.telemetry:error"); // it warns at every start
	// What is said while DPDK starts counts, too.
	add(arguments, "--log-level=weir:%s", levels[RTE_MIN(config->log_level, 3u)]);
	if (!config_uses_hugepages(config)) {
		add(arguments, "--no-huge");
		add(arguments, "--no-shconf");
		add(arguments, "-m");
		add(arguments, "%u", eal_memory_mb(weir));
	}
	for (unsigned i = 0; i < config->port_count; i++)
		if (pci_address_is_right(config->ports[i].device))
			add(arguments,
			    "--allow=%s%s%s",
			    config->ports[i].device,
			    *config->driver_devargs == '\0' ? "" : ",",
			    config->driver_devargs);
	for (unsigned i = 0; i < config->driver_eal.count; i++)
		add(arguments, "%s", config->driver_eal.items[i]);
	for (int i = 0; i < weir->eal_argument_count; i++)
		add(arguments, "%s", weir->eal_arguments[i]);
}

void
eal_arguments_free(struct eal_arguments *arguments)
{
	for (int i = 0; i < arguments->count; i++)
		free(arguments->items[i]);
}

// They stay as long as DPDK runs: telemetry shows them, and drivers keep pointers.
static struct eal_arguments arguments;

static bool
init(const struct weir *weir, struct boot_error *error)
{
	char *items[EAL_ARGUMENTS_MAX + 1]; // EAL permutes its list

	eal_arguments_make(&arguments, weir);
	for (int i = 0; i < arguments.count; i++)
		log_debug("EAL argument: %s", arguments.items[i]);
	memcpy(items, arguments.items, sizeof(items));
	if (rte_eal_init(arguments.count, items) >= 0)
		return true;
	snprintf(
		error->text,
		sizeof(error->text),
		"DPDK does not start (%s); its own message is above: check driver.eal and memory.*",
		rte_strerror(rte_errno)
	);
	eal_arguments_free(&arguments);
	return false;
}

bool
eal_up(struct weir *weir, struct boot_error *error)
{
	mode_t mask = umask(077); // the telemetry socket is for our user alone
	bool ok = init(weir, error);

	umask(mask);
	if (!ok)
		return false;
	log_set_level(weir->config->log_level);
	weir->start_tsc = rte_rdtsc();
	weir->start_s = weir->wall_s;
	return true;
}

void
eal_down(struct weir *weir)
{
	(void)weir;
	rte_eal_cleanup();
	eal_arguments_free(&arguments);
}
