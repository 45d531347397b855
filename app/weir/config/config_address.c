// SPDX-License-Identifier: BSD-3-Clause

#include "config_address.h"

#include "../../../lib/net/source.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
config_address_parse(const char *text, struct config_address *address)
{
	const char *slash = text == NULL ? NULL : strchr(text, '/');
	char host[INET6_ADDRSTRLEN];
	char *end;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(host))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(slash - text), text);
	if (inet_pton(AF_INET, host, address->bytes) == 1)
		address->family = FAMILY_IPV4;
	else if (inet_pton(AF_INET6, host, address->bytes) == 1)
		address->family = FAMILY_IPV6;
	else
		return false;
	unsigned long prefix = strtoul(slash + 1, &end, 10);

	address->anycast = strcmp(end, " anycast") == 0;
	if (slash[1] < '0' || slash[1] > '9' || (*end != '\0' && !address->anycast) || prefix < 1
	    || prefix > (address->family == FAMILY_IPV4 ? 32 : 128))
		return false;
	address->prefix = (uint8_t)prefix;
	address->text = text;
	return true;
}

bool
config_address_has_in_network(const struct config_address *address, const uint8_t *other)
{
	unsigned bytes = address->prefix / 8;
	uint8_t rest = (uint8_t)(0xff00 >> address->prefix % 8);

	return memcmp(address->bytes, other, bytes) == 0
		&& (rest == 0 || ((address->bytes[bytes] ^ other[bytes]) & rest) == 0);
}

bool
config_address_is_unicast(enum family family, const uint8_t *bytes)
{
	rte_be32_t ipv4;

	if (family == FAMILY_IPV6)
		return source_ipv6(bytes) != SOURCE_NEVER;
	memcpy(&ipv4, bytes, 4);
	return source_ipv4(ipv4) != SOURCE_NEVER;
}

// Whether all bits of `bytes` behind the prefix are those of `fill`, 0 or 0xff.
static bool
host_bits_are(const struct config_address *address, const uint8_t *bytes, uint8_t fill)
{
	unsigned bits = address->family == FAMILY_IPV4 ? 32 : 128;

	for (unsigned bit = address->prefix; bit < bits; bit++)
		if (((bytes[bit / 8] ^ fill) >> (7 - bit % 8) & 1) != 0)
			return false;
	return true;
}

const char *
config_address_reserved(const struct config_address *address, const uint8_t *bytes)
{
	unsigned bits = address->family == FAMILY_IPV4 ? 32 : 128;

	if (address->prefix + 2u > bits) // RFC 3021, RFC 6164: both of two, and one alone
		return NULL;
	if (host_bits_are(address, bytes, 0))
		return address->family == FAMILY_IPV4 ? "the address of the network itself"
						      : "the routers' anycast address";
	if (address->family == FAMILY_IPV4 && host_bits_are(address, bytes, 0xff))
		return "the broadcast address of its network";
	return NULL;
}
