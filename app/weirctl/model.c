// SPDX-License-Identifier: BSD-3-Clause

#include "model.h"

#include <stdio.h>
#include <string.h>

static void
add_round(struct model *model)
{
	for (unsigned k = 0; k < VERDICT_KIND_COUNT; k++) {
		double *row = model->history[k];

		memmove(row, row + 1, (HISTORY_ROUNDS - 1) * sizeof(*row));
		row[HISTORY_ROUNDS - 1] = model->rates.kinds[FAMILY_IPV4][k].per_s
			+ model->rates.kinds[FAMILY_IPV6][k].per_s;
	}
	model->rounds += model->rounds < HISTORY_ROUNDS ? 1 : 0;
}

void
model_update(struct model *model, struct snapshot *snapshot)
{
	bool same = model->snapshot.pid == snapshot->pid, back = model->offline;

	model->polled = true;
	model->offline = !snapshot->answered;
	if (model->offline) {
		snprintf(model->why, sizeof(model->why), "%s", snapshot->why);
		snapshot_free(snapshot);
		return;
	}
	rates_make(&model->rates, &model->snapshot, snapshot);
	snapshot_free(&model->snapshot);
	model->snapshot = *snapshot;
	if (!same)
		model->problems = (struct problems){0};
	problems_update(&model->problems, snapshot->replies[SNAPSHOT_HEALTH], snapshot->at_s);
	if (model->rates.known && !back)
		add_round(model);
	else
		model->rounds = 0;
}

void
model_copy(struct model *model, const struct model *from)
{
	snapshot_free(&model->snapshot);
	*model = *from;
	model->snapshot = snapshot_copy(&from->snapshot);
}

void
model_free(struct model *model)
{
	snapshot_free(&model->snapshot);
}
