// SPDX-License-Identifier: BSD-3-Clause
// An ordered map from 20-byte keys to words: a B-tree with up to 11 keys in a node, as Rust's
// BTreeMap has. Keys are only removed all at once. The caller does the locking.

#pragma once

#include <rte_byteorder.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BTREE_KEY_BYTES = 20 };

// The key as numbers with the sort order of its bytes.
struct btree_key {
	uint64_t head; // bytes 0 to 7
	uint64_t middle;
	uint32_t tail; // bytes 16 to 19
};

union btree_value {
	void *pointer;
	uint64_t word;
};

struct btree_node;

// All zeros: an empty map.
struct btree {
	struct btree_node *root;
};

static inline struct btree_key
btree_key_load(const uint8_t bytes[BTREE_KEY_BYTES])
{
	uint64_t head, middle;
	uint32_t tail;

	memcpy(&head, bytes, sizeof(head));
	memcpy(&middle, bytes + 8, sizeof(middle));
	memcpy(&tail, bytes + 16, sizeof(tail));
	return (struct btree_key){
		rte_be_to_cpu_64(head), rte_be_to_cpu_64(middle), rte_be_to_cpu_32(tail)};
}

// Both return a pointer to the value, valid until the next insertion. NULL: not found.
union btree_value *btree_find(const struct btree *tree, const struct btree_key *key);
// *added: the key is new, and its value zero. Exits the process when out of memory.
union btree_value *btree_upsert(struct btree *tree, const struct btree_key *key, bool *added);

// Removes all keys. `release` (may be NULL) is called with every value.
void btree_clear(struct btree *tree, void (*release)(union btree_value value));
