// SPDX-License-Identifier: BSD-3-Clause

#include "option_value.h"

#include "options.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

OPTION_READER(IPV4)
{
	struct option_ipv4 *value = field;

	(void)row;
	value->given = inet_pton(AF_INET, text, &value->address) == 1;
	if (!value->given)
		snprintf(why, size, "must be an IPv4 address such as 192.0.2.1");
	return value->given;
}

OPTION_READER(IPV6)
{
	struct option_ipv6 *value = field;

	(void)row;
	value->given = inet_pton(AF_INET6, text, value->address) == 1;
	if (!value->given)
		snprintf(why, size, "must be an IPv6 address such as 2001:db8::1");
	return value->given;
}

OPTION_READER(MAC)
{
	struct option_mac *value = field;

	(void)row;
	value->given = rte_ether_unformat_addr(text, &value->address) == 0
		&& !rte_is_multicast_ether_addr(&value->address);
	if (!value->given)
		snprintf(why, size, "must be the address of a station such as 02:00:00:00:00:01");
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
	snprintf(why, size, "must be a network of 1 to 30 bits such as 198.18.0.0/15");
	return false;
}

OPTION_READER(NET6)
{
	(void)row;
	if (read_net(text, AF_INET6, 1, 64, field))
		return true;
	snprintf(why, size, "must be a network of 1 to 64 bits such as 2001:2::/48");
	return false;
}

OPTION_READER(COUNT)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || number < (unsigned long long)row->min
	    || number > (unsigned long long)row->max) {
		snprintf(why, size, "must be a whole number from %.0f to %.0f", row->min, row->max);
		return false;
	}
	*(uint32_t *)field = (uint32_t)number;
	return true;
}

OPTION_READER(REAL)
{
	char *end;
	double number = strtod(text, &end);

	// Written so that "nan" fails too.
	if (end == text || *end != '\0' || !(number >= row->min && number <= row->max)) {
		snprintf(why, size, "must be a number from %g to %g", row->min, row->max);
		return false;
	}
	*(double *)field = number;
	return true;
}

OPTION_READER(WORD)
{
	const char *at = row->argument;

	for (uint32_t i = 0; *at != '\0'; i++) {
		size_t length = strcspn(at, "|");

		if (strlen(text) == length && memcmp(text, at, length) == 0) {
			*(uint32_t *)field = i;
			return true;
		}
		at += length;
		at += strspn(at, "|");
	}
	snprintf(why, size, "must be one of %s", row->argument);
	return false;
}

OPTION_READER(TEXT)
{
	(void)row;
	*(const char **)field = text;
	if (*text != '\0')
		return true;
	snprintf(why, size, "must not be empty");
	return false;
}

OPTION_READER(FLAG)
{
	(void)row;
	(void)text;
	(void)why;
	(void)size;
	*(bool *)field = true;
	return true;
}

OPTION_READER(HELP)
{
	return option_read_FLAG(row, text, field, why, size);
}
