// SPDX-License-Identifier: BSD-3-Clause

#include "host_header.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = INET6_ADDRSTRLEN };

static bool
is_port(const char *text)
{
	return *text == '\0'
		|| (*text == ':' && strspn(text + 1, "0123456789") == strlen(text + 1));
}

// Copies the text between `from` and `to`. False where it is too long for an address.
static bool
cut(const char *from, const char *to, char name[NAME_MAX_BYTES])
{
	if (to - from >= NAME_MAX_BYTES)
		return false;
	memcpy(name, from, (size_t)(to - from));
	name[to - from] = '\0';
	return true;
}

bool
host_header_is_safe(const char *host)
{
	char name[NAME_MAX_BYTES];
	struct in6_addr address;

	if (host == NULL)
		return true;
	if (*host == '[') {
		const char *end = strchr(host, ']');

		return end != NULL && is_port(end + 1) && cut(host + 1, end, name)
			&& inet_pton(AF_INET6, name, &address) == 1;
	}
	const char *end = host + strcspn(host, ":");

	return is_port(end) && cut(host, end, name)
		&& (strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, &address) == 1);
}
