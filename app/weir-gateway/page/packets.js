// SPDX-License-Identifier: BSD-3-Clause
// Packets by category: sums of verdicts.
"use strict";

const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6", link: "Non-IP" };

// Categories of verdicts, as the chart and the table by address family show them.
const CATEGORIES = {
	announce: "Announces",
	connect: "Connects",
	scrape: "Scrapes",
	dropped: "Dropped",
	refused: "Errors sent",
	host: "Host stack",
};
const ANSWERS = ["announce", "connect", "scrape"];
const CHARTED = [...ANSWERS, "dropped"];

function categoryOf({ kind, outcome }) {
	if (outcome === "dropped")
		return "dropped";
	if (outcome === "answered" && ANSWERS.includes(kind))
		return kind;
	return kind === "host" ? "host" : "refused";
}

const verdictTotal = (status, name, families = Object.keys(FAMILIES)) =>
	sum(families, (family) => status.verdicts[family][name]);

function categoryTotal(status, category, families) {
	const rows = status.verdict_table.filter((row) => categoryOf(row) === category);
	return sum(rows, (row) => verdictTotal(status, row.name, families));
}

const packetsTotal = (status) =>
	sum(status.verdict_table, ({ name }) => verdictTotal(status, name));
const answersTotal = (status) => sum(ANSWERS, (category) => categoryTotal(status, category));
const seeders = ({ stats }) => stats.seeders_ipv4 + stats.seeders_ipv6;
const leechers = ({ stats }) => stats.leechers_ipv4 + stats.leechers_ipv6;

// Adds a point to the charts, for the last second.
function addPoint() {
	if (samples.length < 2)
		return;
	const status = newest();
	const point = { t: status.time_ms };
	for (const category of CHARTED)
		point[category] = rateOf((sample) => categoryTotal(sample, category), 0.5);
	for (const { id, value } of TILES)
		point[id] = value(status);
	if (points.length && point.t - points.at(-1).t > GAP_MS)
		endLines();
	points.push(point);
	dropOlder(points, ({ t }) => t, HISTORY_MS);
}
