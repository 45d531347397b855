// SPDX-License-Identifier: BSD-3-Clause

#include "made_topology.h"

#include "temp_fixture.h"

#include <string.h>
#include <sys/stat.h>

static void
forget_devices(struct topology *topology)
{
	for (unsigned p = 0; p < CONFIG_PORTS_MAX; p++)
		topology->devices[p] = TOPOLOGY_ANY_NODE;
}

struct topology
made_topology(unsigned nodes, unsigned cpus_of_node)
{
	struct topology topology = {.count = nodes * cpus_of_node};

	for (unsigned i = 0; i < topology.count; i++)
		topology.cpus[i] = (struct topology_cpu){
			.number = (uint16_t)i,
			.node = (int16_t)(i / cpus_of_node),
		};
	forget_devices(&topology);
	return topology;
}

struct topology
made_topology_of(const struct config_cpus *cpus)
{
	struct topology topology = {.count = cpus->count};

	for (unsigned i = 0; i < cpus->count; i++)
		topology.cpus[i].number = (uint16_t)cpus->items[i];
	forget_devices(&topology);
	return topology;
}

void
made_file(const char *path, const char *text)
{
	char whole[TEMP_PATH_MAX];

	temp_path(&temp, path, whole);
	for (char *at = whole + strlen(temp.folder) + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		mkdir(whole, 0700);
		*at = '/';
	}
	temp_write(&temp, path, text, whole);
}
