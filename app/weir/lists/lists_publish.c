// SPDX-License-Identifier: BSD-3-Clause

#include "../setup/errands.h"
#include "list_memory.h"
#include "lists_state.h"

// What the control thread is to publish.
struct publication {
	void *slot;
	void *object; // NULL: lcores do not ask this list
	void (*dispose)(void *old);
};

static bool directly; // boot thread

void
lists_publish_directly(bool now)
{
	directly = now;
}

static void *
slot_of(struct weir *weir, enum list_kind kind)
{
	void *slots[LIST_COUNT] = {
#define LIST(KIND, name, things, secrecy, mode, allow, field, setting, slot)                       \
	[LIST_##KIND] = &weir->slot,
#include "lists.def"
#undef LIST
	};

	return slots[kind];
}

const void *
lists_object(struct weir *weir, enum list_kind kind)
{
	return publisher_read((const void **)slot_of(weir, kind));
}

static void
dispose_access(void *old)
{
	struct access_list *list = old;

	list_memory_drop((void *)(uintptr_t)list->hashes);
	list_memory_drop(list);
}

// The object for lcores. It owns a share of the table's block. NULL: no memory.
static void *
make_object(enum list_kind kind, enum access_mode mode, const struct list_table *table)
{
	if (kind != LIST_ACCESS)
		return list_memory_share(table->block);
	struct access_list *list = list_memory_make(sizeof(*list));

	if (list != NULL)
		*list = (struct access_list){
			.version = ++lists[kind].version,
			.mode = mode,
			.hashes = list_memory_share(table->block),
		};
	return list;
}

static void
run_publication(struct weir *weir, void *argument)
{
	const struct publication *publication = argument;

	publisher_publish(
		&weir->publisher, publication->slot, publication->object, publication->dispose
	);
}

static bool
publish(struct weir *weir, enum list_kind kind, enum access_mode mode, struct list_table *table)
{
	struct publication publication = {
		.slot = slot_of(weir, kind),
		.dispose = kind == LIST_ACCESS ? dispose_access : list_memory_drop,
	};

	if (mode != ACCESS_OFF) {
		publication.object = make_object(kind, mode, table);
		if (publication.object == NULL)
			return false;
	}
	if (directly)
		run_publication(weir, &publication);
	else if (!errands_run(weir, run_publication, &publication)) {
		if (publication.object != NULL)
			publication.dispose(publication.object);
		return false;
	}
	return true;
}

bool
lists_publish(
	struct weir *weir,
	enum list_kind kind,
	enum access_mode mode,
	struct list_table *table
)
{
	struct list *list = &lists[kind];

	if (!publish(weir, kind, mode, table)) {
		list_table_free(table);
		return false;
	}
	list_table_free(&list->table);
	list->table = *table;
	list->mode = mode;
	*table = (struct list_table){0};
	return true;
}

bool
lists_publish_again(struct weir *weir, enum list_kind kind, enum access_mode mode)
{
	struct list *list = &lists[kind];

	if (!publish(weir, kind, mode, &list->table))
		return false;
	list->mode = mode;
	return true;
}
