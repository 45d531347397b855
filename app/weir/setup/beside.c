// SPDX-License-Identifier: BSD-3-Clause

#include "beside.h"

#include "../log/log.h"
#include "../weir.h"
#include "kernel_link.h"
#include "port_host.h"
#include "publish.h"

#include <rte_ethdev.h>
#include <rte_malloc.h>

struct beside_host {
	struct host host;
	struct kernel_link link;
};

// --- the host -------------------------------------------------------------------------------------

static void
fill_host(struct beside_host *made, const struct port *port, const struct config *config)
{
	struct host *host = &made->host;

	port_host_fill(host, port, &made->link.addresses, config);
	host->mac = made->link.mac;
	host->partial_checksums = true;
	host->offload_ip_checksum = port->host->offload_ip_checksum;
	host->offload_udp_checksum = port->host->offload_udp_checksum;
	host->ipv6_off = port->host->ipv6_off;
	host->ipv4_usable = (UINT32_C(1) << host->ipv4_count) - 1; // the kernel has probed them
	host->ipv6_usable = (UINT32_C(1) << host->ipv6_count) - 1;
}

static struct beside_host *
make_host(const struct port *port, const struct config *config, struct error *error)
{
	struct beside_host *made = rte_zmalloc("host", sizeof(*made), RTE_CACHE_LINE_SIZE);

	if (made == NULL) {
		error_set(error, NULL, "no memory for its addresses");
		return NULL;
	}
	if (!kernel_link_read(&made->link, port->kernel.index, port->config->vlan, error)) {
		rte_free(made);
		return NULL;
	}
	fill_host(made, port, config);
	return made;
}

static void
tell_host(const struct port *port)
{
	const struct kernel_link *link = &port->beside.host->link;

	for (unsigned i = 0; i < link->addresses.count; i++)
		log_info("port %s: %s of %s", port->name, link->texts[i], port->kernel.name);
	if (link->addresses.count == 0)
		log_warning(
			"port %s: %s has no address: nothing is served until it has",
			port->name,
			port->kernel.name
		);
	if (link->left_out > 0)
		log_warning(
			"port %s: %u more addresses of %s are not served: at most %d of a "
			"family are",
			port->name,
			link->left_out,
			port->kernel.name,
			HOST_CONFIGURED_MAX
		);
}

static void
show_host(struct port *port, struct beside_host *made)
{
	__atomic_store_n(&port->addresses, &made->link.addresses, __ATOMIC_RELEASE);
	__atomic_store_n(&port->host, &made->host, __ATOMIC_RELEASE);
}

// --- start and end --------------------------------------------------------------------------------

// Words around an error that does not name the port.
static bool
fail(const struct port *port, struct error *error)
{
	return error_set(
		error, error->setting, "port %s: %s: %s", port->name, port->kernel.name, error->text
	);
}

static bool
hold(struct port *port, struct error *error)
{
	struct kernel_link link;

	if (!kernel_link_read(&link, port->kernel.index, port->config->vlan, error))
		return false;
	if (!xdp_program_hold(
		    &port->beside.program,
		    port->kernel.index,
		    link.xdp_id,
		    link.xdp == KERNEL_LINK_XDP_GENERIC,
		    error
	    ))
		return false;
	if (link.promiscuous)
		rte_eth_promiscuous_enable(port->id); // the driver would turn it off at its start
	log_info(
		"port %s: beside the kernel on %s, %s XDP",
		port->name,
		port->kernel.name,
		link.xdp == KERNEL_LINK_XDP_GENERIC ? "generic" : "native"
	);
	return true;
}

bool
beside_open(struct port *port, const struct config *config, struct error *error)
{
	struct beside_host *made;

	if (port->kernel.index == 0)
		return error_set(
			error,
			"host.stack",
			"\"kernel\" needs net_af_xdp ports, and %s is none",
			port->name
		);
	made = make_host(port, config, error);
	if (made == NULL)
		return fail(port, error);
	port->beside.program.link = -1;
	port->beside.host = made;
	show_host(port, made);
	if (hold(port, error)) {
		tell_host(port);
		return true;
	}
	fail(port, error);
	beside_close(port);
	port->beside.left_open = false; // what is there is the driver's own, which it takes off
	return false;
}

void
beside_serve(struct port *port, const struct config *config)
{
	xdp_program_set(
		&port->beside.program,
		port->addresses,
		rte_cpu_to_be_16((uint16_t)config->tracker_port),
		port->config->vlan
	);
}

void
beside_stop(struct port *port)
{
	xdp_program_set(&port->beside.program, port->addresses, 0, port->config->vlan);
}

bool
beside_close(struct port *port)
{
	struct beside *beside = &port->beside;
	struct kernel_link link;
	struct error error;

	if (!beside_is_open(beside))
		return true;
	xdp_program_release(&beside->program);
	port->host = &port->own_host;
	port->addresses = &port->config->addresses;
	rte_free(beside->host);
	beside->host = NULL;
	beside->left_open = kernel_link_read(&link, port->kernel.index, 0, &error)
		&& link.xdp != KERNEL_LINK_XDP_NONE;
	return !beside->left_open;
}

// --- while it runs --------------------------------------------------------------------------------

static bool
has_program(const struct port *port, const struct kernel_link *link, struct error *error)
{
	if (link->xdp_id == port->beside.program.id)
		return true;
	if (link->xdp_id == 0)
		return error_set(
			error,
			NULL,
			"port %s: the XDP program was taken off %s; only a restart of Weir can "
			"serve it",
			port->name,
			port->kernel.name
		);
	return error_set(
		error,
		NULL,
		"port %s: %s has another XDP program now (number %u): take it off (ip link set "
		"dev %s xdp off) and start Weir again",
		port->name,
		port->kernel.name,
		link->xdp_id,
		port->kernel.name
	);
}

// Lcores learn of another host with the settings that name it; the one before is freed when none of them uses it.
static void
change_host(struct weir *weir, struct port *port, struct beside_host *made)
{
	show_host(port, made);
	if (!publish_settings(weir, weir->config)) {
		show_host(port, port->beside.host);
		rte_free(made);
		log_error("port %s: no memory for other addresses", port->name);
		return; // the next call tries again
	}
	publisher_publish(&weir->publisher, &port->beside.host, made, rte_free);
	beside_serve(port, weir->config);
	tell_host(port);
}

bool
beside_follow(struct weir *weir, unsigned index, struct error *error)
{
	struct port *port = &weir->ports[index];
	struct beside_host *made;
	struct error unread;

	if (!beside_is_open(&port->beside) || port->kernel.gone)
		return true;
	made = make_host(port, weir->config, &unread);
	if (made == NULL)
		return true; // the interface goes, or the kernel is busy: seen in a second
	if (!has_program(port, &made->link, error)) {
		rte_free(made);
		return false;
	}
	if (kernel_link_is_same_host(&made->link, &port->beside.host->link))
		rte_free(made);
	else
		change_host(weir, port, made);
	return true;
}
