// SPDX-License-Identifier: BSD-3-Clause
// How full tables and memory are.
"use strict";

const makeMeter = ({ label }) =>
	element("li", {}, element("span", { class: "label" }, label), meter());

// Rows of the shards' tables: label, used, room, and the bytes they take where that is known.
const SHARD_TABLES = [
	["Torrents", "torrents", "torrents_max", "torrents_bytes"],
	["Peers", "peers", "peers_max", "peers_bytes"],
	["Peer lines", "lines", "lines_max"],
	["Peer records", "records", "records_max", "records_bytes"],
];

function tableMeters({ shards, memory }) {
	return SHARD_TABLES.map(([label, used, room, bytes]) => ({
		label,
		used: sum(shards, (shard) => shard[used]),
		room: sum(shards, (shard) => shard[room]),
		fullest: Math.max(...shards.map((shard) => part(shard[used], shard[room]))),
		bytes: bytes ? memory[bytes] : 0,
		text: asCount,
	}));
}

const memoryMeters = ({ memory }) => [
	{ label: "Packet buffers", used: memory.mbufs_in_use, room: memory.mbufs, text: asCount },
	{ label: "Heap", used: memory.heap_used_bytes, room: memory.heap_bytes, text: asBytes },
];

function meterText({ used, room, bytes, text }) {
	return `${text(used)} of ${text(room)}${bytes ? `, ${asBytes(bytes)}` : ""}`;
}

function showTables(status) {
	const rows = [...tableMeters(status), ...memoryMeters(status)].filter(({ room }) => room > 0);
	keep(byId("meters"), rows, ({ label }) => label, makeMeter, (node, row) =>
		putMeter(node.lastChild, part(row.used, row.room), meterText(row), row.used));
	const fullest = Math.max(...rows.map((row) => row.fullest || 0));
	const pages = status.memory.hugepages ? "huge pages" : "pages of 4 KiB";
	put(byId("tables-sum"),
		`${plural(status.shards.length, "shard")}, fullest ${asPercent(fullest)}; ${pages}`);
}
