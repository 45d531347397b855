// SPDX-License-Identifier: BSD-3-Clause
// lib/bep15/reply.h: replies byte by byte, as BEP 15 defines them.

#include "../../lib/bep15/reply.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHORTEST_WITH_ERROR = 36, // a scrape of one hash
	ROW_BYTES = 12,
	HASH_BYTES = 20,
};

// The transaction id of every request here is 0xa1b2c3d4.
#define TRANSACTION_ID 0xa1, 0xb2, 0xc3, 0xd4

// A request of `len` bytes on the heap, at an odd address where `odd` is 1.
static uint8_t *
make_request(unsigned len, unsigned odd)
{
	static const uint8_t head[16] = {9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1, TRANSACTION_ID};
	uint8_t *payload = malloc(len + odd);

	assert_non_null(payload);
	payload += odd;
	memset(payload, 0x55, len);
	memcpy(payload, head, sizeof(head));
	return payload;
}

static void
test_connect(void **state)
{
	static const uint8_t expected[] = {
		0, 0, 0, 0, TRANSACTION_ID, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

	(void)state;
	for (unsigned odd = 0; odd < 2; odd++) {
		uint8_t *payload = make_request(16, odd);

		assert_int_equal(reply_connect(payload, UINT64_C(0x0123456789abcdef)), 16);
		assert_memory_equal(payload, expected, sizeof(expected));
		free(payload - odd);
	}
}

// Interval, leechers and seeders in that order. The peers stay in place.
static void
test_announce(void **state)
{
	static const uint8_t expected[] = {
		0,
		0,
		0,
		1,
		TRANSACTION_ID,
		0x00,
		0x00,
		0x07,
		0x08,
		0x11,
		0x12,
		0x13,
		0x14,
		0x21,
		0x22,
		0x23,
		0x24,
		0x55,
		0x55};

	(void)state;
	for (unsigned odd = 0; odd < 2; odd++) {
		uint8_t *payload = make_request(98, odd);

		assert_int_equal(reply_announce(payload, 1800, 0x11121314, 0x21222324, 0), 20);
		assert_memory_equal(payload, expected, sizeof(expected));
		free(payload - odd);
	}
}

static void
test_announce_lengths(void **state)
{
	static const struct {
		uint16_t peer_bytes;
		uint16_t len;
	} rows[] = {{0, 20}, {6, 26}, {18, 38}, {200 * 6, 1220}, {66 * 18, 1208}};
	uint8_t *payload = make_request(98, 0);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		uint16_t len = reply_announce(payload, 1, 2, 3, rows[i].peer_bytes);

		assert_int_equal(len, rows[i].len);
		assert_true(len <= BEP15_REPLY_BYTES_MAX);
	}
	free(payload);
}

// Rows with different numbers are in the places of the hashes; then all of them move together.
static void
check_scrape(unsigned count, unsigned odd)
{
	const unsigned len = 16 + count * HASH_BYTES;
	uint8_t *payload = make_request(len, odd);
	uint8_t row[ROW_BYTES];

	for (unsigned i = 0; i < count; i++) {
		memset(row, (int)i + 1, sizeof(row));
		memcpy(payload + 16 + i * HASH_BYTES, row, sizeof(row));
	}
	assert_int_equal(reply_scrape(payload, (uint16_t)count), 8 + count * ROW_BYTES);
	assert_memory_equal(payload, ((const uint8_t[]){0, 0, 0, 2, TRANSACTION_ID}), 8);
	for (unsigned i = 0; i < count; i++) {
		memset(row, (int)i + 1, sizeof(row));
		assert_memory_equal(payload + 8 + i * ROW_BYTES, row, sizeof(row));
	}
	free(payload - odd);
}

static void
test_scrape_rows_move_together(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= BEP15_SCRAPE_IPV4_MAX; count++) {
		check_scrape(count, 0);
		check_scrape(count, 1);
	}
}

// An error must never be longer than its request.
static void
test_error_texts(void **state)
{
	(void)state;
	for (unsigned e = 0; e < REPLY_ERROR_COUNT; e++) {
		assert_non_null(reply_error_texts[e]);
		assert_true(*reply_error_texts[e] != '\0');
		assert_true(8 + strlen(reply_error_texts[e]) <= SHORTEST_WITH_ERROR);
		for (unsigned f = 0; f < e; f++)
			assert_string_not_equal(reply_error_texts[e], reply_error_texts[f]);
	}
}

static void
test_error(void **state)
{
	static const uint8_t head[] = {0, 0, 0, 3, TRANSACTION_ID};

	(void)state;
	for (unsigned e = 0; e < REPLY_ERROR_COUNT; e++) {
		size_t text_len = strlen(reply_error_texts[e]);
		uint8_t *payload = make_request(SHORTEST_WITH_ERROR, e % 2);

		assert_int_equal(reply_error(payload, (enum reply_error)e), 8 + text_len);
		assert_memory_equal(payload, head, sizeof(head));
		assert_memory_equal(payload + 8, reply_error_texts[e], text_len);
		if (8 + text_len < SHORTEST_WITH_ERROR) // no NUL behind it
			assert_int_equal(payload[8 + text_len], 0x55);
		free(payload - e % 2);
	}
}

// The longest message is as long as the shortest announce.
static void
test_message(void **state)
{
	static const uint8_t head[] = {0, 0, 0, 3, TRANSACTION_ID};
	uint8_t *payload = make_request(98, 1);
	char message[REPLY_MESSAGE_MAX + 1];

	(void)state;
	memset(message, 'm', REPLY_MESSAGE_MAX);
	message[REPLY_MESSAGE_MAX] = '\0';
	assert_int_equal(reply_message(payload, message), 98);
	assert_memory_equal(payload, head, sizeof(head));
	assert_memory_equal(payload + 8, message, REPLY_MESSAGE_MAX);
	free(payload - 1);
}

static void
test_scrape_of_zeros(void **state)
{
	static const uint8_t zeros[BEP15_SCRAPE_IPV4_MAX * ROW_BYTES];

	(void)state;
	for (unsigned count = 1; count <= BEP15_SCRAPE_IPV4_MAX; count++) {
		uint8_t *payload = make_request(16 + count * HASH_BYTES, count % 2);
		unsigned len = 8 + count * ROW_BYTES;

		assert_int_equal(reply_scrape_zeros(payload, (uint16_t)count), len);
		assert_memory_equal(payload, ((const uint8_t[]){0, 0, 0, 2, TRANSACTION_ID}), 8);
		assert_memory_equal(payload + 8, zeros, count * ROW_BYTES);
		assert_int_equal(payload[len], 0x55);
		free(payload - count % 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_announce),
		cmocka_unit_test(test_announce_lengths),
		cmocka_unit_test(test_scrape_rows_move_together),
		cmocka_unit_test(test_error_texts),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_scrape_of_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
