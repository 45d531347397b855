// SPDX-License-Identifier: BSD-3-Clause
// A search tree over sorted 128-bit numbers: how many of them are at or before another one.
//
// A binary search over 2 M of them waits for six lines that are in no cache. Here a node has 8 numbers, in
// two lines, and 9 children, and only the last two levels are larger than a cache. The numbers themselves are
// the lowest level; others repeat some of them. There are no pointers: the children of node n are the nodes
// from 9 n on of the level below (an S+ tree).

#pragma once

#include <stdint.h>

typedef unsigned __int128 flip_bits;

enum {
	FLIP_TREE_KEYS = 8, // of a node
	FLIP_TREE_CHILDREN = FLIP_TREE_KEYS + 1,
	FLIP_TREE_LEVELS_MAX = 16,
};

struct flip_tree {
	uint64_t count; // numbers
	unsigned levels;
	uint64_t at
		[FLIP_TREE_LEVELS_MAX]; // where each level starts, in numbers; the lowest first, at 0
};

// Numbers of all levels of a tree with up to `count` in the lowest one: what its memory has to hold.
static inline uint64_t
flip_tree_size(uint64_t count)
{
	return count + count / FLIP_TREE_KEYS + FLIP_TREE_LEVELS_MAX * 2 * FLIP_TREE_KEYS;
}

// Behind the last number: larger than, or as large as, any.
static inline void
flip_tree_pad(flip_bits *numbers, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		numbers[from] = ~(flip_bits)0;
}

// Makes the levels above the `count` sorted numbers at `numbers`.
static inline void
flip_tree_build(struct flip_tree *tree, flip_bits *numbers, uint64_t count)
{
	uint64_t nodes = (count + FLIP_TREE_KEYS - 1) / FLIP_TREE_KEYS;
	uint64_t span = FLIP_TREE_KEYS; // numbers below a node of the level under this one
	uint64_t end = nodes * FLIP_TREE_KEYS;

	*tree = (struct flip_tree){.count = count, .levels = 1};
	flip_tree_pad(numbers, count, end);
	while (nodes > 1) {
		flip_bits *level = numbers + end;

		nodes = (nodes + FLIP_TREE_CHILDREN - 1) / FLIP_TREE_CHILDREN;
		for (uint64_t key = 0; key < nodes * FLIP_TREE_KEYS; key++) {
			uint64_t node = key / FLIP_TREE_KEYS;
			uint64_t child = node * FLIP_TREE_CHILDREN + key % FLIP_TREE_KEYS + 1;

			// What is in this child is not less than the key.
			level[key] = child * span < count ? numbers[child * span] : ~(flip_bits)0;
		}
		tree->at[tree->levels++] = end;
		end += nodes * FLIP_TREE_KEYS;
		span *= FLIP_TREE_CHILDREN;
	}
}

// How many of a node's numbers are at or before `number`. No branch depends on the data.
static inline unsigned
flip_tree_node_rank(const flip_bits *node, flip_bits number)
{
	unsigned rank = 0;

	for (unsigned i = 0; i < FLIP_TREE_KEYS; i++)
		rank += node[i] <= number;
	return rank;
}

// How many of all numbers are at or before `number`.
static inline uint64_t
flip_tree_rank(const struct flip_tree *tree, const flip_bits *numbers, flip_bits number)
{
	uint64_t node = 0;

	if (tree->count == 0 || number == ~(flip_bits)0)
		return tree->count; // what is behind the last number would count, too
	for (unsigned level = tree->levels - 1; level > 0; level--)
		node = node * FLIP_TREE_CHILDREN
			+ flip_tree_node_rank(
				numbers + tree->at[level] + node * FLIP_TREE_KEYS, number
			);
	return node * FLIP_TREE_KEYS + flip_tree_node_rank(numbers + node * FLIP_TREE_KEYS, number);
}
