// SPDX-License-Identifier: BSD-3-Clause
// From a request to its answer, by asking Weir: one function for each path.
//
// All but answers_away are for the thread that asks, which owns `replies`.

#pragma once

#include "answer.h"
#include "history.h"
#include "own.h"
#include "replies.h"
#include "request.h"

struct answer answers_make(
	const struct request *request,
	struct replies *replies,
	const struct own *own,
	struct history *history
);

// The answer where Weir does not answer; any thread.
struct answer answers_away(
	const struct request *request,
	const struct telemetry_error *error,
	const struct own *own,
	struct history *history
);

// The answers of each path.
struct answer answer_health(struct replies *replies);
struct answer answer_stats(struct replies *replies);
struct answer answer_status(struct replies *replies, const struct history *history);
struct answer answer_torrent(struct replies *replies, const struct request *request);
struct answer answer_torrents(struct replies *replies, const struct request *request);

// Where Weir is away.
struct answer answer_health_away(const struct telemetry_error *error);
struct answer answer_status_away(const struct telemetry_error *error);
