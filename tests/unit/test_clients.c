// SPDX-License-Identifier: BSD-3-Clause
// lib/census/clients.h: names, versions, counts, and malicious ids.

#include "../../lib/base/rng.h"
#include "../../lib/census/clients.h"
#include "../support/cmocka_wrap.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const uint8_t *
id_of(const char *beginning)
{
	static uint8_t id[CLIENT_PEER_ID_BYTES];

	memset(id, 0xff, sizeof(id));
	memcpy(id, beginning, strlen(beginning));
	return id;
}

static void
test_texts(void **state)
{
	static const struct {
		const char *beginning;
		const char *text;
	} rows[] = {
		{"-qB4520-", "qBittorrent 4.5.2"},
		{"-TR3000-", "Transmission 3.0"},
		{"-TR4050-", "Transmission 4.0.5"},
		{"-lt0D60-", "rTorrent 0.13.6"},
		{"-LT2080-", "libtorrent (Rasterbar) 2.0.8"},
		{"-DE211s-", "Deluge 2.1.1.54"},
		{"-UT0000-", "uTorrent 0.0"},
		{"-WL0100-", "weir-load 0.1"},
		{"A2-1-36-0-", "aria2"},
		{"-lftp47-", "lftp"}, // no version in the usual place
		{"-BOWA0C-", "Bits on Wheels"},
		{"-ML3.1.7-", "MLDonkey"},
		{"-GT0003-", "anacrolix torrent 0.0.0.3"},
		{"-rQ8010-", "rqbit 8.0.1"},
		{"-BW1.0.0", "BitTorrent Web"},
		{"TIX0301-", "Tixati"},
		{"M7-9-2--", "Mainline"},
		{"T03I------", "BitTornado"},
		{"-qB45\n0-", "qBittorrent"},
		{"-qB4520", "qBittorrent"},
		{"-ZZ1000-", ""},
		{"Mx-9-2--", ""},
		{"qB4520-", ""},
		{"", ""},
	};
	char text[CLIENT_TEXT_BYTES];

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		client_text(id_of(rows[i].beginning), text);
		assert_string_equal(text, rows[i].text);
	}
}

// For any id the text is printable and terminated.
static void
test_any_bytes(void **state)
{
	struct rng rng = {.state = 1};
	uint8_t id[CLIENT_PEER_ID_BYTES];
	char text[CLIENT_TEXT_BYTES];

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		for (unsigned b = 0; b < sizeof(id); b++)
			id[b] = (uint8_t)rng_below(&rng, 256);
		if (i % 2 == 0)
			memcpy(id, "-qB", 3);
		client_text(id, text);
		assert_non_null(memchr(text, '\0', sizeof(text)));
		for (const char *at = text; *at != '\0'; at++)
			assert_true(isprint((unsigned char)*at));
	}
}

// Every row can match: none is hidden by one before it.
static void
test_every_row(void **state)
{
	static const char *const beginnings[] = {
#define CLIENT(beginning, name) beginning,
#include "../../lib/census/clients.def"
#undef CLIENT
	};
	struct clients clients;

	(void)state;
	for (unsigned i = 0; i < CLIENTS_COUNT; i++) {
		char example[CLIENT_PEER_ID_BYTES + 1];

		snprintf(example, sizeof(example), "%s", beginnings[i]);
		for (char *at = example; *at != '\0'; at++)
			*at = *at == '#' ? '1' : *at == '.' ? 'x' : *at;
		clients_init(&clients);
		clients_add(&clients, id_of(example));
		assert_int_equal(clients.rows[i].peers, 1);
	}
}

static void
test_counts(void **state)
{
	struct clients clients;

	(void)state;
	clients_init(&clients);
	for (unsigned i = 0; i < 3; i++)
		clients_add(&clients, id_of("-TR3000-"));
	clients_add(&clients, id_of("-BC0170-"));
	clients_add(&clients, id_of("exbc"));
	clients_add(&clients, id_of("-qB4520-"));
	clients_add(&clients, id_of("nobody"));
	assert_int_equal(clients_sort(&clients), 3);
	assert_int_equal(clients.peers, 7);
	assert_int_equal(clients.unknown, 1);
	assert_string_equal(clients.rows[0].name, "Transmission");
	assert_int_equal(clients.rows[0].peers, 3);
	assert_string_equal(clients.rows[1].name, "BitComet");
	assert_int_equal(clients.rows[1].peers, 2);
	assert_string_equal(clients.rows[2].name, "qBittorrent");
	assert_int_equal(clients.rows[2].peers, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
