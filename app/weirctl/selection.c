// SPDX-License-Identifier: BSD-3-Clause

#include "selection.h"

#include "reply.h"

#include <string.h>

const json_t *
selection_list(const struct model *model)
{
	return reply_field_value(model->snapshot.replies[SNAPSHOT_LARGEST], FIELD_top_torrents);
}

unsigned
selection_index(const struct model *model, const struct view *view)
{
	const json_t *list = selection_list(model), *torrent;
	size_t i, count = json_array_size(list);

	json_array_foreach ((json_t *)list, i, torrent)
		if (*view->selected != '\0'
		    && strcmp(reply_field_text(torrent, FIELD_top_row_info_hash), view->selected)
			    == 0)
			return (unsigned)i;
	return view->selected_index < count ? view->selected_index
		: count > 0		    ? (unsigned)count - 1
					    : 0;
}

void
selection_move(const struct model *model, struct view *view, int places)
{
	const json_t *list = selection_list(model);
	int last = (int)json_array_size(list) - 1;
	int index = (int)selection_index(model, view) + places;

	index = index > last ? last : index;
	index = index < 0 ? 0 : index;
	view->selected_index = (unsigned)index;
	if (!info_hash_parse(
		    reply_field_text(json_array_get(list, (size_t)index), FIELD_top_row_info_hash),
		    view->selected
	    ))
		*view->selected = '\0';
}
