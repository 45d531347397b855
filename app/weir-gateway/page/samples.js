// SPDX-License-Identifier: BSD-3-Clause
// Samples: what Weir said, newest last.
"use strict";

const NEWS_MS = 100; // numbers less apart are the same, kept by the gateway
const SAMPLES_MS = 60_000; // what rates and costs are worked out from
const GAP_MS = 5_000; // without news: what lies before says nothing about now

const samples = [];
const points = []; // what charts draw: { t, and a number for each line }; only t where lines end

const newest = () => samples.at(-1);

function forget(list, time, span_ms) {
	while (list.length && time(list[0]) < time(list.at(-1)) - span_ms)
		list.shift();
}

function restarted({ info: from }, { info: to }) {
	return Boolean(from && to) && (from.pid !== to.pid || from.start_s !== to.start_s);
}

// False where the gateway has nothing new to tell.
function take(status) {
	const last = newest();
	const since_ms = last ? status.time_ms - last.time_ms : NEWS_MS;
	if (Math.abs(since_ms) < NEWS_MS)
		return false;
	if (last && (restarted(last, status) || since_ms < 0 || since_ms > GAP_MS)) {
		samples.length = 0;
		cut();
	}
	samples.push(status);
	forget(samples, (sample) => sample.time_ms, SAMPLES_MS);
	return true;
}

// The lines of the charts end here.
function cut() {
	if (points.length && points.at(-1).announce !== undefined)
		points.push({ t: points.at(-1).t });
}
