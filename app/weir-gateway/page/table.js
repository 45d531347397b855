// SPDX-License-Identifier: BSD-3-Clause
// Tables and their columns, and pages of a list.
"use strict";

// Columns are { name, label, kind, show(cell, item) }; a phone shows the label inside the cell.
function makeTable(id, columns) {
	const heads = columns.map(({ name, label, kind = "text" }) =>
		element("th", { scope: "col", class: kind, "data-column": name }, label));
	byId(id).append(element("thead", {}, element("tr", {}, ...heads)), element("tbody"));
}

function makeRow(columns) {
	const cells = columns.map(({ name, label, kind = "text" }, at) => at === 0 ?
		element("th", { scope: "row", class: kind, "data-field": name }) :
		element("td", { class: kind, "data-field": name, "data-label": label }));
	return element("tr", {}, ...cells);
}

function fillTable(id, columns, items, key) {
	const update = (row, item) => columns.forEach(({ show }, at) => show(row.children[at], item));
	keep(byId(id).tBodies[0], items, key, () => makeRow(columns), update);
	byId(id).hidden = items.length === 0;
}

// Kinds of columns.
const textColumn = (name, label, text) =>
	({ name, label, show: (cell, item) => put(cell, text(item)) });

const numberColumn = (name, label, value, text = asCount) =>
	({ name, label, kind: "number", show: (cell, row) => put(cell, text(value(row)), value(row)) });

// `make` creates the content of a cell, `update` changes it with each status.
const madeColumn = (name, label, kind, make, update) => ({
	name,
	label,
	kind,
	show: (cell, item) => {
		if (!cell.firstChild)
			cell.append(...make());
		update(cell, item);
	},
});

const meterColumn = (name, label, share, text, value) =>
	madeColumn(name, label, "metered", () => [meter()], (cell, item) =>
		putMeter(cell.firstChild, share(item), text(item), value(item)));

// Two lines: a name, and details.
const namedColumn = (name, label, title, detail) =>
	madeColumn(name, label, "named",
		() => [element("b", { "data-field": "name" }), element("small", { "data-field": "more" })],
		(cell, item) => {
			putField(cell, "name", title(item));
			putField(cell, "more", detail(item));
		});

// Buttons for the pages of a list. `turn` is called with the offset of the selected page.
function showPager(id, { offset, size, total }, turn) {
	const pager = byId(id);
	if (!pager.firstChild)
		for (const [name, label] of [["back", "Previous"], ["text", ""], ["on", "Next"]])
			pager.append(element(label ? "button" : "span", { "data-field": name }, label));
	const last = Math.min(offset + size, total);
	const turns = { back: offset > 0 && offset - size, on: last < total && offset + size };
	for (const [name, to] of Object.entries(turns)) {
		field(pager, name).disabled = to === false;
		field(pager, name).onclick = () => turn(Math.max(0, to));
	}
	const [from, to, all] = [offset + 1, last, total].map((number) => whole.format(number));
	putField(pager, "text", `${from} to ${to} of ${all}`);
	pager.hidden = total <= size && offset === 0;
}
