// SPDX-License-Identifier: BSD-3-Clause

#include "lists_state.h"

struct list lists[LIST_COUNT];
pthread_mutex_t lists_work = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t lists_info_lock = PTHREAD_MUTEX_INITIALIZER;

uint32_t
lists_now_s(const struct weir *weir)
{
	return __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED);
}

void
lists_read_config(struct weir *weir, enum list_kind kind, struct list_wanted *wanted)
{
	unsigned place = publisher_enter(&weir->publisher);
	const struct config *config = weir_config(weir);

	wanted->mode = list_kind_mode(kind, config);
	snprintf(wanted->path, sizeof(wanted->path), "%s", list_kind_path(kind, config));
	publisher_exit(&weir->publisher, place);
}

void
lists_info(const struct weir *weir, enum list_kind kind, struct list_info *info)
{
	(void)weir;
	pthread_mutex_lock(&lists_info_lock);
	*info = lists[kind].info;
	pthread_mutex_unlock(&lists_info_lock);
}
