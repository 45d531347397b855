// SPDX-License-Identifier: BSD-3-Clause
// libFuzzer's entry to a shard: turns of a worker, each with a step of time, a burst of ops and a sweep, beside the naive
// tracker of tests/support/shard_model.h. An input is a byte that chooses the tables, four of the time it begins at, and
// bytes for each turn.

#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_image.h"
#include "../support/shard_model.h"
#include "fuzz.h"

enum { TURNS_MAX = 200, PEERS_OF_INPUT = 200, LARGE = 12800 };

static const struct {
	uint32_t torrents, peers;
} tables[] = {{1, 1}, {1, 7}, {3, 20}, {SHARD_MODEL_TORRENTS, 300}, {40, LARGE}};

// Steps of time (seconds): within an interval, beyond it, and those at which narrow times wrap.
static const uint32_t jumps[] =
	{0, 0, 0, 1, 1, 3, REST_S, TIMEOUT_S, TIMEOUT_S + 1, 255, 256, 32767, 65535, 65536};

static struct shard_op
read_op(struct fuzz_input *input, uint32_t *torrent)
{
	uint8_t bytes[4];

	fuzz_take(input, bytes, sizeof(bytes));
	enum family family = shard_families[bytes[0] & 1];
	uint32_t peer = bytes[2] % PEERS_OF_INPUT;

	*torrent = bytes[1] % SHARD_MODEL_TORRENTS;
	if ((bytes[0] & 0xe) == 0xe)
		return make_op(SHARD_SCRAPE, family, *torrent, peer);
	struct shard_op op = announce_op(family, *torrent, peer, (bytes[0] >> 1 & 7) % 3);

	op.num_want = bytes[3] % 200;
	return op;
}

static void
run_burst(struct shard *shard, struct shard_model *model, struct fuzz_input *input, uint32_t now_s)
{
	struct shard_op ops[BURST_MAX];
	uint32_t torrents[BURST_MAX];
	unsigned count = 1 + fuzz_byte(input) % BURST_MAX;

	for (unsigned i = 0; i < count; i++) {
		ops[i] = read_op(input, &torrents[i]);
		ops[i].peers = shard_replies[i];
	}
	shard_process(shard, ops, count, now_s);
	for (unsigned i = 0; i < count; i++)
		shard_model_check(model, torrents[i], &ops[i], now_s);
}

static void
run_turns(struct shard *shard, struct shard_model *model, struct fuzz_input *input)
{
	uint32_t now_s = 1 + fuzz_word(input) / 2;

	for (unsigned turns = 0; input->left > 0 && turns < TURNS_MAX; turns++) {
		now_s += jumps[fuzz_byte(input) % RTE_DIM(jumps)];
		run_burst(shard, model, input, now_s);
		if (shard_sweep(shard, EVERYTHING, now_s) > 0)
			shard_model_sweep(model, now_s);
		assert_memory_equal(shard_counts(shard), &model->counts, sizeof(model->counts));
	}
}

// Shards of each size, without and with detail: made once, and put back to their beginning for each input.
static struct shard *
blank_shard(unsigned table, bool detail)
{
	static struct shard_image images[RTE_DIM(tables)][2];
	struct shard_image *image = &images[table][detail];

	if (image->shard == NULL)
		shard_image_take(
			image, make_shard_with(tables[table].torrents, tables[table].peers, detail)
		);
	else
		shard_image_restore(image);
	return image->shard;
}

static void
check_blank(struct shard *shard)
{
	static const struct shard_counts none;
	struct shard_used used = shard_used(shard);

	assert_memory_equal(shard_counts(shard), &none, sizeof(none));
	assert_int_equal(used.lines + used.records + shard->peers + shard->positions_used, 0);
	assert_int_equal(rte_hash_count(shard->index), 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = {data, size};
	static struct shard_model model;
	static bool started;
	uint8_t choice = fuzz_byte(&input);
	unsigned table = choice / 2 % RTE_DIM(tables);

	if (!started) {
		test_eal_init();
		shard_model_open(&model, 0, 0);
		started = true;
	}
	struct shard *shard = blank_shard(table, choice & 1);

	check_blank(shard);
	shard_model_reopen(&model, tables[table].torrents, tables[table].peers);
	run_turns(shard, &model, &input);
	return 0;
}
