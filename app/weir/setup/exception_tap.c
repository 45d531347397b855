// SPDX-License-Identifier: BSD-3-Clause

#include "exception_tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void
set_name(struct ifreq *request, const char *name)
{
	memset(request, 0, sizeof(*request));
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", name);
}

static bool
fail(struct error *error, const char *name, const char *call)
{
	const char *hint = "";

	if (errno == EPERM || errno == EACCES)
		hint = ": start Weir as root or by weir.service, or make the interface for its "
		       "user "
		       "(ip tuntap add)";
	else if (errno == EBUSY)
		hint = ": another process has it; is another Weir running?";
	else if (errno == EINVAL)
		hint = ": an interface of this name is no TAP, or one of several queues";
	else if (errno == ENOENT || errno == ENODEV)
		hint = ": the kernel has no TAP interfaces here (module tun)";
	return error_set(
		error,
		NULL,
		"the interface %s of ports[].exception: %s: %s%s",
		name,
		call,
		strerror(errno),
		hint
	);
}

// What the interface has already needs no right to be set.
static bool
set_mac(int control, const char *name, const struct rte_ether_addr *mac, struct error *error)
{
	struct ifreq request;

	set_name(&request, name);
	if (ioctl(control, SIOCGIFHWADDR, &request) != 0)
		return fail(error, name, "SIOCGIFHWADDR");
	if (memcmp(request.ifr_hwaddr.sa_data, mac->addr_bytes, RTE_ETHER_ADDR_LEN) == 0)
		return true;
	set_name(&request, name);
	request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(request.ifr_hwaddr.sa_data, mac->addr_bytes, RTE_ETHER_ADDR_LEN);
	return ioctl(control, SIOCSIFHWADDR, &request) == 0 || fail(error, name, "SIOCSIFHWADDR");
}

static bool
set_mtu(int control, const char *name, uint32_t mtu, struct error *error)
{
	struct ifreq request;

	set_name(&request, name);
	if (ioctl(control, SIOCGIFMTU, &request) != 0)
		return fail(error, name, "SIOCGIFMTU");
	if ((uint32_t)request.ifr_mtu == mtu)
		return true;
	set_name(&request, name);
	request.ifr_mtu = (int)mtu;
	return ioctl(control, SIOCSIFMTU, &request) == 0 || fail(error, name, "SIOCSIFMTU");
}

static bool
set_up(const char *name, const struct rte_ether_addr *mac, uint32_t mtu, struct error *error)
{
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (control < 0)
		return fail(error, name, "socket");
	bool done = set_mac(control, name, mac, error) && set_mtu(control, name, mtu, error);

	close(control);
	return done;
}

// The kernel completes checksums and cuts large packets itself, as long as nobody says that the reader can.
static bool
attach(struct exception_tap *tap, const char *name, struct error *error)
{
	struct ifreq request;

	set_name(&request, name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	tap->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap->fd < 0)
		return fail(error, name, "/dev/net/tun");
	if (ioctl(tap->fd, TUNSETIFF, &request) == 0 && ioctl(tap->fd, TUNGETIFF, &request) == 0)
		return true;
	fail(error, name, "TUNSETIFF");
	close(tap->fd);
	return false;
}

bool
exception_tap_open(
	struct exception_tap *tap,
	const char *name,
	const struct rte_ether_addr *mac,
	uint32_t mtu,
	struct error *error
)
{
	*tap = (struct exception_tap){.was_there = if_nametoindex(name) != 0};
	if (!attach(tap, name, error))
		return false;
	tap->index = if_nametoindex(name);
	if (set_up(name, mac, mtu, error))
		return true;
	exception_tap_close(tap);
	return false;
}

void
exception_tap_close(struct exception_tap *tap)
{
	close(tap->fd);
	tap->fd = -1;
}
