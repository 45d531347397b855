// SPDX-License-Identifier: BSD-3-Clause
// lib/net/mld.c: the checks of RFC 3810 6.2 and 8.1 one by one, reports byte by byte.

#include "../../lib/net/icmp.h"
#include "../../lib/net/mld.h"
#include "../support/cmocka_wrap.h"
#include "../support/frames.h"

#include <string.h>

enum {
	ICMP6 = 58,
	HOP = 0,
	V1_LEN = 24,
	V2_LEN = 28,
	TSC = 1 << 30,
};

struct fixture {
	struct host host;
	struct host_notes notes;
};

// A query. Fields that are zero have the usual values.
struct query {
	bool tagged;
	const uint8_t *from; // NULL: a link-local address
	const uint8_t *to; // NULL: all nodes
	const uint8_t *group; // NULL: a general query
	uint8_t type; // 0: a query
	uint8_t hop_limit; // 0: 1
	uint8_t alert[4]; // 0: the Router Alert of MLD
	uint16_t len; // of the message; 0: a query of MLDv2 without sources
	uint16_t code; // for the Maximum Response Delay
	uint8_t flags; // with the robustness variable
	uint8_t interval_code;
	uint16_t source_count;
};

static void
write_query(struct wire *wire, const struct query *query)
{
	static const uint8_t alert[4] = {5, 2, 0, 0};
	const uint8_t *to = query->to != NULL ? query->to : wire_all_nodes;
	unsigned len = query->len != 0 ? query->len : V2_LEN;
	uint8_t body[1000] = {query->code >> 8, query->code & 0xff};
	uint8_t mac[6];

	wire_group_mac(to, mac);
	memcpy(body + 4, query->group != NULL ? query->group : wire_zero, 16);
	memcpy(body + 20,
	       (const uint8_t[]){
		       query->flags,
		       query->interval_code,
		       query->source_count >> 8,
		       query->source_count & 0xff},
	       4);
	wire_ether(
		wire,
		to[0] == 0xff ? mac : wire_host_mac,
		wire_peer_mac,
		wire_tag(query->tagged),
		0x86dd
	);
	wire_ipv6(wire, query->from != NULL ? query->from : wire_peer_link6, to, ICMP6);
	wire->bytes[wire->l2_len + 7] = query->hop_limit != 0 ? query->hop_limit : 1;
	wire_extension(wire, HOP, 8);
	memcpy(wire->bytes + wire->len - 6, query->alert[0] != 0 ? query->alert : alert, 4);
	memcpy(wire->bytes + wire->len - 2, (const uint8_t[]){1, 0}, 2);
	wire_icmp(wire, query->type != 0 ? query->type : MLD_QUERY, 0, body, len - 4);
	wire_close(wire);
}

// Handles a frame as the io loop does.
static enum verdict
receive(struct fixture *fixture, const struct wire *wire, uint64_t tsc)
{
	enum verdict verdict = VERDICT_COUNT;
	struct held held;

	held_open(&held, wire, wire->len, 0);
	assert_int_equal(frame_parse(&fixture->host, &held.frame), VERDICT_NONE);
	assert_true(icmp_is_mld_or_ndp(&held.frame, &verdict));
	assert_true(mld_is_message(&held.frame));
	verdict = mld_receive(&fixture->host, &held.frame, &fixture->notes, tsc);
	held_close(&held);
	return verdict;
}

static struct fixture
fixture_new(bool tagged)
{
	return (struct fixture){.host = wire_host(tagged)};
}

static enum verdict
receive_query(struct fixture *fixture, const struct query *query)
{
	struct wire wire;

	write_query(&wire, query);
	return receive(fixture, &wire, TSC);
}

static void
test_general_query(void **state)
{
	(void)state;
	for (unsigned tagged = 0; tagged < 2; tagged++) {
		struct fixture fixture = fixture_new(tagged);
		struct query query = {
			.tagged = tagged, .code = 10000, .flags = 0x02, .interval_code = 125};

		assert_int_equal(receive_query(&fixture, &query), VERDICT_mld_query);
		struct mld_query heard = mld_query_from_word(fixture.notes.mld_general_query);

		assert_false(heard.v1);
		assert_int_equal(heard.delay_ms, 10000);
		assert_int_equal(heard.robustness, 2);
		assert_int_equal(heard.interval_s, 125);
		for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++)
			assert_int_equal(fixture.notes.mld_group_queries[i], 0);
	}
}

// RFC 3810 8.1: a query of 24 bytes is an MLDv1 query, and its code is in plain milliseconds.
static void
test_v1_query(void **state)
{
	static const uint16_t codes[] = {0, 1, 1000, 0x7fff, 0x8000, 0xffff};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(codes); i++) {
		struct fixture fixture = fixture_new(false);
		struct query query = {.len = V1_LEN, .code = codes[i]};

		assert_int_equal(receive_query(&fixture, &query), VERDICT_mld_query);
		struct mld_query heard = mld_query_from_word(fixture.notes.mld_general_query);

		assert_true(heard.v1);
		assert_int_equal(heard.delay_ms, codes[i]);
		assert_int_equal(heard.robustness, 0);
		assert_int_equal(heard.interval_s, 0);
	}
}

// RFC 3810 5.1.3 and 5.1.9: mantissa and exponent; the S flag beside the robustness variable.
static void
test_numbers(void **state)
{
	static const struct {
		uint16_t code;
		uint32_t delay_ms;
		uint8_t interval_code;
		uint32_t interval_s;
		uint8_t flags;
		uint8_t robustness;
	} rows[] = {
		{0, 0, 0, 0, 0x00, 0},
		{1, 1, 1, 1, 0x01, 1},
		{0x7fff, 0x7fff, 127, 127, 0x08, 0},
		{0x8000, 0x8000, 0x80, 128, 0x0f, 7},
		{0x8001, 0x8008, 0x81, 136, 0xf5, 5},
		{0x9000, 0x10000, 0x90, 256, 0x07, 7},
		{0xa123, 0x1123 << 5, 0xa5, 21 << 5, 0x02, 2},
		{0xffff, 8387584, 0xff, 31744, 0xff, 7},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct fixture fixture = fixture_new(false);
		struct query query = {
			.code = rows[i].code,
			.flags = rows[i].flags,
			.interval_code = rows[i].interval_code};

		assert_int_equal(receive_query(&fixture, &query), VERDICT_mld_query);
		struct mld_query heard = mld_query_from_word(fixture.notes.mld_general_query);

		assert_int_equal(heard.delay_ms, rows[i].delay_ms);
		assert_int_equal(heard.interval_s, rows[i].interval_s);
		assert_int_equal(heard.robustness, rows[i].robustness);
	}
}

// To the group or to one of our addresses (RFC 3810 5.1.15), also a tentative one's.
static void
test_group_queries(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct fixture fixture = fixture_new(false);
		uint8_t group[16];

		wire_solicited_nodes(fixture.host.ipv6[i], group);
		const uint8_t *const to[] = {group, fixture.host.ipv6[i], wire_all_nodes};

		for (unsigned n = 0; n < 2 * RTE_DIM(to); n++) {
			struct query query = {
				.to = to[n / 2], .group = group, .len = n % 2 ? V1_LEN : V2_LEN};

			fixture.notes = (struct host_notes){0};
			assert_int_equal(receive_query(&fixture, &query), VERDICT_mld_query);
			assert_int_equal(fixture.notes.mld_general_query, 0);
			for (unsigned other = 0; other < HOST_ADDRESSES_MAX; other++)
				assert_int_equal(
					fixture.notes.mld_group_queries[other] != 0, other == i
				);
		}
	}
}

static const uint8_t other_group[16] = {0xff, 0x02, [11] = 1, 0xff, 0, 0, 1};
static const uint8_t no_group[16] = {0xfe, 0x80, [15] = 1};

static void
test_noted(void **state)
{
	static const uint8_t mdns[16] = {0xff, 0x02, [15] = 0xfb};
	static const struct query rows[] = {
		{.group = other_group},
		{.group = other_group, .len = V1_LEN},
		{.group = wire_all_nodes}, // never reported: RFC 3810 6
		{.group = mdns},
		{.type = MLD_REPORT_V1, .group = wire_all_nodes, .len = V1_LEN},
		{.type = MLD_DONE_V1, .group = wire_all_nodes, .len = V1_LEN},
		{.type = MLD_REPORT_V1, .len = 8},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct fixture fixture = fixture_new(false);
		const struct host_notes none = {0};

		assert_int_equal(receive_query(&fixture, &rows[i]), VERDICT_mld_noted);
		assert_memory_equal(&fixture.notes, &none, sizeof(none));
	}
}

static void
test_malformed(void **state)
{
	static const struct {
		const char *what;
		struct query query;
		bool good;
	} rows[] = {
		{"as it should be", {.len = V2_LEN}, true},
		{"from a global address", {.from = wire_peer6}, false},
		{"from nobody", {.from = wire_zero}, false},
		{"hop limit 2", {.hop_limit = 2}, false},
		{"hop limit 255", {.hop_limit = 255}, false},
		{"no router alert", {.alert = {1, 2, 0, 0}}, false},
		{"router alert for RSVP", {.alert = {5, 2, 0, 1}}, false},
		{"8 bytes", {.len = 8}, false},
		{"23 bytes", {.len = 23}, false},
		{"24 bytes", {.len = 24}, true},
		{"25 bytes", {.len = 25}, false},
		{"26 bytes", {.len = 26}, false},
		{"27 bytes", {.len = 27}, false},
		{"28 bytes", {.len = 28}, true},
		{"29 bytes", {.len = 29}, true}, // RFC 3810 5.1.12: what is behind is ignored
		{"a source is missing", {.len = 43, .source_count = 1}, false},
		{"one source", {.len = 44, .source_count = 1}, true},
		{"one source less", {.len = 44, .source_count = 2}, false},
		{"65,535 sources", {.len = 60, .source_count = 65535}, false},
		{"ten sources", {.len = 188, .source_count = 10}, true},
		{"a group that is none", {.group = no_group}, false},
		{"a group that is none, v1", {.group = no_group, .len = V1_LEN}, false},
		{"v1, hop limit 64", {.hop_limit = 64, .len = V1_LEN}, false},
		{"v1 without router alert", {.alert = {1, 2, 0, 0}, .len = V1_LEN}, false},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct fixture fixture = fixture_new(false);
		enum verdict verdict = receive_query(&fixture, &rows[i].query);

		if (verdict != (rows[i].good ? VERDICT_mld_query : VERDICT_mld_malformed))
			fail_msg("%s: %s", rows[i].what, verdict_infos[verdict].name);
		assert_int_equal(fixture.notes.mld_general_query != 0, rows[i].good);
	}
}

// A hop-by-hop header is not enough, nor is none.
static void
test_without_extension(void **state)
{
	struct fixture fixture = fixture_new(false);
	uint8_t body[24] = {0};
	struct wire wire;

	(void)state;
	wire_ether(&wire, wire_all_nodes_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
	wire_ipv6(&wire, wire_peer_link6, wire_all_nodes, ICMP6);
	wire.bytes[wire.l2_len + 7] = 1;
	wire_icmp(&wire, MLD_QUERY, 0, body, sizeof(body));
	wire_close(&wire);
	assert_int_equal(receive(&fixture, &wire, TSC), VERDICT_mld_malformed);
}

// A later query has a greater word, whatever its contents.
static void
test_words_grow(void **state)
{
	static const uint64_t times[] = {
		1 << 24, 1 << 25, UINT64_C(1) << 32, UINT64_C(1) << 44, UINT64_C(1) << 59};
	struct query query = {.code = 0xffff, .flags = 7, .interval_code = 0xff};
	uint64_t before = 0;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(times); i++) {
		struct fixture fixture = fixture_new(false);
		struct wire wire;

		write_query(&wire, &query);
		receive(&fixture, &wire, times[i]);
		assert_true(fixture.notes.mld_general_query > before);
		before = fixture.notes.mld_general_query;
		query = (struct query){.len = V1_LEN};
	}
}

// --- reports --------------------------------------------------------------------------------------

static void
write_headers(struct wire *wire, bool tagged, const uint8_t *from, const uint8_t *to)
{
	uint8_t mac[6];

	wire_group_mac(to, mac);
	wire_ether(wire, mac, wire_host_mac, wire_tag(tagged), 0x86dd);
	wire_ipv6(wire, from, to, ICMP6);
	wire->bytes[wire->l2_len + 7] = 1;
	wire_extension(wire, HOP, 8);
	memcpy(wire->bytes + wire->len - 6, (const uint8_t[]){5, 2, 0, 0, 1, 0}, 6);
}

static void
assert_written(const uint8_t *bytes, uint16_t len, const struct wire *expected)
{
	assert_int_equal(len, expected->len);
	assert_memory_equal(bytes, expected->bytes, len);
}

static void
expect_report(struct wire *wire, bool tagged, const uint8_t *from, uint8_t record, uint32_t groups)
{
	static const uint8_t to[16] = {0xff, 0x02, [15] = 0x16};
	const uint8_t *const addresses[] = {wire_host6, wire_tentative6, wire_link6};
	uint8_t body[4 + 3 * 20] = {0};
	unsigned len = 4;

	for (unsigned i = 0; i < 3; i++) {
		if ((groups >> i & 1) == 0)
			continue;
		body[len] = record;
		wire_solicited_nodes(addresses[i], body + len + 4);
		body[3]++;
		len += 20;
	}
	write_headers(wire, tagged, from, to);
	wire_icmp(wire, MLD_REPORT, 0, body, len);
	wire_close(wire);
}

static void
test_reports(void **state)
{
	(void)state;
	for (uint32_t groups = 1; groups < 8; groups++)
		for (unsigned i = 0; i < 4; i++) {
			struct host host = wire_host(i % 2);
			uint8_t record = i / 2 ? MLD_TO_EXCLUDE : MLD_IS_EXCLUDE;
			uint8_t bytes[MLD_FRAME_MAX];
			struct wire wire;

			expect_report(&wire, i % 2, wire_link6, record, groups);
			assert_written(
				bytes, mld_write_report(&host, bytes, record, groups), &wire
			);
			host.ipv6_usable = 3; // all but the link-local one: RFC 3810 5.2.13
			expect_report(&wire, i % 2, wire_zero, record, groups);
			assert_written(
				bytes, mld_write_report(&host, bytes, record, groups), &wire
			);
		}
}

static void
test_v1_reports(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct host host = wire_host(i % 2);
		uint8_t bytes[MLD_FRAME_MAX];
		uint8_t body[20] = {0};
		struct wire wire;

		wire_solicited_nodes(host.ipv6[i / 2], body + 4);
		write_headers(&wire, i % 2, wire_link6, body + 4);
		wire_icmp(&wire, MLD_REPORT_V1, 0, body, 20);
		wire_close(&wire);
		assert_written(bytes, mld_write_report_v1(&host, bytes, i / 2), &wire);
	}
}

// The maximum number of groups fits, and groups that addresses share are reported once.
static void
test_groups(void **state)
{
	struct host host = wire_host(true);
	uint8_t bytes[MLD_FRAME_MAX];

	(void)state;
	assert_int_equal(mld_groups(&host), 7);
	host.ipv6_anycast = 1;
	assert_int_equal(mld_groups(&host), 6);
	host.ipv6_anycast = 0;
	memcpy(host.ipv6[1] + 13, host.ipv6[0] + 13, 3);
	assert_int_equal(mld_groups(&host), 5);
	host.ipv6_anycast = 1; // the other one in its group is not
	assert_int_equal(mld_groups(&host), 6);
	host.ipv6_anycast = 0;
	memcpy(host.ipv6[2] + 13, host.ipv6[0] + 13, 3);
	assert_int_equal(mld_groups(&host), 1);
	host.ipv6_count = 0;
	assert_int_equal(mld_groups(&host), 0);
	host.ipv6_count = HOST_ADDRESSES_MAX;
	for (unsigned i = 0; i < HOST_ADDRESSES_MAX; i++)
		host.ipv6[i][15] = (uint8_t)i;
	assert_int_equal(mld_groups(&host), (1 << HOST_ADDRESSES_MAX) - 1);
	assert_int_equal(
		mld_write_report(&host, bytes, MLD_IS_EXCLUDE, mld_groups(&host)), MLD_FRAME_MAX
	);
}

static void
test_types(void **state)
{
	struct host host = wire_host(false);

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		struct wire wire;
		struct held held;

		wire_ether(&wire, wire_host_mac, wire_peer_mac, WIRE_TAG_NONE, 0x86dd);
		wire_ipv6(&wire, wire_peer6, wire_host6, ICMP6);
		wire_icmp(&wire, (uint8_t)type, 0, NULL, 20);
		wire_close(&wire);
		held_open(&held, &wire, wire.len, 0);
		assert_int_equal(frame_parse(&host, &held.frame), VERDICT_NONE);
		assert_int_equal(mld_is_message(&held.frame), type >= 130 && type <= 132);
		held_close(&held);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_general_query),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_v1_query),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_group_queries),
		cmocka_unit_test(test_noted),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_without_extension),
		cmocka_unit_test(test_words_grow),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_v1_reports),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
