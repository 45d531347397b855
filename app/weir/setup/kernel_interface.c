// SPDX-License-Identifier: BSD-3-Clause

#include "kernel_interface.h"

#include <rte_common.h>

#include <dirent.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// --- how frames come to us: the files of this process --------------------------------------------

// Whether `fd` is a packet socket bound to the interface.
static bool
is_packet_socket(int fd, uint32_t index)
{
	struct sockaddr_ll address;
	socklen_t size = sizeof(address);

	return getsockname(fd, (struct sockaddr *)&address, &size) == 0
		&& size >= offsetof(struct sockaddr_ll, sll_addr) && address.sll_family == AF_PACKET
		&& address.sll_ifindex == (int)index;
}

static bool
is_xdp_socket(int fd)
{
	int domain;
	socklen_t size = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_XDP;
}

// Whether `fd` is Weir's end of the TAP `name`. A TAP that was deleted has no ends.
static bool
is_tap(int fd, const char *name)
{
	struct ifreq request = {0};

	return ioctl(fd, TUNGETIFF, &request) == 0
		&& strncmp(request.ifr_name, name, IF_NAMESIZE) == 0;
}

// Notes the file if it belongs to the interface; false otherwise.
static bool
take_file(struct kernel_interface *interface, int fd)
{
	if (is_packet_socket(fd, interface->index)) {
		interface->losses = KERNEL_LOSSES_SOCKETS;
		if (interface->socket_count < KERNEL_SOCKETS_MAX)
			interface->sockets[interface->socket_count++] = fd;
		return true;
	}
	if (is_tap(fd, interface->name)) {
		interface->losses = KERNEL_LOSSES_TAP;
		interface->tap = fd;
		return true;
	}
	return is_xdp_socket(fd); // the driver reads XDP_STATISTICS
}

static bool
take_files(struct kernel_interface *interface)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;
	bool taken = false;

	if (folder == NULL)
		return false;
	while ((entry = readdir(folder)) != NULL)
		if (*entry->d_name != '.' && take_file(interface, atoi(entry->d_name)))
			taken = true;
	closedir(folder);
	return taken;
}

// --- what was lost ------------------------------------------------------------------------------

static uint64_t
read_sockets(const struct kernel_interface *interface)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < interface->socket_count; i++) {
		struct tpacket_stats stats;
		socklen_t size = sizeof(stats);

		if (getsockopt(interface->sockets[i], SOL_PACKET, PACKET_STATISTICS, &stats, &size)
		    == 0)
			lost += stats.tp_drops;
	}
	return lost;
}

// The attribute of the interface in a reply of rtnetlink(7), or what it was before.
static uint64_t
dropped_in(const struct nlmsghdr *header, uint64_t before)
{
	const struct ifinfomsg *message = NLMSG_DATA(header);
	int left = (int)IFLA_PAYLOAD(header);

	if (header->nlmsg_type != RTM_NEWLINK)
		return before;
	for (const struct rtattr *at = IFLA_RTA(message); RTA_OK(at, left);
	     at = RTA_NEXT(at, left)) {
		struct rtnl_link_stats64 stats = {0};

		if (at->rta_type != IFLA_STATS64)
			continue;
		memcpy(&stats, RTA_DATA(at), RTE_MIN(sizeof(stats), RTA_PAYLOAD(at)));
		return stats.tx_dropped;
	}
	return before;
}

// Frames that the kernel dropped on their way into the interface; `before` where it does not say.
// Not from /sys, which shows the namespace it was mounted in.
static uint64_t
read_tx_dropped(uint32_t index, uint64_t before)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg message;
	} request = {
		.header =
			{.nlmsg_len = sizeof(request),
			 .nlmsg_type = RTM_GETLINK,
			 .nlmsg_flags = NLM_F_REQUEST},
		.message = {.ifi_family = AF_UNSPEC, .ifi_index = (int)index},
	};
	union {
		struct nlmsghdr header;
		uint8_t bytes[16384];
	} reply;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t size = -1;

	if (fd >= 0 && send(fd, &request, sizeof(request), 0) == sizeof(request))
		size = recv(fd, &reply, sizeof(reply), 0);
	if (fd >= 0)
		close(fd);
	return size >= 0 && NLMSG_OK(&reply.header, (size_t)size)
		? dropped_in(&reply.header, before)
		: before;
}

static void
read_losses(struct kernel_interface *interface)
{
	uint64_t lost = interface->lost;

	if (interface->losses == KERNEL_LOSSES_SOCKETS)
		lost += read_sockets(interface);
	else if (interface->losses == KERNEL_LOSSES_TAP)
		lost = read_tx_dropped(interface->index, lost + interface->lost_before)
			- interface->lost_before;
	__atomic_store_n(&interface->lost, lost, __ATOMIC_RELAXED);
}

// --- its state ----------------------------------------------------------------------------------

static bool
read_flags(const char name[IF_NAMESIZE], uint32_t *mtu, bool *up)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq flags = {0}, size = {0};

	memcpy(flags.ifr_name, name, IF_NAMESIZE);
	memcpy(size.ifr_name, name, IF_NAMESIZE);
	bool ok = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &flags) == 0
		&& ioctl(fd, SIOCGIFMTU, &size) == 0;

	if (fd >= 0)
		close(fd);
	if (!ok)
		return false;
	*up = (flags.ifr_flags & IFF_UP) != 0 && (flags.ifr_flags & IFF_RUNNING) != 0;
	*mtu = (uint32_t)size.ifr_mtu;
	return true;
}

// Where the interface is not in our network namespace, a TAP may have been moved to another: frames
// still come, and nothing can be said of it.
static void
read_state(struct kernel_interface *interface)
{
	char name[IF_NAMESIZE] = {0};
	uint32_t mtu = 0;
	bool up = false;
	// A name may pass to another interface between two calls: the index must lead to it twice.
	bool found = if_indextoname(interface->index, name) != NULL && read_flags(name, &mtu, &up)
		&& if_nametoindex(name) == interface->index;
	bool moved = !found && interface->losses == KERNEL_LOSSES_TAP
		&& is_tap(interface->tap, interface->name);

	if (found)
		memcpy(interface->name, name, sizeof(name));
	__atomic_store_n(&interface->gone, !found && !moved, __ATOMIC_RELAXED);
	__atomic_store_n(&interface->losses_known, !moved, __ATOMIC_RELAXED);
	__atomic_store_n(&interface->up, up || moved, __ATOMIC_RELAXED);
	__atomic_store_n(&interface->mtu, mtu, __ATOMIC_RELAXED);
}

void
kernel_interface_open(struct kernel_interface *interface, uint32_t index)
{
	*interface = (struct kernel_interface){.index = index};
	if (index == 0)
		return;
	read_state(interface);
	if (!take_files(interface))
		interface->index = 0;
	else if (interface->losses == KERNEL_LOSSES_TAP)
		interface->lost_before = read_tx_dropped(index, 0);
}

void
kernel_interface_poll(struct kernel_interface *interface)
{
	if (interface->index == 0)
		return;
	read_state(interface);
	read_losses(interface);
}

bool
kernel_interface_is_back(const struct kernel_interface *interface)
{
	return interface->losses == KERNEL_LOSSES_TAP || if_nametoindex(interface->name) != 0;
}
