// SPDX-License-Identifier: BSD-3-Clause
// Verdicts: how packets ended.
"use strict";

const VERDICTS_SHOWN = 9;

const OUTCOMES = { dropped: "Dropped", answered: "Answered", noted: "Noted" };
const TITLES = {
	dropped: "Why packets were dropped",
	answered: "Answered packets",
	noted: "Noted packets",
};
const NONE = {
	dropped: "Nothing has been dropped.",
	answered: "Nothing has been answered.",
	noted: "Nothing has been noted.",
};
const verdicts = { outcome: "dropped", all: false };

const nameAndHelp = (name, help) =>
	element("div", { class: "words" }, element("b", {}, name), element("small", {}, help));

const makeVerdict = ({ name, help, outcome }) => element("li",
	{ "data-verdict": name, class: outcome },
	nameAndHelp(name, help),
	element("div", { class: "bar" }, element("i")),
	element("span", { class: "rate", "data-field": "rate" }),
	element("span", { class: "total", "data-field": "total" }));

function showVerdict(node, { name, total }, max, shown) {
	const rate = rateOf((status) => verdictTotal(status, name));
	node.querySelector("i").style.width = `${100 * part(total, max)}%`;
	putField(node, "rate", `${asRate(rate)}/s`, rate);
	putField(node, "total", asCount(total), total);
	field(node, "rate").classList.toggle("none", rate === 0);
	node.hidden = !shown;
}

// Every verdict has an element. Those of other outcomes, or with a count of 0, are hidden.
function showVerdicts(status) {
	const rows = status.verdict_table
		.map((row) => ({ ...row, total: verdictTotal(status, row.name) }))
		.sort((a, b) => b.total - a.total);
	const happened = rows.filter((row) => row.outcome === verdicts.outcome && row.total > 0);
	const shown = new Set(verdicts.all ? happened : happened.slice(0, VERDICTS_SHOWN));
	const max = happened.length ? happened[0].total : 0;
	keep(byId("verdicts"), rows, ({ name }) => name, makeVerdict, (node, row) =>
		showVerdict(node, row, max, shown.has(row)));
	showText(byId("no-verdicts"), happened.length ? "" : NONE[verdicts.outcome]);
	put(byId("packet-verdicts-title"), TITLES[verdicts.outcome]);
	byId("more-verdicts").hidden = happened.length <= VERDICTS_SHOWN;
	put(byId("more-verdicts"), verdicts.all ? "Show fewer" : `Show all ${happened.length}`);
}

function makeVerdicts() {
	makeChoice("outcomes", OUTCOMES, verdicts.outcome, (outcome) => {
		verdicts.outcome = outcome;
		showVerdicts(newest());
	});
	const more = element("button", { type: "button", class: "quiet", id: "more-verdicts" });
	more.addEventListener("click", () => {
		verdicts.all = !verdicts.all;
		showVerdicts(newest());
	});
	byId("packet-verdicts").append(more);
}
