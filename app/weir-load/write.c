// SPDX-License-Identifier: BSD-3-Clause

#include "write.h"

#include "../common/complain.h"
#include "generator.h"
#include "options.h"
#include "pcap_file.h"
#include "results.h"

#include <stdio.h>
#include <string.h>

enum {
	BURST = 64,
	FLIGHT_CAPACITY = 2 * BURST,
};

static const struct rte_ether_addr default_mac = {{0x02, 0, 0, 0, 0, 0x02}};
static const struct rte_ether_addr default_tracker_mac = {{0x02, 0, 0, 0, 0, 0x01}};

void
write_derive_master(uint8_t master[CONNID_MASTER_BYTES], uint64_t seed)
{
	struct rng rng = {seed};

	for (unsigned i = 0; i < CONNID_MASTER_BYTES; i += sizeof(uint64_t)) {
		uint64_t word = rte_cpu_to_le_64(rng_next(&rng));

		memcpy(master + i, &word, sizeof(word));
	}
}

// Connects in a file get no reply, so every client gets the id that the tracker would give it.
static void
mint_ids(struct generator *generator, const struct options *options)
{
	uint8_t master[CONNID_MASTER_BYTES];
	const struct flows *flows = &generator->flows;
	struct connid connid;

	write_derive_master(master, options->connid_seed);
	connid_init(&connid, master, 120, options->connid_time);
	for (uint32_t f = 0; f < 2 * flows->clients; f++) {
		rte_be32_t ipv4 = flow_ipv4(flows, f);
		rte_be64_t ipv6[2] = {flow_ipv6_high(flows, f), FLOW_IPV6_LOW};
		rte_be64_t id = rte_cpu_to_be_64(
			flow_is_ipv6(flows, f)
				? connid_mint(&connid, FAMILY_IPV6, (const uint8_t *)ipv6)
				: connid_mint(&connid, FAMILY_IPV4, (const uint8_t *)&ipv4)
		);

		generator_connected(generator, f, &id, 0);
	}
}

static uint16_t
next_request(struct generator *generator, enum kind kind, uint8_t *frame)
{
	switch (kind) {
	case KIND_CONNECT:
		return generator_connect(generator, 0, frame);
	case KIND_ANNOUNCE:
		return generator_announce(generator, 0, 0, frame);
	case KIND_SCRAPE:
		return generator_scrape(generator, 0, 0, frame);
	case KIND_JUNK:
	case KIND_COUNT:
		break;
	}
	return generator_junk(generator, frame);
}

static void
write_burst(
	struct generator *generator,
	struct pcap_writer *writer,
	const uint32_t counts[KIND_COUNT]
)
{
	uint8_t frame[REQUEST_FRAME_MAX];

	for (enum kind kind = 0; kind < KIND_COUNT; kind++)
		for (uint32_t i = 0; i < counts[kind]; i++)
			pcap_writer_add(writer, frame, next_request(generator, kind, frame));
}

static void
write_all(
	struct generator *generator,
	const struct options *options,
	struct pcap_writer *writer,
	struct results *results
)
{
	uint32_t left = options->fill ? options->peers : options->count;
	uint32_t counts[KIND_COUNT];

	while (left > 0) {
		// Mixed kinds are written one by one, because a burst is grouped by kind.
		uint32_t burst = options->fill ? RTE_MIN(left, (uint32_t)BURST) : 1;

		if (options->fill)
			memcpy(counts,
			       (uint32_t[KIND_COUNT]){[KIND_ANNOUNCE] = burst},
			       sizeof(counts));
		else
			generator_draw(generator, burst, counts);
		uint32_t from = generator->flight->head;

		write_burst(generator, writer, counts);
		results_count_sent(results, generator->flight, &generator->flows, from);
		results->parts[PART_MEASURED].junk_sent += counts[KIND_JUNK];
		left -= burst;
	}
}

static void
prepare(struct generator *generator, const struct options *options)
{
	const struct rte_ether_addr *from =
		options->mac.given ? &options->mac.address : &default_mac;
	struct rte_ether_addr to =
		options->tracker_mac.given ? options->tracker_mac.address : default_tracker_mac;

	request_init(&generator->requests, options, from, (struct rte_ether_addr[2]){to, to});
	mint_ids(generator, options);
}

bool
write_requests(const struct options *options, struct results *results)
{
	struct flight flight;
	struct generator generator;
	char why[256];
	struct pcap_writer *writer = pcap_writer_open(options->write, why, sizeof(why));
	bool ok = writer != NULL;

	if (ok) {
		flight_init(&flight, FLIGHT_CAPACITY);
		flight.part = PART_MEASURED;
		generator_init(&generator, options, &flight);
		prepare(&generator, options);
		write_all(&generator, options, writer, results);
		ok = pcap_writer_close(writer, why, sizeof(why));
		generator_free(&generator);
		flight_free(&flight);
	}
	if (!ok)
		complain("--write %s: %s", options->write, why);
	return ok;
}
