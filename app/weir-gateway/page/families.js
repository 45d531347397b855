// SPDX-License-Identifier: BSD-3-Clause
// Packets by address family.
"use strict";

const familyColumn = ([family, label]) => madeColumn(family, label, "number",
	() => [element("b", { "data-field": "rate" }), element("small", { "data-field": "total" })],
	(cell, category) => {
		const total = (status) => categoryTotal(status, category, [family]);
		const count = total(newest());
		putField(cell, "rate", asRate(rateOf(total)), rateOf(total));
		putField(cell, "total", asCount(count), count);
		cell.classList.toggle("none", count === 0);
	});

const FAMILY_COLUMNS = [
	madeColumn("category", "", "text", () => [element("i"), element("span")], (cell, category) => {
		cell.firstChild.className = `swatch ${category}`;
		put(cell.lastChild, CATEGORIES[category]);
	}),
	...Object.entries(FAMILIES).map(familyColumn),
];

const showFamilies = () =>
	fillTable("family-rates", FAMILY_COLUMNS, Object.keys(CATEGORIES), (category) => category);
