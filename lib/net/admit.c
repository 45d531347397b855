// SPDX-License-Identifier: BSD-3-Clause

#include "admit.h"

static enum verdict
admit_special(enum source source, bool in_prefix)
{
	if (source == SOURCE_NEVER || source == SOURCE_LINK)
		return VERDICT_ip_source;
	if (in_prefix)
		return VERDICT_NONE;
	return source == SOURCE_PRIVATE ? VERDICT_ip_source_private : VERDICT_ip_source;
}

enum verdict
admit_special_ipv4(const struct host *host, rte_be32_t address, enum source source)
{
	return admit_special(source, host_in_prefix_ipv4(host, address));
}

enum verdict
admit_special_ipv6(const struct host *host, const uint8_t address[16], enum source source)
{
	return admit_special(source, host_in_prefix_ipv6(host, address));
}
