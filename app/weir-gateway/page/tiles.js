// SPDX-License-Identifier: BSD-3-Clause
// Tiles: the most important numbers.
"use strict";

const TILES = [
	{
		id: "answers", label: "Replies per second", text: asRate, series: "announce",
		value: () => rateOf(answersTotal),
		more: (status) => `${asCount(answersTotal(status))} since start`,
	},
	{
		id: "drops", label: "Drops per second", text: asRate, series: "dropped",
		value: () => rateOf((status) => categoryTotal(status, "dropped")),
		more: () => {
			const all = rateOf(packetsTotal);
			const dropped = rateOf((status) => categoryTotal(status, "dropped"));
			return all > 0 ? `${asPercent(part(dropped, all))} of packets now` : "no packets now";
		},
	},
	{
		id: "torrents", label: "Torrents", text: asCount, series: "quiet",
		value: ({ stats }) => stats.torrents,
		more: ({ stats }) => `${asCount(stats.torrents_expired)} expired since start`,
	},
	{
		id: "seeders", label: "Seeders", text: asCount, series: "quiet", value: seeders,
		more: (status) =>
			`${asPercent(part(status.stats.seeders_ipv6, seeders(status)))} over IPv6`,
	},
	{
		id: "leechers", label: "Leechers", text: asCount, series: "quiet", value: leechers,
		more: ({ stats }) => `${asCount(stats.completed)} completed since start`,
	},
	{
		id: "p50", label: "Announce latency, p50", text: asTime, series: "quiet",
		value: ({ latency }) => latency?.announce_p50_ns ?? 0,
		more: ({ latency }) => `since start; min ${asTime(latency?.announce_min_ns)}`,
	},
	{
		id: "p99", label: "Announce latency, p99", text: asTime, series: "quiet",
		value: ({ latency }) => latency?.announce_p99_ns ?? 0,
		more: ({ latency }) => `since start; max ${asTime(latency?.announce_max_ns)}`,
	},
];

function makeTile({ id, label, series }) {
	const size = { viewBox: "0 0 100 24", preserveAspectRatio: "none" };
	return element("div", { class: "panel tile", id: `tile-${id}` },
		element("h2", {}, label),
		element("p", { class: "big", "data-field": "value" }),
		element("p", { class: "more", "data-field": "more" }),
		drawing("svg", { ...size, class: `spark ${series}`, "aria-hidden": "true" }));
}

function showTiles(status) {
	keep(byId("tiles"), TILES, ({ id }) => id, makeTile, (node, { id, value, text, more }) => {
		putField(node, "value", text(value(status)), value(status));
		putField(node, "more", more(status));
		node.querySelector("svg").replaceChildren(...spark(id));
	});
}

// A sparkline, scaled to the range between its smallest and its largest value.
function spark(id) {
	const { from, to } = timeShown();
	const shown = pointsShown().filter(({ t }) => t >= from);
	const values = shown.filter((point) => point[id] !== undefined);
	const max = Math.max(...values.map((point) => point[id]));
	const min = Math.min(...values.map((point) => point[id]));
	const x = (t) => 100 * (t - from) / (to - from);
	const y = (value) => max > min ? 22 - 20 * (value - min) / (max - min) : 22;
	if (values.length < 2)
		return [];
	const place = (point) => `${x(point.t).toFixed(2)} ${y(point[id]).toFixed(2)}`;
	return chartRuns(shown, id).flatMap((run) => {
		const line = run.map(place).join("L");
		const [first, last] = [x(run[0].t), x(run.at(-1).t)];
		return [drawing("path", { class: "area", d: `M${line}L${last} 24L${first} 24z` }),
			drawing("path", { class: "line", d: `M${line}` })];
	});
}
