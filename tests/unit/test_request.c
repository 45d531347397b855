// SPDX-License-Identifier: BSD-3-Clause
// lib/bep15/request.h: every length with every kind of action, scrape counts, num_want.

#include "../../lib/bep15/request.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LEN_MAX = 2048, HEAD_BYTES = 16 };

static const uint32_t actions[] = {0, 1, 2, 3, 4, 5, UINT32_C(1) << 31, UINT32_MAX};

// A payload on the heap with exactly its length, so that a sanitizer sees reads beyond it.
static uint8_t *
make_payload(unsigned len, uint32_t action, bool magic)
{
	uint8_t head[HEAD_BYTES] = {0x00, 0x00, 0x04, 0x17, 0x27, 0x10, 0x19, 0x80};
	uint8_t *payload = malloc(len > 0 ? len : 1);

	assert_non_null(payload);
	head[0] = magic ? 0x00 : 0x80;
	for (unsigned i = 0; i < 4; i++)
		head[8 + i] = (uint8_t)(action >> (24 - 8 * i));
	memset(payload, 0xff, len);
	memcpy(payload, head, len < HEAD_BYTES ? len : HEAD_BYTES);
	return payload;
}

// The rules of BEP 15.
static enum verdict
expected(unsigned len, uint32_t action, bool magic, enum family family)
{
	if (len < 16)
		return VERDICT_request_short;
	if (len > (family == FAMILY_IPV4 ? 1472 : 1452))
		return VERDICT_request_long;
	if (action == 0)
		return magic ? VERDICT_NONE : VERDICT_request_magic;
	if (action == 1)
		return len < 98 ? VERDICT_announce_short : VERDICT_NONE;
	if (action == 2)
		return len < 36 ? VERDICT_scrape_short : VERDICT_NONE;
	return VERDICT_request_action;
}

static void
check(unsigned len, uint32_t action, bool magic, enum family family)
{
	uint8_t *payload = make_payload(len, action, magic);
	enum bep15_action found = BEP15_ERROR;
	enum verdict verdict = request_check(payload, (uint16_t)len, family, &found);

	if (verdict != expected(len, action, magic, family))
		fail_msg(
			"%u bytes, action %u, magic %d: %s",
			len,
			action,
			magic,
			verdict_infos[verdict].name
		);
	if (verdict == VERDICT_NONE)
		assert_int_equal(found, action);
	free(payload);
}

static void
test_every_length_and_action(void **state)
{
	(void)state;
	for (unsigned len = 0; len <= LEN_MAX; len++)
		for (unsigned a = 0; a < RTE_DIM(actions); a++) {
			check(len, actions[a], true, FAMILY_IPV4);
			check(len, actions[a], false, FAMILY_IPV6);
			check(len, actions[a], true, FAMILY_IPV6);
			check(len, actions[a], false, FAMILY_IPV4);
		}
}

// Any wrong bit of the magic number.
static void
test_magic_bit_by_bit(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 64; bit++) {
		uint8_t *payload = make_payload(HEAD_BYTES, 0, true);
		enum bep15_action action;

		payload[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(
			request_check(payload, HEAD_BYTES, FAMILY_IPV4, &action),
			VERDICT_request_magic
		);
		free(payload);
	}
}

static void
test_payload_at_any_byte(void **state)
{
	uint8_t buffer[HEAD_BYTES + 8];
	uint8_t *payload = make_payload(HEAD_BYTES, 0, true);
	enum bep15_action action;

	(void)state;
	for (unsigned at = 0; at < 8; at++) {
		memcpy(buffer + at, payload, HEAD_BYTES);
		assert_int_equal(
			request_check(buffer + at, HEAD_BYTES, FAMILY_IPV4, &action), VERDICT_NONE
		);
	}
	free(payload);
}

static void
test_scrape_count(void **state)
{
	(void)state;
	for (unsigned len = 36; len <= UINT16_MAX; len++) {
		unsigned whole = (len - 16) / 20;

		assert_int_equal(request_scrape_count((uint16_t)len, 72), whole < 72 ? whole : 72);
		assert_int_equal(request_scrape_count((uint16_t)len, 45), whole < 45 ? whole : 45);
	}
}

static void
test_num_want(void **state)
{
	static const struct {
		int32_t num_want;
		uint16_t standard;
		uint16_t most;
		uint16_t expected;
	} rows[] = {
		{0, 50, 200, 0},
		{1, 50, 200, 1},
		{49, 50, 200, 49},
		{50, 50, 200, 50},
		{199, 50, 200, 199},
		{200, 50, 200, 200},
		{201, 50, 200, 200},
		{65535, 50, 200, 200},
		{65536, 50, 200, 200}, // beyond 16 bits
		{65537, 50, 200, 200},
		{INT32_MAX, 50, 200, 200},
		{-1, 50, 200, 50},
		{-2, 50, 200, 50},
		{INT32_MIN, 50, 200, 50},
		{-1, 200, 66, 66}, // the default is limited to the family's maximum
		{-1, 0, 200, 0},
		{-1, 50, 0, 0}, // the operator allows no peers
		{10, 50, 0, 0},
		{INT32_MAX, 50, UINT16_MAX, UINT16_MAX},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(
			request_num_want(
				rte_cpu_to_be_32((uint32_t)rows[i].num_want),
				rows[i].standard,
				rows[i].most
			),
			rows[i].expected
		);
}

// With this number of peers the reply is no longer than the announce; with one more it is.
static void
test_num_want_within(void **state)
{
	static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};
	static const int32_t wanted[] = {0, 1, 3, 4, 5, 13, 14, 200, INT32_MAX, INT32_MIN, -1};

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++)
		for (uint16_t len = 98; len < 1500; len++)
			for (unsigned i = 0; i < RTE_DIM(wanted); i++) {
				unsigned stride = families[f] == FAMILY_IPV4 ? 6 : 18;
				uint32_t asked = (uint32_t)wanted[i];
				uint32_t got = rte_be_to_cpu_32(request_num_want_within(
					rte_cpu_to_be_32(asked), len, families[f]
				));

				assert_true(got <= asked);
				assert_true(20 + got * stride <= len);
				assert_true(got == asked || 20 + (got + 1) * stride > len);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_length_and_action),
		cmocka_unit_test(test_magic_bit_by_bit),
		cmocka_unit_test(test_payload_at_any_byte),
		cmocka_unit_test(test_scrape_count),
		cmocka_unit_test(test_num_want),
		cmocka_unit_test(test_num_want_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
