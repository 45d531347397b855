// SPDX-License-Identifier: BSD-3-Clause

#include "steering.h"

#include "../log/log.h"
#include "own_jobs.h"
#include "port_rss.h"

#include <rte_bitops.h>

#include <string.h>

static const char setting[] = "driver.steering";

void
steering_word(enum config_steering kind, char *word, size_t size)
{
	const struct config of_kind = {.steering = kind};

	config_show(config_find(setting), &of_kind, word, size);
}

bool
steering_check(const struct config *config, const struct lcore_plan *plan, struct error *error)
{
	char word[STEERING_WORD_MAX];

	if (!steering_is_wanted(config)
	    || (plan->count == plan->io_count && plan->count == plan->worker_count))
		return true;
	steering_word(config->steering, word, sizeof(word));
	return error_set(
		error,
		setting,
		"\"%s\" needs lcores with both roles, because a request stays on the lcore that "
		"receives it: name the same CPUs in lcores.io and lcores.workers, or set "
		"\"software\"",
		word
	);
}

// --- what ports must have -------------------------------------------------------------------------

static bool
ports_fit(const struct weir *weir, struct error *why)
{
	unsigned workers = weir->plan.worker_count;

	if (workers == 1)
		return error_set(why, setting, "one worker owns all torrents");
	for (unsigned i = 0; i < weir->port_count; i++) {
		const struct port *port = &weir->ports[i];

		if (port->queues != workers)
			return error_set(
				why,
				setting,
				"port %s has %u queue pairs for %u lcores",
				port->name,
				port->queues,
				workers
			);
	}
	return true;
}

// RSS over the info_hash is of use only if Weir computes the same hash and the same queue. `size`: of the smallest
// redirection table.
static bool
rss_fits(const struct weir *weir, unsigned *size, struct error *why)
{
	*size = STEER_RETA_SIZE;
	for (unsigned i = 0; i < weir->port_count; i++) {
		const struct port *port = &weir->ports[i];
		unsigned own = port_rss_table_size(port);

		if (!port_rss_has_key(port, &weir->keys, STEER_TOEPLITZ_KEY_BYTES))
			return error_set(
				why, setting, "port %s does not take the key of RSS", port->name
			);
		if (own < port->queues || !rte_is_power_of_2(own))
			return error_set(
				why,
				setting,
				"port %s has no redirection table that can be set, or a small one: "
				"%u entries",
				port->name,
				own
			);
		*size = RTE_MIN(*size, own);
	}
	return true;
}

// The worker of each queue: of the lcore that it belongs to.
static void
workers_of_queues(const struct lcore_plan *plan, uint8_t workers[CONFIG_CPUS_MAX])
{
	for (unsigned i = 0; i < plan->count; i++)
		workers[plan->lcores[i].io] = (uint8_t)plan->lcores[i].worker;
}

// --- rules ----------------------------------------------------------------------------------------

static bool
deal_tables(const struct weir *weir, unsigned size, struct error *why)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		int result = port_rss_deal(&weir->ports[i], size);

		if (result != 0)
			return error_set(
				why,
				setting,
				"port %s: rte_eth_dev_rss_reta_update: %s",
				weir->ports[i].name,
				strerror(-result)
			);
	}
	return true;
}

// Rules of RSS, and their removal, may have changed by what a port spreads its packets.
static void
restore_rss(const struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		port_rss_update(&weir->ports[i], weir->config, &weir->keys);
		port_rss_spread(&weir->ports[i]);
	}
}

static bool
steer_by_rss(struct weir *weir, struct error *why)
{
	struct steering *steering = &weir->steering;
	uint8_t workers[CONFIG_CPUS_MAX];
	unsigned size;

	if (!rss_fits(weir, &size, why))
		return false;
	if (!steering_rules_create(
		    &steering->rules, weir->ports, weir->port_count, CONFIG_STEERING_RSS_RAW, why
	    )
	    || !deal_tables(weir, size, why)) {
		steering_rules_destroy(&steering->rules);
		restore_rss(weir);
		return false;
	}
	workers_of_queues(&weir->plan, workers);
	steer_follow_rss(&weir->steer, weir->keys.rss, size, workers, weir->plan.worker_count);
	return true;
}

static bool
steer_by_rules(struct weir *weir, struct error *why)
{
	struct steering *steering = &weir->steering;
	uint8_t workers[CONFIG_CPUS_MAX];

	if (!steering_rules_create(
		    &steering->rules, weir->ports, weir->port_count, CONFIG_STEERING_FLOW, why
	    ))
		return false;
	workers_of_queues(&weir->plan, workers);
	steer_follow_rules(&weir->steer, workers, weir->plan.worker_count);
	return true;
}

static bool
put_in_force(struct weir *weir, struct error *why)
{
	bool (*steer)(struct weir *, struct error *) =
		weir->config->steering == CONFIG_STEERING_FLOW ? steer_by_rules : steer_by_rss;

	if (!ports_fit(weir, why) || !own_jobs_up(weir, why))
		return false;
	if (steer(weir, why))
		return true;
	own_jobs_down(weir);
	return false;
}

bool
steering_up(struct weir *weir, struct error *error)
{
	const struct config *config = weir->config;
	struct error why;
	char word[STEERING_WORD_MAX];

	(void)error;
	weir->steering = (struct steering){.in_force = CONFIG_STEERING_SOFTWARE};
	if (!steering_is_wanted(config))
		return true;
	steering_word(config->steering, word, sizeof(word));
	if (!put_in_force(weir, &why)) {
		log_warning(
			"%s: Weir steers torrents in software, not by driver.steering = \"%s\"",
			why.text,
			word
		);
		return true;
	}
	weir->steering.in_force = config->steering;
	log_info("torrents are steered by the NIC: %s, %u rules", word, weir->steering.rules.count);
	if (config->budget > 0 || config->connects > 0)
		log_warning(
			"announces of a source are spread over %u lcores by their torrents: "
			"it gets limits.budget in each",
			weir->plan.io_count
		);
	return true;
}

void
steering_down(struct weir *weir)
{
	if (weir->steering.in_force == CONFIG_STEERING_SOFTWARE)
		return;
	steering_rules_destroy(&weir->steering.rules);
	own_jobs_down(weir);
	weir->steering.in_force = CONFIG_STEERING_SOFTWARE;
}
