// SPDX-License-Identifier: BSD-3-Clause

#include "btree.h"

#include "memory.h"

#include <rte_branch_prediction.h>

enum { KEYS = 11, MIDDLE = KEYS / 2 };

struct rest {
	uint64_t middle;
	uint32_t tail;
};

// Heads are adjacent: they nearly always decide, and the compiler compares several at once.
struct btree_node {
	uint16_t count;
	bool leaf;
	uint64_t heads[KEYS];
	struct rest rests[KEYS];
	union btree_value values[KEYS];
	struct btree_node *children[]; // [KEYS + 1], not in leaves
};

static struct btree_node *
node_create(bool leaf)
{
	size_t children = leaf ? 0 : (KEYS + 1) * sizeof(struct btree_node *);
	struct btree_node *node = memory_get_raw(sizeof(*node) + children);

	node->count = 0;
	node->leaf = leaf;
	return node;
}

// The position of the key (*found), or where to insert it.
static inline unsigned
node_position(const struct btree_node *node, const struct btree_key *key, bool *found)
{
	unsigned at = 0;

	for (unsigned i = 0; i < node->count; i++)
		at += node->heads[i] < key->head;
	*found = false;
	for (; at < node->count && node->heads[at] == key->head; at++) {
		const struct rest *rest = &node->rests[at];

		if (rest->middle == key->middle && rest->tail == key->tail)
			*found = true;
		if (rest->middle > key->middle
		    || (rest->middle == key->middle && rest->tail >= key->tail))
			break;
	}
	return at;
}

static void
node_move(
	struct btree_node *to,
	unsigned to_at,
	const struct btree_node *from,
	unsigned from_at,
	unsigned count
)
{
	memmove(&to->heads[to_at], &from->heads[from_at], count * sizeof(to->heads[0]));
	memmove(&to->rests[to_at], &from->rests[from_at], count * sizeof(to->rests[0]));
	memmove(&to->values[to_at], &from->values[from_at], count * sizeof(to->values[0]));
}

static void
node_insert(struct btree_node *node, unsigned at, const struct btree_key *key)
{
	node_move(node, at + 1, node, at, node->count - at);
	node->heads[at] = key->head;
	node->rests[at] = (struct rest){key->middle, key->tail};
	node->values[at].word = 0;
	node->count++;
}

// Splits the full child `at`: its upper half becomes its right neighbour, its middle key moves up.
static void
node_split_child(struct btree_node *parent, unsigned at)
{
	struct btree_node *left = parent->children[at];
	struct btree_node *right = node_create(left->leaf);

	right->count = KEYS - MIDDLE - 1;
	node_move(right, 0, left, MIDDLE + 1, right->count);
	if (!left->leaf)
		memcpy(right->children,
		       &left->children[MIDDLE + 1],
		       (right->count + 1) * sizeof(right->children[0]));
	left->count = MIDDLE;
	node_move(parent, at + 1, parent, at, parent->count - at);
	node_move(parent, at, left, MIDDLE, 1);
	memmove(&parent->children[at + 2],
		&parent->children[at + 1],
		(parent->count - at) * sizeof(parent->children[0]));
	parent->children[at + 1] = right;
	parent->count++;
}

union btree_value *
btree_find(const struct btree *tree, const struct btree_key *key)
{
	struct btree_node *node = tree->root;

	while (node != NULL) {
		bool found;
		unsigned at = node_position(node, key, &found);

		if (found)
			return &node->values[at];
		node = node->leaf ? NULL : node->children[at];
	}
	return NULL;
}

static void
make_root(struct btree *tree)
{
	struct btree_node *old = tree->root;

	tree->root = node_create(old == NULL);
	if (old != NULL) {
		tree->root->children[0] = old;
		node_split_child(tree->root, 0);
	}
}

// A single pass down: full nodes are split before they are entered, so a key always fits.
union btree_value *
btree_upsert(struct btree *tree, const struct btree_key *key, bool *added)
{
	if (unlikely(tree->root == NULL || tree->root->count == KEYS))
		make_root(tree);
	for (struct btree_node *node = tree->root;;) {
		bool found;
		unsigned at = node_position(node, key, &found);

		*added = !found;
		if (found)
			return &node->values[at];
		if (node->leaf) {
			node_insert(node, at, key);
			return &node->values[at];
		}
		if (unlikely(node->children[at]->count == KEYS))
			node_split_child(node, at);
		else
			node = node->children[at];
	}
}

static void
node_free(struct btree_node *node, void (*release)(union btree_value value))
{
	for (unsigned i = 0; release != NULL && i < node->count; i++)
		release(node->values[i]);
	for (unsigned i = 0; !node->leaf && i <= node->count; i++)
		node_free(node->children[i], release);
	free(node);
}

void
btree_clear(struct btree *tree, void (*release)(union btree_value value))
{
	if (tree->root != NULL)
		node_free(tree->root, release);
	tree->root = NULL;
}
