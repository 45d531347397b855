// SPDX-License-Identifier: BSD-3-Clause
// Samples: the latest responses with the status, newest last.
"use strict";

const SAME_MS = 100; // statuses less than this apart are the same one, from the gateway's cache
const SAMPLES_MS = 60_000; // span of the samples, from which rates and costs are computed
const GAP_MS = 5_000; // longest gap between samples: older ones are discarded after it

const samples = [];
const points = []; // of the charts: { t, and a number for each line }; t alone ends the lines

const newest = () => samples.at(-1);

function dropOlder(list, time, span_ms) {
	while (list.length && time(list[0]) < time(list.at(-1)) - span_ms)
		list.shift();
}

function restarted({ info: from }, { info: to }) {
	return Boolean(from && to) && (from.pid !== to.pid || from.start_s !== to.start_s);
}

// False where the status is not new.
function addSample(status) {
	const last = newest();
	const since_ms = last ? status.time_ms - last.time_ms : SAME_MS;
	if (Math.abs(since_ms) < SAME_MS)
		return false;
	if (last && (restarted(last, status) || since_ms < 0 || since_ms > GAP_MS)) {
		samples.length = 0;
		endLines();
	}
	samples.push(status);
	dropOlder(samples, (sample) => sample.time_ms, SAMPLES_MS);
	return true;
}

// Ends the lines of the charts.
function endLines() {
	if (points.length && points.at(-1).announce !== undefined)
		points.push({ t: points.at(-1).t });
}
