// SPDX-License-Identifier: BSD-3-Clause

#include "udp_claim.h"

#include <rte_byteorder.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union any_address {
	struct sockaddr header;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

// A socket bound to the port on every address of the interface, with the smallest buffer that there is.
static int
open_bound(enum family family, const char *name, uint16_t port)
{
	union any_address address = {0};
	const int least = 1, yes = 1;
	bool ipv4 = family == FAMILY_IPV4;
	int file = socket(ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (file < 0)
		return -1;
	if (ipv4)
		address.ipv4 = (struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = rte_cpu_to_be_16(port)};
	else
		address.ipv6 = (struct sockaddr_in6){
			.sin6_family = AF_INET6, .sin6_port = rte_cpu_to_be_16(port)};
	if ((ipv4 || setsockopt(file, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) == 0)
	    && setsockopt(file, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name)) == 0
	    && setsockopt(file, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)) == 0
	    && bind(file, &address.header, ipv4 ? sizeof(address.ipv4) : sizeof(address.ipv6)) == 0)
		return file;
	int why = errno;

	close(file);
	errno = why;
	return -1;
}

bool
udp_claim(struct udp_claims *claims, const char *name, uint32_t port, struct error *error)
{
	for (enum family family = FAMILY_IPV4; family <= FAMILY_IPV6; family++) {
		int file = open_bound(family, name, (uint16_t)port);

		if (file >= 0)
			claims->files[claims->count++] = file;
		else if (errno == EADDRINUSE)
			return error_set(
				error,
				"tracker.port",
				"another program has UDP port %u: ss -ulpn shows which",
				port
			);
		else if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL)
			return error_set(
				error,
				"tracker.port",
				"UDP port %u cannot be bound: %s",
				port,
				strerror(errno)
			);
	}
	return true;
}

void
udp_claims_free(struct udp_claims *claims)
{
	while (claims->count > 0)
		close(claims->files[--claims->count]);
}
