// SPDX-License-Identifier: BSD-3-Clause

#include "datagram.h"

#include "../../lib/net/checksum.h"
#include "../../lib/net/ipv6.h"

#include <rte_branch_prediction.h>
#include <rte_ether.h>
#include <rte_ip.h>

#include <string.h>

// False where it is not UDP, or malformed and from another host than the tracker.
static bool
read_ipv4(
	struct datagram *datagram,
	const struct tracker_address *tracker,
	const uint8_t *bytes,
	unsigned len,
	enum wrong *wrong
)
{
	const struct rte_ipv4_hdr *ip = (const void *)bytes;

	if (len < sizeof(*ip) + sizeof(struct rte_udp_hdr) || ip->next_proto_id != IPPROTO_UDP)
		return false;
	unsigned total = rte_be_to_cpu_16(ip->total_length);

	datagram->udp = (const void *)(ip + 1);
	datagram->destination = (const uint8_t *)&ip->dst_addr;
	datagram->from_tracker = ip->src_addr == tracker->ipv4;
	datagram->payload_len = (uint16_t)(total - sizeof(*ip) - sizeof(struct rte_udp_hdr));
	if (unlikely(
		    ip->version_ihl != RTE_IPV4_VHL_DEF || total > len
		    || total < sizeof(*ip) + sizeof(struct rte_udp_hdr)
		    || ip->fragment_offset & RTE_BE16(0x3fff)
	    )) {
		*wrong = WRONG_frame;
		return datagram->from_tracker;
	}
	if (unlikely(!checksum_ipv4_ok(ip)))
		*wrong = WRONG_checksum;
	return true;
}

static bool
read_ipv6(
	struct datagram *datagram,
	const struct tracker_address *tracker,
	const uint8_t *bytes,
	unsigned len,
	enum wrong *wrong
)
{
	const struct ipv6_header *ip = (const void *)bytes;

	if (len < sizeof(*ip) + sizeof(struct rte_udp_hdr) || ip->proto != IPPROTO_UDP)
		return false;
	unsigned payload = rte_be_to_cpu_16(ip->payload_len);

	datagram->ipv6 = true;
	datagram->udp = (const void *)(ip + 1);
	datagram->destination = ip->dst_addr;
	datagram->from_tracker = memcmp(ip->src_addr, tracker->ipv6, 16) == 0;
	datagram->payload_len = (uint16_t)(payload - sizeof(struct rte_udp_hdr));
	if (unlikely(
		    *bytes >> 4 != 6 || payload > len - sizeof(*ip)
		    || payload < sizeof(struct rte_udp_hdr)
	    )) {
		*wrong = WRONG_frame;
		return datagram->from_tracker;
	}
	return true;
}

static bool
udp_checksum_is_valid(const struct datagram *datagram, uint16_t udp_len)
{
	if (datagram->udp->dgram_cksum == 0)
		return !datagram->ipv6; // RFC 8200 8.1
	return checksum_l4_ok(
		datagram->ipv6 ? FAMILY_IPV6 : FAMILY_IPV4, IPPROTO_UDP, datagram->udp, udp_len
	);
}

static bool
read_udp(struct datagram *datagram, const struct tracker_address *tracker, enum wrong *wrong)
{
	const struct rte_udp_hdr *udp = datagram->udp;
	uint16_t udp_len = sizeof(*udp) + datagram->payload_len;

	if (unlikely(udp->src_port != tracker->port || !datagram->from_tracker)) {
		*wrong = WRONG_address;
		return datagram->from_tracker || udp->src_port == tracker->port
			|| udp->dst_port == tracker->port;
	}
	if (unlikely(udp->dgram_len != rte_cpu_to_be_16(udp_len)))
		*wrong = WRONG_frame;
	else if (!udp_checksum_is_valid(datagram, udp_len))
		*wrong = WRONG_checksum;
	datagram->payload = (const uint8_t *)(udp + 1);
	return true;
}

bool
datagram_read(
	struct datagram *datagram,
	const struct tracker_address *tracker,
	const uint8_t *frame,
	uint16_t len,
	enum wrong *wrong
)
{
	const struct rte_ether_hdr *ether = (const void *)frame;
	const uint8_t *ip = (const uint8_t *)(ether + 1);

	*datagram = (struct datagram){0};
	*wrong = WRONG_NONE;
	if (likely(len > sizeof(*ether) && ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV4))) {
		if (!read_ipv4(datagram, tracker, ip, len - sizeof(*ether), wrong))
			return false;
	} else if (len > sizeof(*ether) && ether->ether_type == RTE_BE16(RTE_ETHER_TYPE_IPV6)) {
		if (!read_ipv6(datagram, tracker, ip, len - sizeof(*ether), wrong))
			return false;
	} else {
		return false;
	}
	return *wrong != WRONG_NONE || read_udp(datagram, tracker, wrong);
}
