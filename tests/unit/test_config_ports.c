// SPDX-License-Identifier: BSD-3-Clause
// app/weir/config/config.h: ports with their addresses, gateways and devices.

#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"

#include <rte_common.h>

#include <string.h>

// Line 0 stands for the file as a whole: there is no line to blame.
static void
test_missing_ports(void **state)
{
	(void)state;
	assert_config_refused("", 0, "ports", "is missing");
	assert_config_refused("driver = { virtual = false; };\n", 0, "ports", "is missing");
}

static void
test_virtual_driver_needs_no_ports(void **state)
{
	struct config *config = config_file_load_valid("driver = { virtual = true; };\n");

	(void)state;
	assert_int_equal(config->port_count, 1);
	assert_int_equal(config->ports[0].addresses.count, 2);
	assert_string_equal(config->ports[0].addresses.items[0].text, "10.77.0.1/24");
	assert_string_equal(config->ports[0].addresses.items[1].text, "fd77::1/64");
	assert_false(config->allow_private); // nor does it depend on ports being named
	config_free(config);
	config = config_file_load_valid("driver = { virtual = true; };\n" PORTS);
	assert_false(config->allow_private);
	assert_int_equal(config->ports[0].addresses.count, 1);
	config_free(config);
}

static void
test_ports_must_be_a_list_of_groups(void **state)
{
	static const struct {
		const char *text;
		const char *key;
		const char *words;
	} rows[] = {
		{"ports = { };\n", "ports", "must be a list"},
		{"ports = 1;\n", "ports", "must be a list"},
		{"ports = [ 1 ];\n", "ports", "must be a list"},
		{"ports = ( );\n", "ports", "1 to 8 groups"},
		{"ports = ( { device = \"d\"; addresses = [ \"10.0.0.1/8\" ]; }, 7 );\n",
		 "ports[1]",
		 "must be a group"},
		{"ports = ( { } );\n", "ports[0].addresses", "at least one"},
		{"ports = ( { addresses = [ ]; } );\n", "ports[0].addresses", "at least one"},
		{"ports = ( { addresses = \"10.0.0.1/8\"; } );\n",
		 "ports[0].addresses",
		 "must be a list"},
		{"ports = ( { addresses = [ 1 ]; } );\n",
		 "ports[0].addresses[0]",
		 "must be an address"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_config_refused(rows[i].text, 1, rows[i].key, rows[i].words);
}

#define BESIDE                                                                                     \
	"driver = { virtual = true; eal = [ \"--vdev=net_af_xdp0,iface=e,xdp_prog=p\" ]; };\n"     \
	"host = { stack = \"kernel\"; };\n"

// With the kernel as host, addresses and what belongs to them are the kernel's.
static void
test_beside_the_kernel(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *key;
		const char *words;
	} rows[] = {
		{BESIDE "ports = ( { addresses = [ \"10.0.0.1/24\" ]; } );\n",
		 3,
		 "ports[0].addresses",
		 "must be [ \"interface\" ]"},
		{BESIDE
		 "ports = ( { addresses = [ \"interface\" ]; gateway_ipv4 = \"10.0.0.1\"; } );\n",
		 3,
		 "ports[0].gateway_ipv4",
		 "must be empty"},
		{"ports = ( { addresses = [ \"interface\" ]; } );\n",
		 1,
		 "ports[0].addresses",
		 "needs host.stack"},
		{"driver = { virtual = true; eal = [ \"--vdev=net_tap0\" ]; };\nhost = { stack = "
		 "\"kernel\"; };\n",
		 2,
		 "host.stack",
		 "net_af_xdp device in driver.eal, with xdp_prog"},
		{"host = { stack = \"kernel\"; };\ndriver = { virtual = true; mtu = 1500;\n"
		 "eal = [ \"--vdev=net_af_xdp0,xdp_prog=p\" ]; };\n",
		 2,
		 "driver.mtu",
		 "the MTU is the interface's"},
		{"host = { stack = \"kernel\"; };\ndriver = { virtual = true; promiscuous = true;\n"
		 "eal = [ \"--vdev=net_af_xdp0,xdp_prog=p\" ]; };\n",
		 2,
		 "driver.promiscuous",
		 "the mode is the interface's"},
	};
	struct config *config = config_file_load_valid(BESIDE);

	(void)state;
	assert_int_equal(config->stack, CONFIG_STACK_KERNEL);
	assert_int_equal(config->port_count, 1);
	assert_true(config->ports[0].addresses.of_interface);
	assert_int_equal(config->ports[0].addresses.count, 0);
	config_free(config);
	config_free(config_file_load_valid(
		BESIDE "ports = ( { addresses = [ \"interface\" ]; vlan = 5; } );\n"
	));
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_config_refused(rows[i].text, rows[i].line, rows[i].key, rows[i].words);
}

// `count` ports with a device and an address of their own each.
static const char *
many_ports(char *text, size_t size, unsigned count)
{
	size_t at = (size_t)snprintf(text, size, "ports = (");

	for (unsigned i = 0; i < count; i++)
		at += (size_t)snprintf(
			text + at,
			size - at,
			"%s\n{ device = \"d%u\"; addresses = [ \"10.0.%u.1/24\" ]; }",
			i == 0 ? "" : ",",
			i,
			i
		);
	snprintf(text + at, size - at, " );\n");
	return text;
}

static void
test_number_of_ports(void **state)
{
	char text[2048];

	(void)state;
	for (unsigned count = 1; count <= CONFIG_PORTS_MAX; count++) {
		struct config *config =
			config_file_load_valid(many_ports(text, sizeof(text), count));

		assert_int_equal(config->port_count, count);
		assert_int_equal(config->ports[count - 1].device[1], '0' + (int)count - 1);
		assert_int_equal(config->ports[count - 1].addresses.items[0].bytes[2], count - 1);
		config_free(config);
	}
	assert_config_refused(many_ports(text, sizeof(text), 9), 1, "ports", "1 to 8 groups");
}

static void
test_addresses(void **state)
{
	static const struct config_address rows[] = {
		{FAMILY_IPV4, {198, 51, 100, 10}, 24, .text = "198.51.100.10/24"},
		{FAMILY_IPV4, {10, 0, 0, 1}, 1, .text = "10.0.0.1/1"},
		{FAMILY_IPV4, {169, 254, 3, 4}, 32, .text = "169.254.3.4/32"},
		{FAMILY_IPV6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, 64, .text = "2001:db8::1/64"},
		{FAMILY_IPV6, {0xfe, 0x80, [15] = 1}, 128, .text = "fe80::1/128"},
		{FAMILY_IPV6, {0xfd, 0x77, [15] = 1}, 1, .text = "fd77::1/1"},
	};
	char text[256];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"%s\" ]; } );\n",
			rows[i].text
		);
		struct config *config = config_file_load_valid(text);
		const struct config_address *address = &config->ports[0].addresses.items[0];

		assert_int_equal(config->ports[0].addresses.count, 1);
		assert_int_equal(address->family, rows[i].family);
		assert_memory_equal(address->bytes, rows[i].bytes, 16);
		assert_int_equal(address->prefix, rows[i].prefix);
		assert_string_equal(address->text, rows[i].text);
		assert_false(address->anycast);
		config_free(config);
	}
}

static void
test_wrong_addresses(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{"198.51.100.10", "with its prefix length"},
		{"198.51.100.10/", "with its prefix length"},
		{"198.51.100.10/0", "with its prefix length"},
		{"198.51.100.10/33", "with its prefix length"},
		{"198.51.100.10/24x", "with its prefix length"},
		{"198.51.100.10/+24", "with its prefix length"},
		{"198.51.100.10/ 24", "with its prefix length"},
		{"198.51.100.10/-1", "with its prefix length"},
		{"198.51.100.10/99999999999999999999", "with its prefix length"},
		{"198.51.100/24", "with its prefix length"},
		{"198.51.100.256/24", "with its prefix length"},
		{"2001:db8::1/129", "with its prefix length"},
		{"2001:db8:::1/64", "with its prefix length"},
		{"/24", "with its prefix length"},
		{"", "with its prefix length"},
		{"tracker.example.org/24", "with its prefix length"},
		{"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/64", "prefix length"},
		{"0.1.2.3/8", "not an address a host can have"},
		{"127.0.0.1/8", "not an address a host can have"},
		{"224.0.0.1/24", "not an address a host can have"},
		{"255.255.255.255/24", "not an address a host can have"},
		{"::/64", "not an address a host can have"},
		{"::1/128", "not an address a host can have"},
		{"ff02::1/64", "not an address a host can have"},
		{"240.0.0.1/24", "not an address a host can have"},
		{"::ffff:198.51.100.10/120", "not an address a host can have"},
		{"::ffff:0:0/96", "not an address a host can have"},
		{"::198.51.100.10/120", "not an address a host can have"},
		{"198.51.100.0/24", "is the address of the network itself"},
		{"198.51.100.128/25", "is the address of the network itself"},
		{"198.51.100.255/24", "is the broadcast address of its network"},
		{"198.51.100.131/30", "is the broadcast address of its network"},
		{"10.255.255.255/8", "is the broadcast address of its network"},
		{"2001:db8::/64", "is the routers' anycast address"},
		{"198.51.100.10/4294967320", "with its prefix length"},
		{"198.51.100.10/18446744073709551640", "with its prefix length"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_address_refused(rows[i].text, rows[i].words);
}

// "10.0.0.1/8", "10.0.0.2/8", … and as many of IPv6.
static const char *
many_addresses(char *text, size_t size, unsigned ipv4, unsigned ipv6)
{
	size_t at = (size_t)snprintf(text, size, "ports = ( { addresses = [ ");

	for (unsigned i = 0; i < ipv4 + ipv6; i++)
		at += (size_t)snprintf(
			text + at,
			size - at,
			i < ipv4 ? "%s\"10.0.0.%u/8\"" : "%s\"fd77::%u/64\"",
			i == 0 ? "" : ", ",
			i + 1
		);
	snprintf(text + at, size - at, " ]; } );\n");
	return text;
}

static void
test_number_of_addresses(void **state)
{
	char text[1024];

	(void)state;
	config_free(config_file_load_valid(many_addresses(text, sizeof(text), 8, 8)));
	assert_config_refused(
		many_addresses(text, sizeof(text), 9, 0), 1, "ports[0].addresses", "at most 8"
	);
	assert_config_refused(
		many_addresses(text, sizeof(text), 1, 9), 1, "ports[0].addresses", "at most 8"
	);
	assert_config_refused(
		many_addresses(text, sizeof(text), 8, 9), 1, "ports[0].addresses", "at most 16"
	);
}

static void
test_duplicate_addresses(void **state)
{
	(void)state;
	assert_config_refused(
		"ports = ( { addresses = [ \"10.0.0.1/24\",\n\"10.0.0.1/16\" ]; } );\n",
		2,
		"ports[0].addresses[1]",
		"10.0.0.1/16 is listed twice"
	);
	assert_config_refused(
		"ports = ( { device = \"e\"; addresses = [ \"fd77::1/64\" ]; },\n"
		"{ device = \"d\"; addresses = [ \"fd77:0::1/64\" ]; } );\n",
		2,
		"ports[1].addresses[0]",
		"fd77:0::1/64 is listed twice"
	);
	// The same first bytes in the other family are another address.
	config_free(config_file_load_valid(
		"ports = ( { addresses = [ \"32.1.13.184/24\", \"2001:db8::/128\" ]; "
		"} );\n"
	));
}

static void
test_gateways(void **state)
{
	static const struct {
		const char *setting; // of a port 198.51.100.10/25, 10.9.8.7/32, 2001:db8::10/60
		const char *key;
		const char *words; // NULL: accepted
	} rows[] = {
		{"gateway_ipv4 = \"198.51.100.1\"", NULL, NULL},
		{"gateway_ipv4 = \"198.51.100.127\"", "ports[0].gateway_ipv4", "is the broadcast"},
		{"gateway_ipv4 = \"198.51.100.0\"", "ports[0].gateway_ipv4", "the network itself"},
		{"gateway_ipv4 = \"198.51.100.10\"",
		 "ports[0].gateway_ipv4",
		 "is an address of Weir"},
		{"gateway_ipv4 = \"10.9.8.7\"", "ports[0].gateway_ipv4", "is an address of Weir"},
		{"gateway_ipv4 = \"224.0.0.1\"", "ports[0].gateway_ipv4", "a router can have"},
		{"gateway_ipv6 = \"2001:db8::10\"",
		 "ports[0].gateway_ipv6",
		 "is an address of Weir"},
		{"gateway_ipv6 = \"ff02::2\"", "ports[0].gateway_ipv6", "a router can have"},
		{"gateway_ipv6 = \"2001:db8:0:f::1\"", NULL, NULL},
		{"gateway_ipv6 = \"fe80::1\"", NULL, NULL},
		{"gateway_ipv6 = \"febf:ffff::1\"", NULL, NULL},
		{"gateway_ipv6 = \"fec0::1\"", "ports[0].gateway_ipv6", "or link-local"},
		{"gateway_ipv6 = \"fe80::1%eth0\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv4 = \"169.254.0.1\"", "ports[0].gateway_ipv4", "must be in"},
		{"gateway_ipv4 = \"198.51.100.128\"", "ports[0].gateway_ipv4", "must be in"},
		{"gateway_ipv4 = \"10.9.8.6\"", "ports[0].gateway_ipv4", "must be in"},
		{"gateway_ipv6 = \"2001:db8:0:10::1\"", "ports[0].gateway_ipv6", "must be in"},
		{"gateway_ipv4 = \"198.51.100.100/25\"", "ports[0].gateway_ipv4", "text of"},
		{"gateway_ipv4 = \"10.9.8.7/32\"", "ports[0].gateway_ipv4", "without prefix"},
		{"gateway_ipv4 = \"fd77::1\"", "ports[0].gateway_ipv4", "must be an address"},
		{"gateway_ipv6 = \"198.51.100.1\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv6 = \"router\"", "ports[0].gateway_ipv6", "must be an address"},
		{"gateway_ipv4 = 7", "ports[0].gateway_ipv4", "must be a text"},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"198.51.100.10/25\", \"10.9.8.7/32\",\n"
			"\"2001:db8::10/60\" ];\n%s; } );\n",
			rows[i].setting
		);
		if (rows[i].words == NULL)
			config_free(config_file_load_valid(text));
		else
			assert_config_refused(text, 3, rows[i].key, rows[i].words);
	}
}

// Hosts that are alone in their network have their router outside it.
static void
test_gateway_of_an_address_without_neighbours(void **state)
{
	(void)state;
	config_free(config_file_load_valid(
		"ports = ( { addresses = [ \"198.51.100.10/32\", \"2001:db8::10/128\" ];\n"
		"gateway_ipv4 = \"172.31.1.1\"; gateway_ipv6 = \"fd00::1\"; } );\n"
	));
	assert_config_refused(
		"ports = ( { addresses = [ \"198.51.100.10/32\" ];\n"
		"gateway_ipv4 = \"224.0.0.1\"; } );\n",
		2,
		"ports[0].gateway_ipv4",
		"a router can have"
	);
}

static void
test_gateway_without_an_address_of_its_family(void **state)
{
	(void)state;
	assert_config_refused(
		"ports = ( { addresses = [ \"198.51.100.10/24\" ];\n"
		"gateway_ipv6 = \"fe80::1\"; } );\n",
		2,
		"ports[0].gateway_ipv6",
		"must be in"
	);
	assert_config_refused(
		"ports = ( { addresses = [ \"198.51.100.10/24\" ];\n"
		"gateway_ipv6 = \"fd77::1\"; } );\n",
		2,
		"ports[0].gateway_ipv6",
		"must be in"
	);
}

static void
test_devices(void **state)
{
	static const struct {
		const char *one, *other;
		unsigned line; // of the mistake; 0: none
		const char *words;
	} rows[] = {
		{"0000:01:00.0", "0000:01:00.1", 0, NULL},
		{"10000:e1:00.0", "net_tap0", 0, NULL},
		{"net_tap0", "net_tap0", 2, "net_tap0 is also the device of ports[0]"},
		{"0000:3b:00.0", "0000:3b:00.0", 2, "0000:3b:00.0 is also the device of ports[0]"},
		{"net_tap0", "", 2, "must be set"},
		{"0000:01:00", "net_tap0", 1, "is not a PCI address"},
		{"0000:01:00.8", "net_tap0", 1, "is not a PCI address"},
		{"0000:01:20.0", "net_tap0", 1, "is not a PCI address"},
		{"0000:01:00.0x", "net_tap0", 1, "is not a PCI address"},
		{"0000:100000001:00.0", "net_tap0", 1, "is not a PCI address"},
		{"01:00.0", "net_tap0", 1, "as lspci -D does"},
		{"0000:3B:00.0", "net_tap0", 1, "as lspci -D does"},
		{":", "net_tap0", 1, "is not a PCI address"},
	};
	char text[512];

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"10.0.0.1/24\" ]; device = \"%s\"; },\n"
			"{ addresses = [ \"10.0.1.1/24\" ]; device = \"%s\"; } );\n",
			rows[i].one,
			rows[i].other
		);
		if (rows[i].line == 0)
			config_free(config_file_load_valid(text));
		else
			assert_config_refused(
				text,
				rows[i].line,
				rows[i].line == 1 ? "ports[0].device" : "ports[1].device",
				rows[i].words
			);
	}
}

// Which clients an own address means: said where it is not a public one.
static void
test_notes_about_sources(void **state)
{
	static const struct {
		const char *address;
		bool allow_private;
		enum config_note note;
		const char *words;
	} rows[] = {
		{"8.8.8.8/24", false, CONFIG_NOTE_NONE, NULL},
		{"8.8.8.8/32", false, CONFIG_NOTE_NONE, NULL},
		{"2a00::1/128", false, CONFIG_NOTE_NONE, NULL},
		{"10.1.2.3/20", false, CONFIG_NOTE_INFO, "in 10.1.0.0/20, the port's own network"},
		{"10.1.2.3/31", false, CONFIG_NOTE_INFO, "in 10.1.2.2/31, "},
		{"10.1.2.3/20", true, CONFIG_NOTE_NONE, NULL},
		{"10.1.2.3/32", false, CONFIG_NOTE_WARNING, "or set host.allow_private"},
		{"10.1.2.3/32", true, CONFIG_NOTE_NONE, NULL},
		{"fd77::1/64", false, CONFIG_NOTE_INFO, "in fd77::/64, "},
		{"fd77::1/128", false, CONFIG_NOTE_WARNING, "other clients with private addresses"},
		{"192.0.2.9/24", true, CONFIG_NOTE_INFO, "others with reserved addresses"},
		{"192.0.2.9/32", true, CONFIG_NOTE_WARNING, "set the prefix length of the network"},
		{"fec0::1/64", true, CONFIG_NOTE_INFO, "in fec0::/64, "},
		{"fe80::1/64", true, CONFIG_NOTE_WARNING, "fe80::1/64 is link-local"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		char text[256], note[512];

		snprintf(
			text,
			sizeof(text),
			"ports = ( { addresses = [ \"%s\" ]; } );\nhost = { allow_private = %s; "
			"};\n",
			rows[i].address,
			rows[i].allow_private ? "true" : "false"
		);
		struct config *config = config_file_load_valid(text);

		assert_int_equal(
			config_note_sources(
				config, &config->ports[0].addresses.items[0], note, sizeof(note)
			),
			rows[i].note
		);
		if (rows[i].words != NULL && strstr(note, rows[i].words) == NULL)
			fail_msg("no \"%s\" in: %s", rows[i].words, note);
		config_free(config);
	}
}

// An MTU must let through what each family's hosts have to take; it may also be left alone.
static void
test_mtu(void **state)
{
	static const char ipv4[] = "ports = ( { addresses = [ \"198.51.100.10/24\" ]; } );\n";
	static const char both[] =
		"ports = ( { addresses = [ \"198.51.100.10/24\" ]; }, { device = "
		"\"b\"; addresses = [ \"2001:db8::10/64\" ]; } );\n";
	static const struct {
		uint32_t mtu;
		const char *ports;
		const char *words; // NULL: right
	} rows[] = {
		{0, ipv4, NULL},
		{0, both, NULL},
		{1, ipv4, "must be 0 or at least 576: every IPv4 host accepts that"},
		{575, ipv4, "must be 0 or at least 576"},
		{576, ipv4, NULL},
		{1279, ipv4, NULL},
		{575, both, "must be 0 or at least 1280: a link below that carries no IPv6"},
		{1279, both, "must be 0 or at least 1280"},
		{1280, both, NULL},
		{9000, both, NULL},
		{9001, both, "0 to 9000"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		char text[256];

		snprintf(
			text,
			sizeof(text),
			"driver = { mtu = %u; };\n%s",
			rows[i].mtu,
			rows[i].ports
		);
		if (rows[i].words != NULL) {
			assert_config_refused(text, 1, "driver.mtu", rows[i].words);
			continue;
		}
		struct config *config = config_file_load_valid(text);

		assert_int_equal(config->mtu, rows[i].mtu);
		config_free(config);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_must_be_a_list_of_groups),
		cmocka_unit_test(test_beside_the_kernel),
		cmocka_unit_test(test_number_of_ports),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_wrong_addresses),
		cmocka_unit_test(test_number_of_addresses),
		cmocka_unit_test(test_duplicate_addresses),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_gateway_of_an_address_without_neighbours),
		cmocka_unit_test(test_gateway_without_an_address_of_its_family),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_missing_ports),
		cmocka_unit_test(test_virtual_driver_needs_no_ports),
		cmocka_unit_test(test_notes_about_sources),
		cmocka_unit_test(test_mtu),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
