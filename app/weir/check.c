// SPDX-License-Identifier: BSD-3-Clause

#include "check.h"

#include "plan_print.h"

#include <stdlib.h>

// What the machine, the key file and the export say, after the configuration itself.
static bool
check_surroundings(struct weir *weir, FILE *errors)
{
	const struct config *config = weir->config;
	struct boot_error error;
	struct config_cpus cpus;
	const char *key;
	bool right = true;

	lcore_plan_cpus(&cpus);
	if (!lcore_plan_make(&weir->plan, config, &cpus, &key, error.text, sizeof(error.text))) {
		config_explain(config, key, error.text, errors);
		right = false;
	}
	if (!keys_make(&weir->keys, config, true, error.text, sizeof(error.text))) {
		config_explain(config, "tracker.key_file", error.text, errors);
		right = false;
	}
	keys_forget(&weir->keys);
	if (!export_check(config, error.text, sizeof(error.text))) {
		config_explain(config, "export.file", error.text, errors);
		right = false;
	}
	return right;
}

void
check_make(struct check *check, struct weir *weir, const char *path)
{
	size_t size;

	*check = (struct check){.path = path};
	FILE *errors = open_memstream(&check->errors, &size);

	weir->config = config_open(path, errors);
	if (weir->config != NULL) {
		bool right = config_error_count(weir->config) == 0;

		check->right = check_surroundings(weir, errors) && right;
	}
	fclose(errors);
}

void
check_print(const struct check *check, const struct weir *weir, bool json, FILE *out)
{
	struct machine machine;
	struct memory_plan memory;
	char why[512] = "";
	const struct plan_report report = {
		.file = check->path,
		.right = check->right,
		.errors = check->errors,
		.warning = why,
		.weir = weir,
		.memory = &memory,
		.machine = &machine,
	};

	if (check->right) {
		machine_read(&machine, "");
		memory_plan_make(&memory, weir, &machine);
		memory_plan_judge(&memory, &machine, why, sizeof(why));
		if (memory.foreign)
			snprintf(
				why,
				sizeof(why),
				"EAL arguments rule the memory: it is not compared with what this "
				"machine has"
			);
	}
	if (json)
		plan_print_json(&report, out);
	else if (check->right)
		plan_print(&report, out);
	if (*why != '\0')
		fprintf(stderr, "weir: warning: %s\n", why);
}

void
check_free(struct check *check, struct weir *weir)
{
	config_free((struct config *)weir->config);
	weir->config = NULL;
	free(check->errors);
}
