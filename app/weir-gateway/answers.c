// SPDX-License-Identifier: BSD-3-Clause

#include "answers.h"

#include "metrics.h"

static bool
wants_metrics(const struct request *request)
{
	return request->route == ROUTE_metrics || request->route == ROUTE_api_metrics
		|| (request->route == ROUTE_stats && request->text);
}

static enum exposition_format
format_of(const struct request *request)
{
	if (request->json)
		return EXPOSITION_JSON;
	return request->open_metrics && !request->text ? EXPOSITION_OPEN_METRICS : EXPOSITION_TEXT;
}

struct answer
answers_make(
	const struct request *request,
	struct replies *replies,
	const struct own *own,
	struct history *history
)
{
	if (wants_metrics(request))
		return answer_metrics(replies, own, format_of(request));
	switch (request->route) {
	case ROUTE_health:
		return answer_health(replies);
	case ROUTE_stats:
		return answer_stats(replies);
	case ROUTE_torrent:
		return answer_torrent(replies, request);
	case ROUTE_torrents:
		return answer_torrents(replies, request);
	case ROUTE_status:
		return answer_status(replies, history);
	case ROUTE_history:
		return answer_json(200, history_json(history));
	default: // what needs no Weir does not come here
		return answer_error(500, "this needs no Weir");
	}
}

struct answer
answers_away(
	const struct request *request,
	const struct telemetry_error *error,
	const struct own *own,
	struct history *history
)
{
	if (wants_metrics(request))
		return answer_metrics_away(own, format_of(request));
	switch (request->route) {
	case ROUTE_health:
		return answer_health_away(error);
	case ROUTE_status:
		return answer_status_away(error);
	case ROUTE_history:
		return answer_json(200, history_json(history));
	default:
		return answer_refusal(error);
	}
}
