// SPDX-License-Identifier: BSD-3-Clause
// The last hour, as the gateway keeps it, and rates.
"use strict";

const HISTORY_MS = 300_000; // what the charts reach back to
const RATE_S = 5;

const SPAN_NAMES = { minutes: "5 min", hour: "1 h" };
const past = { span: "minutes", points: [], asked: -Infinity, interval: 10_000 };

async function loadPast() {
	past.asked = performance.now();
	const { code, body } = await ask("api/v1/history");
	if (code !== 200)
		return;
	past.interval = body.interval_ms;
	past.points = body.time_ms.map((t, at) => {
		const point = { t };
		for (const [name, values] of Object.entries(body.series))
			point[name] = values[at] ?? undefined;
		if (point.announce !== undefined) {
			point.answers = sum(ANSWERS, (fate) => point[fate]);
			point.drops = point.dropped;
		}
		return point;
	});
}

// What is drawn: the gateway's points, and ours from the first one on where they are as old as the
// span that is looked at.
function pointsShown() {
	if (past.span === "hour")
		return past.points;
	const since = points.length ? points[0].t : Infinity;
	const limit = (points.at(-1)?.t ?? past.points.at(-1)?.t ?? 0) - HISTORY_MS;
	return [...past.points.filter(({ t }) => t < since && t >= limit), ...points];
}

// The newest sample that is so much older than the newest of all, else the oldest.
function sampleBefore(seconds) {
	const limit = newest().time_ms - seconds * 1000;
	return samples.findLast((sample) => sample.time_ms <= limit) || samples[0];
}

// How fast a counter grows, a second. Counters only fall when Weir starts anew: that is no rate.
function rateOf(counter, seconds = RATE_S) {
	const [from, to] = [sampleBefore(seconds), newest()];
	if (!from.verdicts || !from.ports)
		return 0;
	const ms = to.time_ms - from.time_ms;
	return ms > 0 ? Math.max(0, counter(to) - counter(from)) * 1000 / ms : 0;
}
