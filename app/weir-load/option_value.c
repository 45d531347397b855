// SPDX-License-Identifier: BSD-3-Clause

#include "option_value.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

OPTION_READER(IPV4)
{
	struct option_ipv4 *value = field;

	(void)row;
	value->given = inet_pton(AF_INET, text, &value->address) == 1;
	if (!value->given)
		snprintf(wanted, size, "an IPv4 address such as 192.0.2.1");
	return value->given;
}

OPTION_READER(IPV6)
{
	struct option_ipv6 *value = field;

	(void)row;
	value->given = inet_pton(AF_INET6, text, value->address) == 1;
	if (!value->given)
		snprintf(wanted, size, "an IPv6 address such as 2001:db8::1");
	return value->given;
}

OPTION_READER(MAC)
{
	struct option_mac *value = field;

	(void)row;
	value->given = rte_ether_unformat_addr(text, &value->address) == 0
		&& !rte_is_multicast_ether_addr(&value->address);
	if (!value->given)
		snprintf(wanted, size, "a MAC address of one host such as 02:00:00:00:00:01");
	return value->given;
}

// "address/bits" with bits from `least` to `most`, and nothing of the address behind them.
static bool
read_net(const char *text, int family, unsigned least, unsigned most, struct option_net *net)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[16] = {0};
	uint64_t first = 0;
	char *end;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	unsigned long bits = strtoul(slash + 1, &end, 10);

	if (inet_pton(family, address, bytes) != 1 || slash[1] < '0' || slash[1] > '9'
	    || *end != '\0' || bits < least || bits > most)
		return false;
	for (unsigned i = 0; i < (family == AF_INET ? 4 : 8); i++)
		first = first << 8 | bytes[i];
	unsigned behind = (family == AF_INET ? 32 : 64) - (unsigned)bits;

	if (behind > 0 && (first & ((UINT64_C(1) << behind) - 1)) != 0)
		return false;
	for (unsigned i = 8; i < 16; i++)
		if (bytes[i] != 0)
			return false;
	*net = (struct option_net){first, (unsigned)bits};
	return true;
}

OPTION_READER(NET4)
{
	(void)row;
	if (read_net(text, AF_INET, 1, 30, field))
		return true;
	snprintf(wanted, size, "a prefix of 1 to 30 bits such as 198.18.0.0/15");
	return false;
}

OPTION_READER(NET6)
{
	(void)row;
	if (read_net(text, AF_INET6, 1, 64, field))
		return true;
	snprintf(wanted, size, "a prefix of 1 to 64 bits such as 2001:2::/48");
	return false;
}
