// SPDX-License-Identifier: BSD-3-Clause

#include "port_rss.h"

#include "../log/log.h"

#include <errno.h>
#include <string.h>

enum { RETA_MAX = 512 };

uint64_t
port_rss_types(uint64_t offered, bool by_address)
{
	uint64_t types = offered & (RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP);

	if (by_address && (offered & RTE_ETH_RSS_IPV4) != 0)
		types &= ~RTE_ETH_RSS_NONFRAG_IPV4_UDP;
	if (by_address && (offered & RTE_ETH_RSS_IPV6) != 0)
		types &= ~(RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX);
	return types;
}

static bool
is_by_address(const struct config *config)
{
	return config->budget > 0 || config->connects > 0;
}

// The hash types, and the key of this run, if the driver takes one of such a length; otherwise its own.
static void
choose_hash(
	const struct config *config,
	const struct keys *keys,
	const struct rte_eth_dev_info *info,
	struct rte_eth_rss_conf *rss
)
{
	rss->rss_hf = port_rss_types(info->flow_type_rss_offloads, is_by_address(config));
	if (info->hash_key_size == 0 || info->hash_key_size > sizeof(keys->rss))
		return;
	rss->rss_key = (uint8_t *)(uintptr_t)keys->rss;
	rss->rss_key_len = info->hash_key_size;
}

void
port_rss_choose(
	const struct port *port,
	const struct config *config,
	const struct keys *keys,
	const struct rte_eth_dev_info *info,
	struct rte_eth_conf *conf
)
{
	struct rte_eth_rss_conf rss = {0};

	if (port->queues == 1)
		return;
	choose_hash(config, keys, info, &rss);
	if (!config->rss || rss.rss_hf == 0) {
		log_warning("port %s: no RSS: the load on its queues may be uneven", port->name);
		return;
	}
	if (is_by_address(config) && (rss.rss_hf & RTE_ETH_RSS_UDP) != 0)
		log_warning(
			"port %s: RSS needs UDP ports: a source may be spread over %u queues and "
			"get "
			"limits.budget in each io lcore",
			port->name,
			port->queues
		);
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf = rss;
	conf->rxmode.offloads |= info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH;
}

void
port_rss_update(const struct port *port, const struct config *config, const struct keys *keys)
{
	struct rte_eth_rss_conf rss = {0};
	struct rte_eth_dev_info info;

	if (port->queues == 1 || !config->rss || rte_eth_dev_info_get(port->id, &info) != 0)
		return;
	choose_hash(config, keys, &info, &rss);
	if (rss.rss_hf == 0 || rss.rss_key == NULL)
		return;
	int result = rte_eth_dev_rss_hash_update(port->id, &rss);

	if (result != 0 && result != -ENOTSUP)
		log_warning(
			"port %s: rte_eth_dev_rss_hash_update: %s; the key of RSS may be one that "
			"others know",
			port->name,
			strerror(-result)
		);
}

unsigned
port_rss_table_size(const struct port *port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port->id, &info) != 0 || info.reta_size > RETA_MAX)
		return 0;
	return info.reta_size;
}

// Entry i gets the queue of entry i modulo `repeat`.
static int
write_table(const struct port *port, unsigned size, unsigned repeat)
{
	struct rte_eth_rss_reta_entry64 reta[RETA_MAX / RTE_ETH_RETA_GROUP_SIZE] = {0};

	for (unsigned i = 0; i < size; i++) {
		struct rte_eth_rss_reta_entry64 *group = &reta[i / RTE_ETH_RETA_GROUP_SIZE];

		group->mask |= UINT64_C(1) << i % RTE_ETH_RETA_GROUP_SIZE;
		group->reta[i % RTE_ETH_RETA_GROUP_SIZE] = (uint16_t)(i % repeat % port->queues);
	}
	return rte_eth_dev_rss_reta_update(port->id, reta, (uint16_t)size);
}

void
port_rss_spread(const struct port *port)
{
	unsigned size = port->queues == 1 ? 0 : port_rss_table_size(port);
	int result = size == 0 ? 0 : write_table(port, size, size);

	if (result != 0 && result != -ENOTSUP)
		log_warning(
			"port %s: rte_eth_dev_rss_reta_update: %s; the redirection table is "
			"unchanged",
			port->name,
			strerror(-result)
		);
}

int
port_rss_deal(const struct port *port, unsigned size)
{
	return write_table(port, port_rss_table_size(port), size);
}

bool
port_rss_has_key(const struct port *port, const struct keys *keys, unsigned least)
{
	uint8_t key[sizeof(keys->rss)] = {0};
	struct rte_eth_rss_conf rss = {.rss_key = key, .rss_key_len = sizeof(key)};
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port->id, &info) != 0 || info.hash_key_size < least
	    || info.hash_key_size > sizeof(key))
		return false;
	rss.rss_key_len = info.hash_key_size;
	return rte_eth_dev_rss_hash_conf_get(port->id, &rss) == 0
		&& memcmp(key, keys->rss, info.hash_key_size) == 0;
}
