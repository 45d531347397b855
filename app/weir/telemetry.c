// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry.h"

#include "control.h"
#include "version.h"

#include <rte_cycles.h>
#include <rte_telemetry.h>
#include <rte_version.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

// The callbacks get no context of ours, so the appliance stands here while it is whole.
// Written by the control thread; `lock` keeps a callback from reading what is being freed.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct weir *watched;

static int
read_stats(struct stats *sum)
{
	int error = -ENODEV;

	pthread_mutex_lock(&lock);
	if (watched != NULL) {
		control_sum_stats(watched, sum);
		error = 0;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

static int
show_stats(const char *command, const char *parameters, struct rte_tel_data *data)
{
	struct stats sum;

	(void)command;
	(void)parameters;
	if (read_stats(&sum) != 0)
		return -ENODEV;
	rte_tel_data_start_dict(data);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		rte_tel_data_add_dict_u64(data, stat_infos[s].name, sum.values[s]);
	return 0;
}

// Which families a parameter asks for: all without one; false where there is no such family.
static bool
asks_family(const char *parameters, enum family family)
{
	return parameters == NULL || strcmp(parameters, family_names[family]) == 0;
}

static int
show_verdicts(const char *command, const char *parameters, struct rte_tel_data *data)
{
	struct stats sum;
	unsigned families = 0;

	(void)command;
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		families += asks_family(parameters, f);
	if (families == 0)
		return -EINVAL;
	if (read_stats(&sum) != 0)
		return -ENODEV;
	rte_tel_data_start_dict(data);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		uint64_t count = 0;

		for (unsigned f = 0; f < FAMILY_COUNT; f++)
			if (asks_family(parameters, f))
				count += sum.verdicts[f][v];
		rte_tel_data_add_dict_u64(data, verdict_infos[v].name, count);
	}
	return 0;
}

static int
show_info(const char *command, const char *parameters, struct rte_tel_data *data)
{
	int error = -ENODEV;

	(void)command;
	(void)parameters;
	pthread_mutex_lock(&lock);
	if (watched != NULL) {
		rte_tel_data_start_dict(data);
		rte_tel_data_add_dict_string(data, "version", WEIR_VERSION);
		rte_tel_data_add_dict_string(data, "dpdk", rte_version());
		rte_tel_data_add_dict_string(data, "driver", watched->config->driver_name);
		rte_tel_data_add_dict_u64(data, "udp_port", watched->config->tracker_port);
		rte_tel_data_add_dict_u64(data, "ports", watched->port_count);
		rte_tel_data_add_dict_u64(data, "io_lcores", watched->plan.io_count);
		rte_tel_data_add_dict_u64(data, "worker_lcores", watched->plan.worker_count);
		error = 0;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

// Names are "STAGE_cycles" and "STAGE_items".
static void
add_stage(struct rte_tel_data *data, const char *stage, const char *what, uint64_t value)
{
	char name[RTE_TEL_MAX_STRING_LEN];

	snprintf(name, sizeof(name), "%s_%s", stage, what);
	rte_tel_data_add_dict_u64(data, name, value);
}

static int
show_stages(const char *command, const char *parameters, struct rte_tel_data *data)
{
	struct stage_sum sums[STAGE_COUNT];
	int error = -ENODEV;

	(void)command;
	(void)parameters;
	pthread_mutex_lock(&lock);
	if (watched != NULL) {
		control_sum_stages(watched, sums);
		rte_tel_data_start_dict(data);
		rte_tel_data_add_dict_u64(data, "tsc_hz", rte_get_tsc_hz());
		rte_tel_data_add_dict_u64(data, "stage_turns", watched->config->stage_turns);
		for (unsigned s = 0; s < STAGE_COUNT; s++) {
			add_stage(data, stage_infos[s].name, "cycles", sums[s].cycles);
			add_stage(data, stage_infos[s].name, "items", sums[s].items);
		}
		error = 0;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

static const struct {
	const char *command;
	telemetry_cb show;
	const char *help;
} commands[] = {
	{"/weir/info", show_info, "What runs here. No parameters"},
	{"/weir/stats", show_stats, "Counters and gauges, all lcores together. No parameters"},
	{"/weir/stages",
	 show_stages,
	 "Cycles and items of each stage of a turn, of the turns timed"},
	{"/weir/verdicts", show_verdicts, "How packets ended. Optional: link, ipv4 or ipv6"},
};

static void
watch(const struct weir *weir)
{
	pthread_mutex_lock(&lock);
	watched = weir;
	pthread_mutex_unlock(&lock);
}

bool
telemetry_up(struct weir *weir, struct boot_error *error)
{
	for (unsigned i = 0; i < RTE_DIM(commands); i++) {
		int result = rte_telemetry_register_cmd(
			commands[i].command, commands[i].show, commands[i].help
		);

		if (result == 0)
			continue;
		snprintf(
			error->text,
			sizeof(error->text),
			"telemetry command %s: %s",
			commands[i].command,
			strerror(-result)
		);
		return false;
	}
	watch(weir);
	return true;
}

void
telemetry_down(struct weir *weir)
{
	(void)weir;
	watch(NULL);
}
