// SPDX-License-Identifier: BSD-3-Clause

#include "publish.h"

#include "../../../lib/bep15/mtu.h"
#include "workers.h"

#include <rte_malloc.h>

#include <sodium.h>

// Limits of replies on a port: the configured ones, or those of its MTU if smaller (0: not known yet).
static void
set_port(
	struct settings_port *settings,
	const struct port *port,
	const struct config *config,
	uint32_t interval_s,
	const char *denied_message
)
{
	const uint32_t wanted[FAMILY_COUNT] = {
		[FAMILY_IPV4] = config->peers_max_ipv4,
		[FAMILY_IPV6] = config->peers_max_ipv6,
	};
	uint32_t mtu = port->mtu != 0 ? port->mtu : UINT32_MAX;

	settings->policy = (struct announce_policy){
		.interval_s = interval_s,
		.interval_spread_s = config->interval_spread_s,
		.peers_default = (uint16_t)config->peers_default,
		.denied_message = denied_message,
	};
	for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++) {
		settings->policy.peers_max[f] = (uint16_t)RTE_MIN(wanted[f], mtu_peers(mtu, f));
		settings->scrape_rows[f] = (uint16_t)mtu_scrape_rows(mtu, f);
	}
}

// The part of a worker. The peers of one torrent are all in one shard.
static struct source_limits
source_limits_of(const struct weir *weir, const struct config *config)
{
	unsigned workers = RTE_MAX(weir->plan.worker_count, 1u);

	return (struct source_limits){
		.peers = config->peers_per_source,
		.peers_here = workers_share(config->peers_per_source, workers),
		.pair = config->peers_per_swarm_and_source,
		.torrents = config->torrents_per_source == 0
			? 0
			: workers_share(config->torrents_per_source, workers),
	};
}

// They hold secrets.
static void
dispose_settings(void *settings)
{
	sodium_memzero(settings, sizeof(struct settings));
	rte_free(settings);
}

bool
publish_settings(struct weir *weir, const struct config *config)
{
	struct settings *settings = rte_zmalloc("settings", sizeof(*settings), RTE_CACHE_LINE_SIZE);

	if (settings == NULL)
		return false;
	settings->version = weir->settings == NULL ? 1 : weir->settings->version + 1;
	settings->stage_turns = config->stage_turns;
	settings->echo_rate = config->echo_rate;
	settings->neighbour_rate = config->neighbour_rate;
	settings->unreachable_rate = config->unreachable_rate;
	settings->exception_rate = config->exception_rate;
	settings->shares = source_limits_of(weir, config);
	settings->limits = (struct budget_limits){
		.work = config->budget,
		.burst = config->burst,
		.connects = config->connects,
	};
	settings->overload = config->overload;
	settings->port_unreachable = config->port_unreachable;
	snprintf(
		settings->denied_message,
		sizeof(settings->denied_message),
		"%s",
		config->access_message
	);
	for (unsigned i = 0; i < weir->port_count; i++) {
		settings->hosts[weir->ports[i].id] = weir->ports[i].host;
		settings->unplugged |= (uint64_t)weir->ports[i].gone << weir->ports[i].id;
		set_port(
			&settings->ports[weir->ports[i].id],
			&weir->ports[i],
			config,
			governor_interval_s(
				&weir->governor, config->interval_s, config->interval_max_s
			),
			settings->denied_message
		);
	}
	keys_connid(&weir->keys, &settings->connid);
	publisher_publish(&weir->publisher, &weir->settings, settings, dispose_settings);
	return true;
}

static void
dispose_config(void *config)
{
	config_free(config);
}

void
publish_config(struct weir *weir, struct config *config)
{
	for (unsigned i = 0; i < weir->port_count; i++) {
		struct port *port = &weir->ports[i];

		__atomic_store_n(&port->config, &config->ports[i], __ATOMIC_RELEASE);
		if (!beside_is_open(&port->beside))
			__atomic_store_n(
				&port->addresses, &config->ports[i].addresses, __ATOMIC_RELEASE
			);
	}
	publisher_publish(&weir->publisher, &weir->config, config, dispose_config);
}

bool
publish_up(struct weir *weir, struct error *error)
{
	if (publisher_init(&weir->publisher, weir->plan.count)
	    && publish_settings(weir, weir->config))
		return true;
	publish_down(weir);
	return error_set(error, NULL, "no memory for the settings of lcores");
}

void
publish_down(struct weir *weir)
{
	publisher_free(&weir->publisher);
	if (weir->settings != NULL)
		dispose_settings((void *)weir->settings);
	weir->settings = NULL;
}
