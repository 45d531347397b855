// SPDX-License-Identifier: BSD-3-Clause
// Sources that do the most work.
"use strict";

const SOURCE_COLUMNS = [
	textColumn("address", "Source", ({ address }) => address),
	meterColumn("share", "Of all work", ({ work_percent }) => work_percent / 100,
		({ work_percent }) => asPercent(work_percent / 100), ({ work_percent }) => work_percent),
	numberColumn("work", "Work", ({ work }) => work, (work) => `${asRate(work)}/s`),
	numberColumn("peers", "Peers", ({ peers }) => peers),
	numberColumn("refused", "Refused", ({ refused }) => refused),
];

function showSources({ sources }) {
	fillTable("sources", SOURCE_COLUMNS, sources, ({ address }) => address);
	byId("no-sources").hidden = sources.length > 0;
}
