// SPDX-License-Identifier: BSD-3-Clause
// Latency by kind of request.
"use strict";

const LATENCY_KINDS = {
	connect: "Connect", announce: "Announce", scrape: "Scrape", other: "Other",
};
const TRACK_FROM = 8; // powers of two, in ns: the smallest bucket
const TRACK_TO = 24;
const DECADES = { "1 µs": 1e3, "10 µs": 1e4, "100 µs": 1e5, "1 ms": 1e6, "10 ms": 1e7 };

const latencyAt = (ns) =>
	100 * Math.min(1, Math.max(0, (Math.log2(ns) - TRACK_FROM) / (TRACK_TO - TRACK_FROM)));

// A line from min to max, thicker up to p99, thickest up to p90, with a mark at p50. Logarithmic.
function makeTrack() {
	const track = element("div", { class: "track", role: "presentation" });
	for (const ns of Object.values(DECADES)) {
		const mark = element("i", { class: "decade" });
		mark.style.left = `${latencyAt(ns)}%`;
		track.append(mark);
	}
	for (const name of ["max", "p99", "p90", "p50"])
		track.append(element("i", { "data-field": name, class: name }));
	return [track];
}

function showTrack(cell, { min, p50, p90, p99, max }) {
	const bar = (name, from, to) => {
		field(cell, name).style.left = `${latencyAt(from)}%`;
		field(cell, name).style.width = `${latencyAt(to) - latencyAt(from)}%`;
	};
	bar("max", min, max);
	bar("p99", min, p99);
	bar("p90", min, p90);
	field(cell, "p50").style.left = `${latencyAt(p50)}%`;
}

const timeColumn = (name, label) => numberColumn(name, label, (row) => row[name], asTime);

const LATENCY_COLUMNS = [
	namedColumn("kind", "Kind", ({ kind }) => LATENCY_KINDS[kind],
		({ count }) => `${scaled(count, THOUSANDS)} timed`),
	madeColumn("track", "256 ns to 16.8 ms", "tracked", makeTrack, showTrack),
	timeColumn("p50", "p50"),
	timeColumn("p90", "p90"),
	timeColumn("p99", "p99"),
	timeColumn("p999", "p99.9"),
	timeColumn("max", "max"),
];

function showLatency({ latency }) {
	const rows = Object.keys(LATENCY_KINDS).map((kind) => {
		const row = { kind, count: latency[`${kind}_count`] };
		for (const name of ["min", "p50", "p90", "p99", "p999", "max"])
			row[name] = latency[`${kind}_${name}_ns`];
		return row;
	}).filter(({ count }) => count > 0);
	fillTable("latencies", LATENCY_COLUMNS, rows, ({ kind }) => kind);
	byId("no-latency").hidden = rows.length > 0;
}
