// SPDX-License-Identifier: BSD-3-Clause

#include "ipv6_extensions.h"

enum {
	HEADER_UNIT = 8, // bytes; header lengths are in these units, without the first
	OPTIONS_AT = 2, // offset in the header
	SEGMENTS_LEFT_AT = 3, // in a routing header

	OPTION_PAD1 = 0, // RFC 8200 4.2: the only option of a single byte
	OPTION_ROUTER_ALERT = 5, // RFC 2711 2.1
	OPTION_ACTION = 0xc0, // bits of the type; 00: skip the option if it is unknown
	ROUTER_ALERT_LEN = 2,
};

// RFC 2711 2.1: the value is two bytes; 0 means MLD.
static bool
alerts_mld(const uint8_t *option)
{
	return option[0] == OPTION_ROUTER_ALERT && option[1] == ROUTER_ALERT_LEN && option[2] == 0
		&& option[3] == 0;
}

// Walks the options of a header. Padding and unknown options are skipped, unless the type asks for the
// packet to be dropped: RFC 8200 4.2.
static enum verdict
walk_options(const uint8_t *at, const uint8_t *end, bool *router_alert)
{
	while (at < end) {
		if (*at == OPTION_PAD1) {
			at++;
			continue;
		}
		if (end - at < 2 || end - at < 2 + at[1])
			return VERDICT_ipv6_header;
		if ((*at & OPTION_ACTION) != 0)
			return VERDICT_ipv6_option;
		*router_alert |= alerts_mld(at);
		at += 2 + at[1];
	}
	return VERDICT_NONE;
}

// Checks the header at `bytes`, which lies within the packet.
static enum verdict
check_header(const uint8_t *bytes, unsigned len, uint8_t type, struct ipv6_extensions *extensions)
{
	bool router_alert = false;
	enum verdict verdict;

	if (type == IPV6_ROUTING) // RFC 8200 4.4: no segments may be left
		return bytes[SEGMENTS_LEFT_AT] == 0 ? VERDICT_NONE : VERDICT_ipv6_extension;
	verdict = walk_options(bytes + OPTIONS_AT, bytes + len, &router_alert);
	if (type == IPV6_HOP_BY_HOP) // in other headers the option has no meaning
		extensions->router_alert = router_alert;
	return verdict;
}

enum verdict
ipv6_extensions_walk(
	const uint8_t *bytes,
	uint16_t len,
	uint8_t next,
	struct ipv6_extensions *extensions
)
{
	*extensions = (struct ipv6_extensions){.protocol = next};
	for (unsigned n = 0; ipv6_is_extension(extensions->protocol); n++) {
		const uint8_t *header = bytes + extensions->bytes;
		uint8_t type = extensions->protocol;

		if (type == IPV6_FRAGMENT)
			return VERDICT_ipv6_fragment;
		if (n == IPV6_EXTENSIONS_MAX || (type == IPV6_HOP_BY_HOP && n > 0))
			return VERDICT_ipv6_extension; // RFC 8200 4.1: hop-by-hop comes first
		if (extensions->bytes + HEADER_UNIT > len)
			return VERDICT_ipv6_header;
		unsigned header_len = (header[1] + 1) * HEADER_UNIT;

		extensions->protocol = header[0];
		extensions->bytes += header_len;
		if (extensions->bytes > IPV6_EXTENSION_BYTES_MAX)
			return VERDICT_ipv6_extension;
		if (extensions->bytes > len)
			return VERDICT_ipv6_header;
		enum verdict verdict = check_header(header, header_len, type, extensions);

		if (verdict != VERDICT_NONE)
			return verdict;
	}
	return VERDICT_NONE;
}
