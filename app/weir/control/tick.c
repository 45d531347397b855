// SPDX-License-Identifier: BSD-3-Clause

#include "tick.h"

#include "../../../lib/net/arp.h"
#include "../../../lib/net/ndp.h"

#include <assert.h>

static_assert((int)TICK_FRAME_MAX >= (int)ARP_FRAME_MAX, "holds every ARP frame");
static_assert(
	(int)TICK_FRAME_MAX >= (int)NDP_FRAME_MAX,
	"holds every frame of neighbour discovery"
);

const struct tick_family tick_ipv4 = {
	FAMILY_IPV4,
	arp_write_probe,
	arp_write_announcement,
	arp_write_gateway_request,
};
const struct tick_family tick_ipv6 = {
	FAMILY_IPV6,
	ndp_write_probe,
	ndp_write_advertisement,
	ndp_write_gateway_request,
};

void
tick_send(const struct tick *tick, tick_write write, unsigned i)
{
	uint8_t bytes[TICK_FRAME_MAX];

	tick->send(tick->context, bytes, write(tick->host, bytes, i));
}
