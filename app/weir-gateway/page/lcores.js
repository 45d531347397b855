// SPDX-License-Identifier: BSD-3-Clause
// Lcores and their load.
"use strict";

const PACKETS_MIN = 100; // minimum for an average

// Growth of a counter of an lcore in the last minute.
function lcoreGrowth(row, name) {
	const before = sampleBefore(SAMPLES_MS / 1000).lcores?.find(({ lcore }) => lcore === row.lcore);
	return before ? Math.max(0, row[name] - before[name]) : 0;
}

// Cycles per packet in the last minute; 0 where there were too few packets.
function cyclesNow(row) {
	const packets = lcoreGrowth(row, "packets");
	return packets >= PACKETS_MIN ? Math.round(lcoreGrowth(row, "busy_cycles") / packets) : 0;
}

const LCORE_COLUMNS = [
	namedColumn("lcore", "Lcore", ({ lcore }) => String(lcore), ({ cpu }) => `CPU${SPACE}${cpu}`),
	textColumn("role", "Role", ({ role }) => role),
	meterColumn("busy", "Busy", ({ busy_percent }) => busy_percent / 100,
		({ busy_percent }) => asPercent(busy_percent / 100), ({ busy_percent }) => busy_percent),
	numberColumn("cycles", "Cycles per packet", cyclesNow, (cycles) => cycles ? asCount(cycles) : "–"),
	meterColumn("rings", "Ring fill", ({ ring_fill_percent }) => ring_fill_percent / 100,
		(row) => row.ring_room ? asPercent(row.ring_fill_percent / 100) : "–",
		({ ring_fill_percent }) => ring_fill_percent),
	numberColumn("empty", "Empty turns",
		(row) => part(lcoreGrowth(row, "turns_empty"), lcoreGrowth(row, "turns")), asPercent),
];

function showLcores({ lcores }) {
	fillTable("lcores", LCORE_COLUMNS, lcores, ({ lcore }) => lcore);
	const busy = part(sum(lcores, ({ busy_percent }) => busy_percent), lcores.length) / 100;
	put(byId("load-sum"), `${plural(lcores.length, "lcore")}, ${asPercent(busy)} busy`);
}
