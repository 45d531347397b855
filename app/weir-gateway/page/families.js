// SPDX-License-Identifier: BSD-3-Clause
// Packets by family.
"use strict";

const familyColumn = ([family, label]) => madeColumn(family, label, "number",
	() => [element("b", { "data-field": "rate" }), element("small", { "data-field": "total" })],
	(cell, fate) => {
		const total = (status) => fateTotal(status, fate, [family]);
		const count = total(newest());
		putField(cell, "rate", asRate(rateOf(total)), rateOf(total));
		putField(cell, "total", asCount(count), count);
		cell.classList.toggle("none", count === 0);
	});

const FAMILY_COLUMNS = [
	madeColumn("fate", "", "text", () => [element("i"), element("span")], (cell, fate) => {
		cell.firstChild.className = `swatch ${fate}`;
		put(cell.lastChild, FATES[fate]);
	}),
	...Object.entries(FAMILIES).map(familyColumn),
];

const showFamilies = () =>
	fillTable("family-rates", FAMILY_COLUMNS, Object.keys(FATES), (fate) => fate);
