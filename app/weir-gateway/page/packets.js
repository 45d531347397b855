// SPDX-License-Identifier: BSD-3-Clause
// Packets: what verdicts add up to.
"use strict";

const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6", link: "Non-IP" };

// How packets ended, as one sees it from far.
const FATES = {
	announce: "Announces",
	connect: "Connects",
	scrape: "Scrapes",
	dropped: "Dropped",
	refused: "Errors sent",
	host: "Host stack",
};
const ANSWERS = ["announce", "connect", "scrape"];
const CHARTED = [...ANSWERS, "dropped"];

function fateOf({ kind, outcome }) {
	if (outcome === "dropped")
		return "dropped";
	if (outcome === "answered" && ANSWERS.includes(kind))
		return kind;
	return kind === "host" ? "host" : "refused";
}

const verdictTotal = (status, name, families = Object.keys(FAMILIES)) =>
	sum(families, (family) => status.verdicts[family][name]);

function fateTotal(status, fate, families) {
	const rows = status.verdict_table.filter((row) => fateOf(row) === fate);
	return sum(rows, (row) => verdictTotal(status, row.name, families));
}

const packetsTotal = (status) =>
	sum(status.verdict_table, ({ name }) => verdictTotal(status, name));
const answersTotal = (status) => sum(ANSWERS, (fate) => fateTotal(status, fate));
const seeders = ({ stats }) => stats.seeders_ipv4 + stats.seeders_ipv6;
const leechers = ({ stats }) => stats.leechers_ipv4 + stats.leechers_ipv6;

// One second of the charts.
function notePoint() {
	if (samples.length < 2)
		return;
	const status = newest();
	const point = { t: status.time_ms };
	for (const fate of CHARTED)
		point[fate] = rateOf((sample) => fateTotal(sample, fate), 0.5);
	for (const { id, value } of TILES)
		point[id] = value(status);
	if (points.length && point.t - points.at(-1).t > GAP_MS)
		cut();
	points.push(point);
	forget(points, ({ t }) => t, HISTORY_MS);
}
