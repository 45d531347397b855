// SPDX-License-Identifier: BSD-3-Clause

#include "dispatch.h"

#include "handlers.h"
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

struct response
dispatch_request(
	const struct request *request,
	struct reply_cache *cache,
	const struct gateway_stats *stats,
	struct history *history
)
{
	if (wants_metrics(request))
		return metrics_response(cache, stats, format_of(request));
	switch (request->route) {
	case ROUTE_health:
		return handler_health(cache);
	case ROUTE_stats:
		return handler_stats(cache);
	case ROUTE_torrent:
		return handler_torrent(cache, request);
	case ROUTE_torrents:
		return handler_torrents(cache, request);
	case ROUTE_status:
		return handler_status(cache, history);
	case ROUTE_history:
		return response_json(200, history_json(history));
	case ROUTE_whitelist_add:
	case ROUTE_whitelist_remove:
		return handler_whitelist(cache);
	case ROUTE_whitelist_reload:
	case ROUTE_key_new:
	case ROUTE_key_add:
	case ROUTE_key_remove:
	case ROUTE_keys_reload:
		return (struct response){0};
	default: // the server itself handles the routes that need no Weir
		return response_error(500, "this route has no handler");
	}
}

struct response
dispatch_unavailable(
	const struct request *request,
	const struct telemetry_error *error,
	const struct gateway_stats *stats,
	struct history *history
)
{
	if (wants_metrics(request))
		return metrics_response_unavailable(stats, format_of(request));
	switch (request->route) {
	case ROUTE_health:
		return handler_health_unavailable(error);
	case ROUTE_status:
		return handler_status_unavailable(error);
	case ROUTE_history:
		return response_json(200, history_json(history));
	default:
		return response_telemetry_error(error);
	}
}
