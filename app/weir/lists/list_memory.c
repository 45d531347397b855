// SPDX-License-Identifier: BSD-3-Clause

#include "list_memory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

// In front of each block.
struct head {
	size_t bytes; // of the block
	uint32_t references;
} __attribute__((aligned(64)));

static struct head *
head_of(const void *block)
{
	return (struct head *)(uintptr_t)block - 1;
}

void *
list_memory_make(size_t bytes)
{
	size_t all = sizeof(struct head) + bytes;

	if (all < bytes)
		return NULL;
	struct head *head =
		mmap(NULL,
		     all,
		     PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		     -1,
		     0);

	if (head == MAP_FAILED)
		return NULL;
	(void)madvise(head, all, MADV_HUGEPAGE); // advice: small pages do as well
	*head = (struct head){.bytes = bytes, .references = 1};
	return head + 1;
}

void *
list_memory_copy(const void *block)
{
	size_t bytes = head_of(block)->bytes;
	void *copy = list_memory_make(bytes);

	return copy == NULL ? NULL : memcpy(copy, block, bytes);
}

void *
list_memory_share(void *block)
{
	__atomic_fetch_add(&head_of(block)->references, 1, __ATOMIC_RELAXED);
	return block;
}

void
list_memory_drop(void *block)
{
	if (block == NULL)
		return;
	struct head *head = head_of(block);

	if (__atomic_sub_fetch(&head->references, 1, __ATOMIC_ACQ_REL) == 0)
		munmap(head, sizeof(*head) + head->bytes);
}
