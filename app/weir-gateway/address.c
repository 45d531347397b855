// SPDX-License-Identifier: BSD-3-Clause

#include "address.h"

#include "value.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool
parse_ipv6(const char *host, uint16_t port, struct address *address)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->storage;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	address->length = sizeof(*in6);
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
}

static bool
parse_ipv4(const char *host, uint16_t port, struct address *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	address->length = sizeof(*in);
	return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

bool
address_parse(const char *text, struct address *address)
{
	char host[INET6_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	size_t length = colon == NULL ? 0 : (size_t)(colon - text);
	bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
	uint64_t port;

	if (bracketed) {
		text++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof(host)
	    || !value_read_number(colon + 1, 0, UINT16_MAX, &port))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	*address = (struct address){0};
	return bracketed ? parse_ipv6(host, (uint16_t)port, address)
			 : parse_ipv4(host, (uint16_t)port, address);
}

void
address_print(const struct address *address, char text[ADDRESS_TEXT_MAX])
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
	bool ipv6 = address->storage.ss_family == AF_INET6;
	char host[INET6_ADDRSTRLEN];

	inet_ntop(
		address->storage.ss_family,
		ipv6 ? (const void *)&in6->sin6_addr : (const void *)&in->sin_addr,
		host,
		sizeof(host)
	);
	snprintf(
		text,
		ADDRESS_TEXT_MAX,
		ipv6 ? "[%s]:%u" : "%s:%u",
		host,
		ntohs(ipv6 ? in6->sin6_port : in->sin_port)
	);
}
