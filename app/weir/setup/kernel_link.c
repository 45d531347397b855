// SPDX-License-Identifier: BSD-3-Clause

#include "kernel_link.h"

#include "../../../lib/net/host.h"
#include "../config/config_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

// --- questions to the kernel ----------------------------------------------------------------------

static bool
exchange(struct mnl_socket *socket, struct nlmsghdr *request, mnl_cb_t take, void *context)
{
	uint8_t reply[1 << 15]; // what the kernel fills at most: socket(7), netlink dumps
	unsigned port = mnl_socket_get_portid(socket);
	uint32_t sequence = request->nlmsg_seq;
	int result = MNL_CB_OK;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return false;
	while (result > MNL_CB_STOP) {
		ssize_t size = mnl_socket_recvfrom(socket, reply, sizeof(reply));

		if (size < 0)
			return false;
		result = mnl_cb_run(reply, (size_t)size, sequence, port, take, context);
	}
	return result == MNL_CB_STOP;
}

// Has `take` read all objects that the kernel has of a type.
static bool
dump(uint16_t type, mnl_cb_t take, void *context)
{
	uint8_t request[MNL_NLMSG_HDRLEN + sizeof(struct ifinfomsg)];
	struct nlmsghdr *header = mnl_nlmsg_put_header(request);
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	struct rtgenmsg *message;

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header->nlmsg_seq = 1;
	message = mnl_nlmsg_put_extra_header(
		header, type == RTM_GETLINK ? sizeof(struct ifinfomsg) : sizeof(struct ifaddrmsg)
	);
	message->rtgen_family = AF_UNSPEC;
	if (socket == NULL)
		return false;
	bool done = mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0
		&& exchange(socket, header, take, context);

	mnl_socket_close(socket);
	return done;
}

// --- interfaces -----------------------------------------------------------------------------------

struct search {
	struct kernel_link *link;
	uint32_t index; // of the interface
	uint32_t vlan;
	bool found;
};

static void
read_xdp(const struct nlattr *nested, struct kernel_link *link)
{
	static const enum kernel_link_xdp modes[] = {
		[XDP_ATTACHED_NONE] = KERNEL_LINK_XDP_NONE,
		[XDP_ATTACHED_DRV] = KERNEL_LINK_XDP_NATIVE,
		[XDP_ATTACHED_SKB] = KERNEL_LINK_XDP_GENERIC,
		[XDP_ATTACHED_HW] = KERNEL_LINK_XDP_OTHER,
		[XDP_ATTACHED_MULTI] = KERNEL_LINK_XDP_OTHER,
	};
	const struct nlattr *at;

	mnl_attr_for_each_nested(at, nested)
	{
		if (mnl_attr_get_type(at) == IFLA_XDP_PROG_ID)
			link->xdp_id = mnl_attr_get_u32(at);
		if (mnl_attr_get_type(at) == IFLA_XDP_ATTACHED
		    && mnl_attr_get_u8(at) < RTE_DIM(modes))
			link->xdp = modes[mnl_attr_get_u8(at)];
	}
}

// The id of a VLAN interface, from its IFLA_LINKINFO; 0: it is none.
static uint32_t
vlan_of(const struct nlattr *info)
{
	const struct nlattr *at, *data;
	bool vlan = false;

	mnl_attr_for_each_nested(at, info)
	{
		if (mnl_attr_get_type(at) == IFLA_INFO_KIND)
			vlan = strcmp(mnl_attr_get_str(at), "vlan") == 0;
		if (mnl_attr_get_type(at) != IFLA_INFO_DATA || !vlan)
			continue;
		mnl_attr_for_each_nested(
			data, at
		) if (mnl_attr_get_type(data) == IFLA_VLAN_ID) return mnl_attr_get_u16(data);
	}
	return 0;
}

static void
take_own_link(const struct nlmsghdr *header, struct search *search)
{
	const struct ifinfomsg *message = mnl_nlmsg_get_payload(header);
	const struct nlattr *at;

	search->found = true;
	search->link->promiscuous = (message->ifi_flags & IFF_PROMISC) != 0;
	mnl_attr_for_each(at, header, sizeof(struct ifinfomsg))
	{
		if (mnl_attr_get_type(at) == IFLA_ADDRESS
		    && mnl_attr_get_payload_len(at) == RTE_ETHER_ADDR_LEN)
			memcpy(&search->link->mac, mnl_attr_get_payload(at), RTE_ETHER_ADDR_LEN);
		if (mnl_attr_get_type(at) == IFLA_XDP)
			read_xdp(at, search->link);
	}
}

static int
take_link(const struct nlmsghdr *header, void *context)
{
	const struct ifinfomsg *message = mnl_nlmsg_get_payload(header);
	struct search *search = context;
	const struct nlattr *at;
	uint32_t below = 0, vlan = 0;

	if (message->ifi_index == (int)search->index) {
		take_own_link(header, search);
		if (search->vlan == 0)
			search->link->addressed = search->index;
		return MNL_CB_OK;
	}
	mnl_attr_for_each(at, header, sizeof(*message))
	{
		if (mnl_attr_get_type(at) == IFLA_LINK)
			below = mnl_attr_get_u32(at);
		if (mnl_attr_get_type(at) == IFLA_LINKINFO)
			vlan = vlan_of(at);
	}
	if (vlan != 0 && vlan == search->vlan && below == search->index)
		search->link->addressed = (uint32_t)message->ifi_index;
	return MNL_CB_OK;
}

// --- addresses ------------------------------------------------------------------------------------

static void
add_address(struct kernel_link *link, enum family family, const void *bytes, uint8_t prefix)
{
	struct config_addresses *addresses = &link->addresses;
	unsigned count = 0;
	char *text = link->texts[addresses->count];
	char host[INET6_ADDRSTRLEN];

	for (unsigned i = 0; i < addresses->count; i++)
		count += addresses->items[i].family == family;
	if (count == HOST_CONFIGURED_MAX) {
		link->left_out++;
		return;
	}
	inet_ntop(family == FAMILY_IPV4 ? AF_INET : AF_INET6, bytes, host, sizeof(host));
	snprintf(text, sizeof(link->texts[0]), "%s/%u", host, prefix);
	if (config_address_parse(text, &addresses->items[addresses->count]))
		addresses->count++;
}

static int
take_address(const struct nlmsghdr *header, void *context)
{
	const struct ifaddrmsg *message = mnl_nlmsg_get_payload(header);
	const struct search *search = context;
	enum family family = message->ifa_family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;
	const struct nlattr *at, *own = NULL;
	uint32_t flags = message->ifa_flags;

	if (message->ifa_index != search->link->addressed
	    || (message->ifa_family != AF_INET && message->ifa_family != AF_INET6))
		return MNL_CB_OK;
	mnl_attr_for_each(at, header, sizeof(*message))
	{
		uint16_t type = mnl_attr_get_type(at);

		if (type == IFA_LOCAL || (type == IFA_ADDRESS && own == NULL))
			own = at; // on a point-to-point link IFA_ADDRESS is the other end's
		if (type == IFA_FLAGS)
			flags = mnl_attr_get_u32(at);
	}
	// Of an IPv4 address the bit says that it is not the first of its network.
	bool temporary = family == FAMILY_IPV6 && (flags & IFA_F_TEMPORARY) != 0;

	if (own == NULL || temporary
	    || mnl_attr_get_payload_len(own) != (family == FAMILY_IPV4 ? 4 : 16)
	    || (flags & IFA_F_DADFAILED) != 0
	    || ((flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0)
	    || (family == FAMILY_IPV6 && ipv6_is_link_local(mnl_attr_get_payload(own)))
	    || !config_address_is_unicast(family, mnl_attr_get_payload(own)))
		return MNL_CB_OK;
	add_address(search->link, family, mnl_attr_get_payload(own), message->ifa_prefixlen);
	return MNL_CB_OK;
}

static bool
read_once(struct kernel_link *link, uint32_t index, uint32_t vlan, struct error *error)
{
	struct search search = {.link = link, .index = index, .vlan = vlan};

	*link = (struct kernel_link){0};
	if (!dump(RTM_GETLINK, take_link, &search))
		return error_set(
			error, NULL, "the kernel lists no interfaces: %s", strerror(errno)
		);
	if (!search.found)
		return error_set(error, NULL, "the interface is gone");
	if (link->addressed == 0)
		return error_set(error, "ports[].vlan", "no interface of VLAN %u is upon it", vlan);
	if (!dump(RTM_GETADDR, take_address, &search))
		return error_set(error, NULL, "the kernel lists no addresses: %s", strerror(errno));
	return true;
}

bool
kernel_link_read(struct kernel_link *link, uint32_t index, uint32_t vlan, struct error *error)
{
	enum { TRIES = 5 };
	bool done = false;

	for (unsigned i = 0; i < TRIES && !done; i++) {
		errno = 0;
		done = read_once(link, index, vlan, error);
		if (errno != EINTR) // something changed while the kernel listed it
			break;
	}
	return done;
}

bool
kernel_link_is_same_host(const struct kernel_link *one, const struct kernel_link *other)
{
	if (!rte_is_same_ether_addr(&one->mac, &other->mac)
	    || one->addresses.count != other->addresses.count)
		return false;
	for (unsigned i = 0; i < one->addresses.count; i++)
		if (strcmp(one->texts[i], other->texts[i]) != 0)
			return false;
	return true;
}
