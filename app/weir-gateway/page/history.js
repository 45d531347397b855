// SPDX-License-Identifier: BSD-3-Clause
// The last hour, as recorded by the gateway, and rates.
"use strict";

const HISTORY_MS = 300_000; // that charts show at the setting "5 min"
const RATE_S = 5;

const SPAN_NAMES = { minutes: "5 min", hour: "1 h" };
const recorded = { span: "minutes", points: [], requested: -Infinity, interval: 10_000 };

async function loadHistory() {
	recorded.requested = performance.now();
	const { code, body } = await request("api/v1/history");
	if (code !== 200)
		return;
	recorded.interval = body.interval_ms;
	recorded.points = body.time_ms.map((t, at) => {
		const point = { t };
		for (const [name, values] of Object.entries(body.series))
			point[name] = values[at] ?? undefined;
		if (point.announce !== undefined) {
			point.answers = sum(ANSWERS, (category) => point[category]);
			point.drops = point.dropped;
		}
		return point;
	});
}

// Points to draw: those recorded by the gateway, then those of this page, a second apart.
function pointsShown() {
	if (recorded.span === "hour")
		return recorded.points;
	const since = points.length ? points[0].t : Infinity;
	const limit = (points.at(-1)?.t ?? recorded.points.at(-1)?.t ?? 0) - HISTORY_MS;
	return [...recorded.points.filter(({ t }) => t < since && t >= limit), ...points];
}

// The newest sample that is at least `seconds` older than the newest of all; else the oldest.
function sampleBefore(seconds) {
	const limit = newest().time_ms - seconds * 1000;
	return samples.findLast((sample) => sample.time_ms <= limit) || samples[0];
}

// Growth of a counter per second. A counter falls only when Weir restarts: its rate is then 0.
function rateOf(counter, seconds = RATE_S) {
	const [from, to] = [sampleBefore(seconds), newest()];
	if (!from.verdicts || !from.ports)
		return 0;
	const ms = to.time_ms - from.time_ms;
	return ms > 0 ? Math.max(0, counter(to) - counter(from)) * 1000 / ms : 0;
}
