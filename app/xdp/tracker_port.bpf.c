// SPDX-License-Identifier: BSD-3-Clause
// The XDP program of an interface that Weir shares with the kernel: datagrams for the tracker's UDP port and
// addresses go to Weir's XDP socket of their queue, everything else to the kernel, as without a program.
//
// So do frames that Weir would refuse, and all frames of a queue without a socket of Weir, also once Weir has ended.

#include "tracker_rules.h"

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	QUEUES_MAX = 64, // of an interface
	FRAGMENT_BITS = 0x3fff, // more fragments, and the offset: RFC 791 3.1
	VLAN_ID_BITS = 0x0fff,
};

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, QUEUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} xsks_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tracker_rules);
} tracker_rules SEC(".maps");

struct vlan_tag {
	__be16 tci;
	__be16 type;
};

// What of a frame has not been looked at yet.
struct rest {
	void *at;
	void *end;
};

// Points `taken` to the next `size` bytes. False: there are fewer. (No NULL for that: without CAP_PERFMON the kernel refuses
// a program that compares a pointer into a frame with a number.)
static __always_inline bool
take(struct rest *rest, unsigned size, void **taken)
{
	*taken = rest->at;
	rest->at += size;
	return rest->at <= rest->end;
}

// The type of what follows the Ethernet header and the tag that `rules` want; 0: another tag, or none.
static __always_inline __be16
take_ether(struct rest *rest, const struct tracker_rules *rules)
{
	const struct ethhdr *ether;
	const struct vlan_tag *tag;

	if (!take(rest, sizeof(*ether), (void **)&ether))
		return 0;
	if (rules->vlan_tci == 0)
		return ether->h_proto;
	if (ether->h_proto != bpf_htons(ETH_P_8021Q) || !take(rest, sizeof(*tag), (void **)&tag)
	    || (tag->tci & bpf_htons(VLAN_ID_BITS)) != rules->vlan_tci)
		return 0;
	return tag->type;
}

static __always_inline bool
take_ipv4(struct rest *rest, const struct tracker_rules *rules)
{
	const struct iphdr *ip;

	if (!take(rest, sizeof(*ip), (void **)&ip) || ip->ihl != sizeof(*ip) / 4
	    || ip->protocol != IPPROTO_UDP || (ip->frag_off & bpf_htons(FRAGMENT_BITS)) != 0
	    || ip->daddr == 0)
		return false;
	for (unsigned i = 0; i < TRACKER_RULES_ADDRESSES; i++)
		if (rules->ipv4[i] == ip->daddr)
			return true;
	return false;
}

static __always_inline bool
take_ipv6(struct rest *rest, const struct tracker_rules *rules)
{
	const struct ipv6hdr *ip;

	if (!take(rest, sizeof(*ip), (void **)&ip) || ip->nexthdr != IPPROTO_UDP)
		return false;
	const __be32 *to = ip->daddr.in6_u.u6_addr32;

	if ((to[0] | to[1] | to[2] | to[3]) == 0)
		return false;
	for (unsigned i = 0; i < TRACKER_RULES_ADDRESSES; i++) {
		const __be32 *own = rules->ipv6[i];

		if (own[0] == to[0] && own[1] == to[1] && own[2] == to[2] && own[3] == to[3])
			return true;
	}
	return false;
}

static __always_inline bool
is_for_tracker(struct rest *rest, const struct tracker_rules *rules)
{
	__be16 type = take_ether(rest, rules);
	const struct udphdr *udp;
	bool ours = false;

	if (type == bpf_htons(ETH_P_IP))
		ours = take_ipv4(rest, rules);
	else if (type == bpf_htons(ETH_P_IPV6))
		ours = take_ipv6(rest, rules);
	if (!ours)
		return false;
	return take(rest, sizeof(*udp), (void **)&udp) && udp->dest == rules->udp_port;
}

SEC("xdp")
int
tracker_port(struct xdp_md *frame)
{
	struct rest rest = {(void *)(long)frame->data, (void *)(long)frame->data_end};
	const __u32 only = 0;
	const struct tracker_rules *rules = bpf_map_lookup_elem(&tracker_rules, &only);

	if (rules == NULL || rules->udp_port == 0 || !is_for_tracker(&rest, rules))
		return XDP_PASS;
	return (int)bpf_redirect_map(&xsks_map, frame->rx_queue_index, XDP_PASS);
}

// The kernel wants to know; none of the helpers above needs a GPL program.
const char tracker_port_license[] SEC("license") = "BSD-3-Clause";
