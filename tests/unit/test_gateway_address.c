// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/address.c: addresses to listen on.

#include "../../app/weir-gateway/address.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <arpa/inet.h>
#include <netinet/in.h>

static void
test_good(void **state)
{
	static const char *const texts[] = {
		"127.0.0.1:1212",
		"0.0.0.0:0",
		"255.255.255.255:65535",
		"[::1]:1212",
		"[::]:1",
		"[2001:db8::1]:443",
	};
	struct address address;
	char printed[ADDRESS_TEXT_MAX];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++) {
		assert_true(address_parse(texts[i], &address));
		address_print(&address, printed);
		assert_string_equal(printed, texts[i]);
	}
	assert_true(address_parse("127.0.0.1:1212", &address));
	const struct sockaddr_in *in = (const struct sockaddr_in *)&address.storage;

	assert_int_equal(address.length, sizeof(*in));
	assert_int_equal(in->sin_port, htons(1212));
	assert_int_equal(in->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
}

static void
test_bad(void **state)
{
	static const char *const texts[] = {
		"",
		":",
		":80",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:65536",
		"127.0.0.1: 80",
		"127.0.0:80",
		"localhost:80",
		"::1:80",
		"[::1]",
		"[::1]80",
		"[]:80",
		"[127.0.0.1]:80",
		"[::1:80",
		"[fe80::1%eth0]:80",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa]:80",
	};
	struct address address;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(texts); i++)
		if (address_parse(texts[i], &address))
			fail_msg("%s", texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
