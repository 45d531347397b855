// SPDX-License-Identifier: BSD-3-Clause
// The table as data, and the text that comes of it.

#include "metrics.h"

#include "collect.h"

static const struct metric metrics[] = {
#define METRIC(name, type, unit, source, field, help)                                              \
	{{#name, EXPOSITION_##type, unit, help}, collect_##source, field, false, 0},
#define OWN_METRIC(name, type, unit, source, field, help)                                          \
	{{#name, EXPOSITION_##type, unit, help},                                                   \
	 collect_##source,                                                                         \
	 #field,                                                                                   \
	 true,                                                                                     \
	 offsetof(struct own, field)},
#include "metrics.def"
#undef METRIC
#undef OWN_METRIC
};

static struct answer
write_all(const struct snapshot *weir, const struct own *own, bool open_metrics)
{
	struct collection c = {.weir = weir, .own = own};
	size_t size = 0;

	exposition_begin(&c.text, open_metrics);
	for (unsigned i = 0; i < RTE_DIM(metrics); i++) {
		if (weir == NULL && !metrics[i].own)
			continue;
		exposition_family(&c.text, &metrics[i].family);
		metrics[i].collect(&c, &metrics[i]);
	}
	char *text = exposition_end(&c.text, &size);

	return answer_text(exposition_content_type(open_metrics), text, size);
}

struct answer
answer_metrics(struct replies *replies, const struct own *own, bool open_metrics)
{
	struct snapshot snapshot;

	if (!snapshot_take(&snapshot, replies))
		return answer_metrics_away(own, open_metrics);
	struct answer answer = write_all(&snapshot, own, open_metrics);

	snapshot_free(&snapshot);
	return answer;
}

struct answer
answer_metrics_away(const struct own *own, bool open_metrics)
{
	return write_all(NULL, own, open_metrics);
}
