// SPDX-License-Identifier: BSD-3-Clause
// Which clients an address of ours means, where the registries of special-purpose addresses have it.

#include "../../../lib/net/source.h"
#include "config.h"

#include <rte_common.h>

#include <arpa/inet.h>
#include <string.h>

static unsigned
address_bits(const struct config_address *address)
{
	return address->family == FAMILY_IPV4 ? 32 : 128;
}

static enum source
source_of(const struct config_address *address)
{
	rte_be32_t ipv4;

	if (address->family == FAMILY_IPV6)
		return source_ipv6(address->bytes);
	memcpy(&ipv4, address->bytes, sizeof(ipv4));
	return source_ipv4(ipv4);
}

// The network of an address, as "prefix/bits".
static void
show_network(const struct config_address *address, char *text, size_t size)
{
	char prefix[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	memcpy(bytes, address->bytes, sizeof(bytes));
	for (unsigned bit = address->prefix; bit < address_bits(address); bit++)
		bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	inet_ntop(
		address->family == FAMILY_IPV4 ? AF_INET : AF_INET6, bytes, prefix, sizeof(prefix)
	);
	snprintf(text, size, "%s/%u", prefix, address->prefix);
}

enum config_note
config_note_sources(
	const struct config *config,
	const struct config_address *address,
	char *text,
	size_t size
)
{
	char network[INET6_ADDRSTRLEN + 4];
	enum source source = source_of(address);
	const char *kind = source == SOURCE_PRIVATE ? "private" : "reserved";

	if (address->anycast || source == SOURCE_PUBLIC
	    || (source == SOURCE_PRIVATE && config->allow_private))
		return CONFIG_NOTE_NONE;
	if (source == SOURCE_LINK) {
		snprintf(
			text,
			size,
			"%s is link-local: the tracker refuses its neighbours, because peers could "
			"not use their addresses (docs/sources.md)",
			address->text
		);
		return CONFIG_NOTE_WARNING;
	}
	show_network(address, network, sizeof(network));
	if (address->prefix == address_bits(address)) {
		snprintf(
			text,
			size,
			"%s has no neighbours in its network, and other clients with %s addresses "
			"are refused: set the prefix length of the network%s",
			address->text,
			kind,
			source == SOURCE_PRIVATE ? ", or set host.allow_private" : ""
		);
		return CONFIG_NOTE_WARNING;
	}
	snprintf(
		text,
		size,
		"%s: clients in %s, the port's own network, are served; others with %s addresses "
		"are refused%s",
		address->text,
		network,
		kind,
		source == SOURCE_PRIVATE ? " (host.allow_private is false)" : ""
	);
	return CONFIG_NOTE_INFO;
}

void
config_print_sources(FILE *out)
{
	fputs("## Kinds\n\n| kind | what is done with its packets |\n|---|---|\n", out);
	for (unsigned i = 0; i < SOURCE_COUNT; i++)
		fprintf(out, "| %s | %s |\n", source_kinds[i].name, source_kinds[i].help);
	fputs("\n## Blocks\n\n| block | kind | by | what it is |\n|---|---|---|---|\n", out);
	for (unsigned i = 0; i < source_block_count; i++) {
		const struct source_block *block = &source_blocks[i];

		fprintf(out,
			"| `%s/%u` | %s | %s | %s |\n",
			block->prefix,
			block->bits,
			source_kinds[block->source].name,
			block->rfc,
			block->help);
	}
}
