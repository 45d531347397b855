// SPDX-License-Identifier: BSD-3-Clause
// Access: the lists of the operator, and whom lists, keys and limits have refused.
"use strict";

const LISTS = { access: "Torrents", clients: "Client programs", sources: "Networks", keys: "Keys" };
const MODES = { off: "off", allow: "only these", deny: "not these", required: "required" };
const REFUSALS = [
	"source_denied", "client_denied", "announce_denied", "key_unknown", "key_expired", "scrape_denied",
	"source_limited", "announce_source_full", "overload",
];

function loadedText({ failing, error, mode, loaded_s }) {
	if (failing)
		return withoutFullStop(error);
	if (mode === "off" || loaded_s === 0)
		return "–";
	return `${asSpan(Math.max(0, newest().time_ms / 1000 - loaded_s))} ago`;
}

const LIST_COLUMNS = [
	namedColumn("list", "List", ({ name }) => LISTS[name] ?? name, ({ file }) => file || "no file"),
	textColumn("mode", "Served", ({ mode }) => MODES[mode] ?? mode),
	numberColumn("entries", "Entries", ({ entries }) => entries),
	{
		name: "state",
		label: "Loaded",
		kind: "state",
		show: (cell, row) => {
			put(cell, loadedText(row), row.loaded_s);
			cell.classList.toggle("fault", row.failing !== 0);
		},
	},
];

function showAccess(status) {
	fillTable("lists", LIST_COLUMNS, status.lists, ({ name }) => name);
	const rows = status.verdict_table
		.filter(({ name }) => REFUSALS.includes(name))
		.map((row) => ({ ...row, total: verdictTotal(status, row.name) }))
		.sort((a, b) => b.total - a.total);
	const max = Math.max(0, ...rows.map(({ total }) => total));
	keep(byId("refusals"), rows, ({ name }) => name, makeVerdict, (node, row) =>
		showVerdict(node, row, max, row.total > 0));
	byId("no-refusals").hidden = max > 0;
	const rate = rateOf((sample) => sum(rows, ({ name }) => verdictTotal(sample, name)));
	put(byId("access-sum"), `${asRate(rate)} refused per second`, rate);
}
