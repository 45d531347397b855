// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: rates computed from two snapshots, and their history.

#include "../../app/weirctl/model.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_screen.h"

static struct rates rates;

static void
make_rates(long pid)
{
	struct snapshot before = first_snapshot(), now = second_snapshot(pid);

	rates_make(&rates, &before, &now);
	// roles are the snapshot's
	for (unsigned i = 0; i < rates.lcore_count; i++)
		rates.lcores[i].role = i == 0 ? "io" : "worker";
	snapshot_free(&before);
	snapshot_free(&now);
}

static void
test_rates_are_differences(void **state)
{
	const struct rate *announces = &rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE];

	(void)state;
	make_rates(7);
	assert_true(rates.known);
	assert_int_equal(announces->total, 303); // the short ones, too
	assert_true(announces->per_s == 101);
	assert_int_equal(rates.drops[VERDICT_ring_full].total, 14);
	assert_true(rates.drops[VERDICT_ring_full].per_s == 2);
	assert_true(rates.drops[VERDICT_id_forged].per_s == 0);
	assert_int_equal(rates.drops[VERDICT_announce].total, 0); // is none
	assert_true(rates.received.per_s == 250);
	assert_true(rates.received_bytes.per_s == 0); // went back
	assert_int_equal(rates.received_bytes.total, 49999);
	assert_int_equal(rates.sent.total, 0);
}

static void
test_rates_of_another_weir(void **state)
{
	(void)state;
	make_rates(8);
	assert_false(rates.known);
	assert_int_equal(rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE].total, 303);
	assert_true(rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE].per_s == 0);
	assert_true(rates.received.per_s == 0);
	assert_true(rates.lcores[0].cycles_per_packet < 0);
}

static void
test_loads_of_lcores(void **state)
{
	unsigned order[RATES_LCORES_MAX];

	(void)state;
	make_rates(7);
	assert_int_equal(rates.lcore_count, 2);
	assert_int_equal(rates.lcores[0].lcore, 1);
	assert_true(rates.lcores[0].busy == 0.3);
	assert_true(rates.lcores[0].ring_fill == 0.95);
	assert_true(rates.lcores[0].cycles_per_packet == 400);
	assert_true(rates.lcores[1].cycles_per_packet < 0); // no packet
	struct snapshot before = first_snapshot(), now = second_snapshot(7);
	json_t *first = json_array_get(now.replies[SNAPSHOT_LCORES], 0);

	json_object_set_new(first, "packets", json_integer(109)); // 99 more: no average
	rates_make(&rates, &before, &now);
	assert_true(rates.lcores[0].cycles_per_packet < 0);
	snapshot_free(&before);
	snapshot_free(&now);
	make_rates(7);
	rates_order_lcores(&rates, false, order);
	assert_int_equal(order[0], 0);
	rates_order_lcores(&rates, true, order);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 0);
}

static void
test_order_of_drops(void **state)
{
	enum verdict order[VERDICT_COUNT];

	(void)state;
	make_rates(7);
	assert_int_equal(rates_order_drops(&rates, false, order), 3);
	assert_int_equal(order[0], VERDICT_ring_full); // 2 a second
	assert_int_equal(order[1], VERDICT_announce_short); // 1
	assert_int_equal(order[2], VERDICT_id_forged); // none now, 50 before
	assert_int_equal(rates_order_drops(&rates, true, order), 3);
	assert_int_equal(order[0], VERDICT_id_forged);
	assert_int_equal(order[1], VERDICT_ring_full);
	assert_int_equal(order[2], VERDICT_announce_short);
}

static void
test_history_keeps_a_minute(void **state)
{
	static struct model model, copy;
	const double *announces = model.history[VERDICT_KIND_ANNOUNCE];
	struct snapshot snapshot = first_snapshot();
	char verdicts[64];

	(void)state;
	model_update(&model, &snapshot);
	assert_int_equal(model.rounds, 0);
	for (int round = 1; round <= HISTORY_ROUNDS + 3; round++) {
		snprintf(verdicts, sizeof(verdicts), "{\"announce\":%d}", 100 + round * round);
		snapshot = snapshot_at(10 + round, 7, verdicts, "{}", "[]");
		model_update(&model, &snapshot);
		assert_int_equal(model.rounds, round < HISTORY_ROUNDS ? round : HISTORY_ROUNDS);
		assert_true(announces[HISTORY_ROUNDS - 1] == 2 * round - 1);
	}
	assert_true(announces[0] == 2 * 4 - 1);
	model_copy(&copy, &model);
	snapshot = snapshot_at(80, 9, "{\"announce\":5}", "{}", "[]"); // another Weir
	model_update(&model, &snapshot);
	assert_int_equal(model.rounds, 0);
	assert_int_equal(copy.rounds, HISTORY_ROUNDS);
	assert_int_equal(copy.snapshot.pid, 7);
	model_free(&model);
	model_free(&copy);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_are_differences),
		cmocka_unit_test(test_rates_of_another_weir),
		cmocka_unit_test(test_loads_of_lcores),
		cmocka_unit_test(test_order_of_drops),
		cmocka_unit_test(test_history_keeps_a_minute),
	};

	return cmocka_run_group_tests(tests, screen_setup, screen_teardown);
}
