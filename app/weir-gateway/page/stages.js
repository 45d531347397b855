// SPDX-License-Identifier: BSD-3-Clause
// Stages: where cycles are spent.
"use strict";

const LOOPS = { io: "Io loop", worker: "Worker loop" };

// Cycles and items of each stage in the last minute; since start where there were none.
function stageCosts(status) {
	const from = sampleBefore(SAMPLES_MS / 1000).stages ?? status.stages;
	const grown = ({ name }, what) => status.stages[`${name}_${what}`] - from[`${name}_${what}`];
	const recent = status.stage_table.some((row) => grown(row, "items") > 0);
	const cost = (row, what) => recent ? grown(row, what) : status.stages[`${row.name}_${what}`];
	const rows = status.stage_table.map((row) =>
		({ ...row, cycles: cost(row, "cycles"), done: cost(row, "items") }));
	return { recent, rows };
}

const makeStage = ({ name, help, color }) => element("li", {},
	element("i", { class: `swatch stage-${color}` }),
	nameAndHelp(name, help),
	element("span", { class: "rate", "data-field": "cycles" }),
	element("span", { class: "total", "data-field": "share" }));

const makeLoop = () => element("div", { class: "loop" },
	element("h3", { "data-field": "title" }),
	element("div", { class: "stacked", role: "presentation" }),
	element("ul", { class: "stages" }));

function showLoop(node, { label, rows }) {
	const cycles = sum(rows, (row) => row.cycles);
	const packets = rows[0].done;
	const each = `${whole.format(part(cycles, packets))} cycles for each of its ${rows[0].items}`;
	putField(node, "title", packets ? `${label}: ${each}` : label);
	const colored = rows.map((row, color) => ({ ...row, color }));
	const segment = ({ color, name }) => element("i", { class: `stage-${color}`, title: name });
	keep(node.children[1], colored, ({ name }) => name, segment, (part_, row) => {
		part_.style.flexGrow = part(row.cycles, cycles);
	});
	keep(node.children[2], colored, ({ name }) => name, makeStage, (item, row) => {
		const each = part(row.cycles, row.done);
		putField(item, "cycles", row.done ? `${asRate(each)} cycles` : "–", each);
		putField(item, "share", asPercent(part(row.cycles, cycles)));
		item.title = `${row.help}; cycles for each of its ${row.items}`;
	});
}

function showStages(status) {
	const turns = status.stages.stage_turns;
	const { recent, rows } = stageCosts(status);
	const loops = Object.entries(LOOPS).map(([id, label]) =>
		({ id, label, rows: rows.filter(({ loop }) => loop === id) }));
	keep(byId("loops"), turns ? loops : [], ({ id }) => id, makeLoop, showLoop);
	byId("no-stages").hidden = turns > 0;
	const span = recent ? "in the last minute" : "since start";
	const timed = turns > 1 ? `one turn in ${turns} timed` : "every turn timed";
	put(byId("costs-span"), turns ? `${span}, ${timed}` : "");
}
