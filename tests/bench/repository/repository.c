// SPDX-License-Identifier: BSD-3-Clause

#include "repository.h"

const struct repository_ops *const repositories[REPOSITORIES] = {
	&repository_weir,
	&repository_mutex_map,
	&repository_rwlock_map,
	&repository_mutex_map_mutex_entry,
	&repository_rwlock_map_mutex_entry,
	&repository_sharded_map,
	&repository_rte_hash_lf,
};
