// SPDX-License-Identifier: BSD-3-Clause
// app/weir-load: capture files, the key that --write mints with, EAL arguments, neighbours.

#include "../../app/weir-load/eal.h"
#include "../../app/weir-load/neighbour.h"
#include "../../app/weir-load/options.h"
#include "../../app/weir-load/pcap_file.h"
#include "../../app/weir-load/write.h"
#include "../../app/weir/config/config.h"
#include "../../app/weir/setup/keys.h"
#include "../support/cmocka_wrap.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char why[200];
static char path[] = "/tmp/weir-load-test-XXXXXX";

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	unlink(path);
	memcpy(strrchr(path, '-'), "-XXXXXX", 7);
	return 0;
}

static void
write_frames(unsigned count)
{
	struct pcap_writer *writer = pcap_writer_open(path, why, sizeof(why));
	uint8_t frame[1518];

	assert_non_null(writer);
	for (unsigned i = 0; i < count; i++) {
		memset(frame, (int)i, sizeof(frame));
		pcap_writer_add(writer, frame, (uint16_t)(14 + i % 1500));
	}
	assert_true(pcap_writer_close(writer, why, sizeof(why)));
}

static void
write_empty_frame(void)
{
	struct pcap_writer *writer = pcap_writer_open(path, why, sizeof(why));

	assert_non_null(writer);
	pcap_writer_add(writer, (const uint8_t *)"", 0);
	assert_true(pcap_writer_close(writer, why, sizeof(why)));
}

static void
test_what_is_written_is_read(void **state)
{
	enum { COUNT = 5000 };
	struct pcap_frames frames;

	(void)state;
	write_frames(COUNT);
	assert_true(pcap_read(&frames, path, 1518, why, sizeof(why)));
	assert_int_equal(frames.count, COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		const struct pcap_frame *frame = &frames.items[i];

		assert_int_equal(frame->len, 14 + i % 1500);
		assert_int_equal(frames.bytes[frame->at], (uint8_t)i);
		assert_int_equal(frames.bytes[frame->at + frame->len - 1], (uint8_t)i);
	}
	pcap_frames_free(&frames);
}

static void
test_files_of_no_use(void **state)
{
	struct pcap_frames frames;

	(void)state;
	assert_false(pcap_read(&frames, path, 1518, why, sizeof(why))); // empty
	write_frames(0);
	assert_false(pcap_read(&frames, path, 1518, why, sizeof(why)));
	assert_non_null(strstr(why, "no frames"));
	write_frames(100);
	assert_false(pcap_read(&frames, path, 112, why, sizeof(why)));
	assert_non_null(strstr(why, "frame 100"));
	write_empty_frame();
	assert_false(pcap_read(&frames, path, 1518, why, sizeof(why)));
	assert_non_null(strstr(why, "frame 1 is empty"));
	assert_false(pcap_read(&frames, "/nonexistent", 1518, why, sizeof(why)));
	assert_null(pcap_writer_open("/nonexistent/file", why, sizeof(why)));
}

// The appliance's own way from test.seed to its key.
static void
test_master_key_is_weirs(void **state)
{
	struct config config = {.key_file = ""};

	(void)state;
	for (uint32_t seed = 1; seed < 50; seed += 7) {
		uint8_t master[CONNID_MASTER_BYTES];
		struct error error;
		struct keys keys;

		config.test_seed = seed;
		assert_true(keys_make(&keys, &config, true, &error));
		write_derive_master(master, seed);
		assert_memory_equal(master, keys.connid_master, sizeof(master));
	}
}

static bool
has(const struct eal_arguments *arguments, const char *start)
{
	for (int i = 0; i < arguments->count; i++)
		if (strncmp(arguments->items[i], start, strlen(start)) == 0)
			return true;
	return false;
}

static void
test_eal_defaults_give_way(void **state)
{
	struct eal_arguments arguments;
	char *huge[] = {
		(char[]){"--in-memory"}, (char[]){"-l1,2"}, (char[]){"-a"}, (char[]){"0:1.0"}};
	char *vdev[] = {(char[]){"--vdev=net_null0"}};

	(void)state;
	eal_arguments_make(&arguments, 1, vdev);
	assert_true(has(&arguments, "--no-huge") && has(&arguments, "--no-pci"));
	assert_true(has(&arguments, "--lcores=0@") && has(&arguments, "--file-prefix="));
	assert_string_equal(arguments.items[arguments.count - 1], "--vdev=net_null0");
	eal_arguments_free(&arguments);
	eal_arguments_make(&arguments, 4, huge);
	assert_false(has(&arguments, "--no-huge") || has(&arguments, "--no-pci"));
	assert_false(has(&arguments, "--lcores") || has(&arguments, "-m"));
	assert_true(has(&arguments, "--no-telemetry"));
	eal_arguments_free(&arguments);
}

// --- neighbours -------------------------------------------------------------------------------------

static struct options options;
static struct flows flows;
static struct neighbour neighbour;
static uint8_t frame[NEIGHBOUR_FRAME_MAX];
static const struct rte_ether_addr our_mac = {{2, 0, 0, 0, 0, 7}};
static const struct rte_ether_addr tracker_mac = {{2, 0, 0, 0, 0, 1}};

static int
make_neighbour(void **state)
{
	char *argv[] = {(char[]){"weir-load"}, NULL};

	(void)state;
	assert_true(options_parse(&options, 1, argv, stderr));
	options.clients = 10;
	options.ipv6_share = 50;
	options.tracker_ipv6.given = true;
	inet_pton(AF_INET6, "2001:db8::1", options.tracker_ipv6.address);
	flows_init(&flows, &options);
	neighbour_init(&neighbour, &options, &flows, &our_mac);
	return 0;
}

static int
free_flows(void **state)
{
	(void)state;
	flows_free(&flows);
	return 0;
}

static void
test_arp(void **state)
{
	uint8_t sender[10];

	(void)state;
	assert_int_equal(neighbour_solicit(&neighbour, false, frame), 42);
	assert_int_equal(frame[21], 1); // a request, broadcast, for the tracker
	assert_int_equal(frame[0], 0xff);
	assert_memory_equal(frame + 38, &options.tracker_ipv4.address, 4);
	assert_memory_equal(frame + 28, "\306\022\0\001", 4); // 198.18.0.1
	memcpy(sender, frame + 22, 10); // the tracker turns it around
	memcpy(frame + 22, &tracker_mac, 6);
	memcpy(frame + 28, frame + 38, 4);
	memcpy(frame + 32, sender, 10);
	frame[21] = 2;
	assert_false(neighbour_is_resolved(&neighbour));
	assert_int_equal(neighbour_receive(&neighbour, frame, 42, sizeof(frame)), 0);
	assert_memory_equal(&neighbour.tracker_mac[0], &tracker_mac, 6);
	assert_int_equal(neighbour_solicit(&neighbour, false, frame), 0);

	// Now the tracker asks for clients: the last there is, and one that there is not.
	frame[21] = 1;
	frame[41] = 10;
	assert_int_equal(neighbour_receive(&neighbour, frame, 42, sizeof(frame)), 42);
	assert_int_equal(frame[21], 2);
	assert_memory_equal(frame, &tracker_mac, 6);
	assert_memory_equal(frame + 22, &our_mac, 6);
	assert_memory_equal(frame + 28, "\306\022\0\012", 4); // 198.18.0.10
	assert_memory_equal(frame + 38, &options.tracker_ipv4.address, 4);
	frame[21] = 1;
	memcpy(frame + 38, (uint8_t[]){198, 18, 0, 11}, 4);
	assert_int_equal(neighbour_receive(&neighbour, frame, 42, sizeof(frame)), 0);
	assert_int_equal(neighbour_receive(&neighbour, frame, 41, sizeof(frame)), 0);
}

static void
test_ndp(void **state)
{
	uint8_t client[16];

	(void)state;
	assert_int_equal(neighbour_solicit(&neighbour, true, frame), 86);
	assert_int_equal(frame[54], 135);
	memcpy(client, frame + 22, 16);
	frame[54] = 136; // taken as the tracker's advertisement of its address
	memcpy(frame + 6, &tracker_mac, 6);
	assert_int_equal(neighbour_receive(&neighbour, frame, 86, sizeof(frame)), 0);
	assert_memory_equal(&neighbour.tracker_mac[1], &tracker_mac, 6);
	assert_false(neighbour_is_resolved(&neighbour)); // IPv4 is missing

	frame[54] = 135; // and now it asks for a client
	memcpy(frame + 22, options.tracker_ipv6.address, 16);
	memcpy(frame + 62, client, 16);
	assert_int_equal(neighbour_receive(&neighbour, frame, 78, sizeof(frame)), 86);
	assert_int_equal(frame[54], 136);
	assert_memory_equal(frame, &tracker_mac, 6);
	assert_memory_equal(frame + 22, client, 16);
	assert_memory_equal(frame + 38, options.tracker_ipv6.address, 16);
	assert_memory_equal(frame + 80, &our_mac, 6);
	frame[54] = 135;
	frame[77] ^= 3; // not a client
	assert_int_equal(neighbour_receive(&neighbour, frame, 86, sizeof(frame)), 0);
}

static void
test_nothing_to_ask(void **state)
{
	(void)state;
	options.tracker_mac.given = true;
	options.tracker_mac.address = tracker_mac;
	neighbour_init(&neighbour, &options, &flows, &our_mac);
	assert_true(neighbour_is_resolved(&neighbour));
	options.tracker_mac.given = false;
	options.ipv6_share = 0;
	neighbour_init(&neighbour, &options, &flows, &our_mac);
	assert_int_equal(neighbour_solicit(&neighbour, true, frame), 0);
	assert_int_equal(neighbour_solicit(&neighbour, false, frame), 42);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_what_is_written_is_read, make_file, remove_file
		),
		cmocka_unit_test_setup_teardown(test_files_of_no_use, make_file, remove_file),
		cmocka_unit_test(test_master_key_is_weirs),
		cmocka_unit_test(test_eal_defaults_give_way),
		cmocka_unit_test_setup_teardown(test_arp, make_neighbour, free_flows),
		cmocka_unit_test_setup_teardown(test_ndp, make_neighbour, free_flows),
		cmocka_unit_test_setup_teardown(test_nothing_to_ask, make_neighbour, free_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
