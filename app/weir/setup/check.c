// SPDX-License-Identifier: BSD-3-Clause

#include "check.h"

#include "../../common/memory.h"
#include "../config/pci_address.h"
#include "export_path.h"
#include "plan_cross.h"
#include "plan_print.h"
#include "rights.h"
#include "snapshot_path.h"
#include "socket_group.h"
#include "steering.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A list that is on needs a file.
static bool
check_lists(const struct config *config, FILE *errors)
{
	const struct {
		bool on;
		const char *path, *switch_setting, *path_setting;
	} lists[] = {
		{config->access_mode != CONFIG_LIST_OFF,
		 config->access_file,
		 "access.mode",
		 "access.file"},
		{config->clients_mode != CONFIG_LIST_OFF,
		 config->clients_file,
		 "access.clients_mode",
		 "access.clients_file"},
		{config->keys_required, config->keys_file, "keys.required", "keys.file"},
	};
	struct error error;
	bool right = true;

	for (unsigned i = 0; i < RTE_DIM(lists); i++) {
		if (!lists[i].on || *lists[i].path != '\0')
			continue;
		error_set(
			&error,
			lists[i].switch_setting,
			"needs %s, the path of the list",
			lists[i].path_setting
		);
		config_explain(config, &error, errors);
		right = false;
	}
	return right;
}

bool
check_surroundings(
	const struct config *config,
	const struct topology *topology,
	struct lcore_plan *plan,
	FILE *errors
)
{
	struct error error;
	struct keys keys;
	struct socket_group group;
	bool right = true;

	if (!lcore_plan_make(plan, config, topology, &error)) {
		config_explain(config, &error, errors);
		right = false;
	} else if (!steering_check(config, plan, &error)) {
		config_explain(config, &error, errors);
		right = false;
	}
	if (!rights_check(config, &error)) { // before files that it may own
		config_explain(config, &error, errors);
		right = false;
	}
	if (!keys_make(&keys, config, true, &error)) {
		config_explain(config, &error, errors);
		right = false;
	}
	keys_forget(&keys);
	if (!socket_group_find(config, &group, &error)) {
		config_explain(config, &error, errors);
		right = false;
	}
	if (!export_path_check(config, &error)) {
		config_explain(config, &error, errors);
		right = false;
	}
	if (!snapshot_path_check(config, &error)) {
		config_explain(config, &error, errors);
		right = false;
	}
	return check_lists(config, errors) && right;
}

void
check_make(struct check *check, struct weir *weir, const char *path, check_files *files)
{
	const struct machine machine = {.root = ""};
	size_t size;

	*check = (struct check){.path = path};
	FILE *errors = memory_stream(&check->errors, &size);

	weir->config = config_open(path, errors);
	if (weir->config != NULL) {
		bool right = config_error_count(weir->config) == 0;

		topology_read(&weir->topology, &machine);
		topology_read_devices(&weir->topology, &machine, weir->config);
		check->right =
			check_surroundings(weir->config, &weir->topology, &weir->plan, errors)
			&& right;
		check->right = files(weir->config, errors) && check->right;
	}
	fclose(errors);
}

static bool
read_topology(struct weir *weir, const char *root, FILE *errors)
{
	const struct machine machine = {.root = root};

	if (*root == '\0')
		topology_read(&weir->topology, &machine);
	else if (!topology_read_all(&weir->topology, &machine)) {
		fprintf(errors,
			"--sysroot %s: has no sys/devices/system/cpu/online: name the folder that "
			"has the folder sys of a machine\n",
			root);
		return false;
	}
	topology_read_devices(&weir->topology, &machine, weir->config);
	return true;
}

void
check_make_plan(struct check *check, struct weir *weir, const char *path, const char *root)
{
	struct error error;
	size_t size;

	*check = (struct check){.path = path, .root = root};
	FILE *errors = memory_stream(&check->errors, &size);

	weir->config = config_open(path, errors);
	if (weir->config != NULL && read_topology(weir, root, errors)) {
		check->right = lcore_plan_make(&weir->plan, weir->config, &weir->topology, &error);
		if (!check->right)
			config_explain(weir->config, &error, errors);
		check->right &= config_error_count(weir->config) == 0;
	}
	fclose(errors);
}

// Own addresses whose neighbours would be refused are not wrong, but hardly what was meant.
static void
warn_of_sources(const struct config *config, FILE *warnings)
{
	char note[512];

	for (unsigned p = 0; p < config->port_count; p++)
		for (unsigned i = 0; i < config->ports[p].addresses.count; i++)
			if (config_note_sources(
				    config, &config->ports[p].addresses.items[i], note, sizeof(note)
			    )
			    == CONFIG_NOTE_WARNING)
				fprintf(warnings, "ports[%u]: %s\n", p, note);
}

static void
warn_of_memory(const struct memory_plan *memory, const struct machine *machine, FILE *warnings)
{
	struct error error;

	if (memory->foreign)
		fputs("EAL arguments control memory: its size is not compared with what this "
		      "machine has\n",
		      warnings);
	else if (memory_plan_judge(memory, machine, &error) != MEMORY_FITS)
		fprintf(warnings, "%s\n", error.text);
}

// Root can check what another user will run, to whom these files then belong.
static void
warn_of_owners(const struct config *config, FILE *warnings)
{
	const struct {
		const char *setting, *path;
	} secrets[] = {
		{"tracker.key_file", config->key_file},
		{"snapshot.file", config->snapshot_file},
		{"keys.file", config->keys_file},
	};
	struct stat status;

	for (unsigned i = 0; i < RTE_DIM(secrets); i++)
		if (*secrets[i].path != '\0' && stat(secrets[i].path, &status) == 0
		    && status.st_uid != geteuid() && status.st_uid != 0)
			fprintf(warnings,
				"%s: %s belongs to user %u, so that only this user can start Weir "
				"with it\n",
				secrets[i].setting,
				secrets[i].path,
				status.st_uid);
}

static void
warn_of_devices(const struct config *config, const struct machine *machine, FILE *warnings)
{
	for (unsigned p = 0; p < config->port_count; p++) {
		const char *device = config->ports[p].device;

		if (pci_address_is_right(device) && !topology_has_device(machine, device))
			fprintf(warnings,
				"ports[%u]: %s/sys/bus/pci/devices has no %s, so that its "
				"NUMA node is not known\n",
				p,
				machine->root,
				device);
	}
}

static void
warn(const struct check *check,
     const struct weir *weir,
     const struct memory_plan *memory,
     const struct machine *machine,
     FILE *warnings)
{
	if (check->root != NULL)
		warn_of_devices(weir->config, machine, warnings);
	else {
		warn_of_sources(weir->config, warnings);
		warn_of_owners(weir->config, warnings);
		warn_of_memory(memory, machine, warnings);
	}
	plan_cross_tell(weir, warnings);
}

static void
tell_warnings(char *lines)
{
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		fprintf(stderr, "weir: warning: %s\n", line);
}

void
check_print(const struct check *check, const struct weir *weir, bool json, FILE *out)
{
	struct machine machine;
	struct memory_plan memory;
	struct plan_report report = {
		.file = check->path,
		.right = check->right,
		.checked = check->root == NULL,
		.errors = check->errors,
		.weir = weir,
		.memory = &memory,
		.machine = &machine,
	};
	char *lines;
	size_t size;
	FILE *warnings = memory_stream(&lines, &size);

	if (check->right) {
		machine_read(&machine, check->root != NULL ? check->root : "");
		memory_plan_make(&memory, weir);
		warn(check, weir, &memory, &machine, warnings);
	}
	fclose(warnings);
	report.warnings = lines;
	if (json)
		plan_print_json(&report, out);
	else if (check->right)
		plan_print(&report, out);
	tell_warnings(lines);
	free(lines);
}

void
check_free(struct check *check, struct weir *weir)
{
	config_free((struct config *)weir->config);
	weir->config = NULL;
	free(check->errors);
}
