// SPDX-License-Identifier: BSD-3-Clause
// How full tables and memory are.
"use strict";

const makeMeter = ({ label }) =>
	element("li", {}, element("span", { class: "label" }, label), meter());

// Tables of the shards: label, used, capacity, and bytes of memory where that is known.
const SHARD_TABLES = [
	["Torrents", "torrents", "torrents_max", "torrents_bytes"],
	["Peers", "peers", "peers_max", "peers_bytes"],
	["Peer lines", "lines", "lines_max"],
	["Peer records", "records", "records_max", "records_bytes"],
];

function tableMeters({ shards, memory }) {
	return SHARD_TABLES.map(([label, used, capacity, bytes]) => ({
		label,
		used: sum(shards, (shard) => shard[used]),
		capacity: sum(shards, (shard) => shard[capacity]),
		fullest: Math.max(...shards.map((shard) => part(shard[used], shard[capacity]))),
		bytes: bytes ? memory[bytes] : 0,
		text: asCount,
	}));
}

const memoryMeters = ({ memory }) => [
	{ label: "Mbufs", used: memory.mbufs_in_use, capacity: memory.mbufs, text: asCount },
	{ label: "Heap", used: memory.heap_used_bytes, capacity: memory.heap_bytes, text: asBytes },
];

function capacityText({ used, capacity, bytes, text }) {
	return `${text(used)} of ${text(capacity)}${bytes ? `, ${asBytes(bytes)}` : ""}`;
}

// The last snapshot, and what the one at the start brought back.
function savedText({ failing, runs, last_s, last_torrents, last_peers, last_bytes, restored_peers }, now_s) {
	const last = last_s > 0 ? `Snapshot ${asSpan(Math.max(0, now_s - last_s))} ago: ` +
		`${asCount(last_torrents)} torrents, ${asCount(last_peers)} peers, ${asBytes(last_bytes)}.` : "";
	const problem = failing ? "The last snapshot failed." : "";
	const restored = restored_peers > 0 ? `${asCount(restored_peers)} peers were restored at start.` : "";
	return runs > 0 || restored ? [problem, last, restored].filter(Boolean).join(" ") : "";
}

function showSaved({ snapshot, time_ms }) {
	showText(byId("saved"), snapshot ? savedText(snapshot, time_ms / 1000) : "");
	byId("saved").classList.toggle("fault", Boolean(snapshot?.failing));
}

function showCapacity(status) {
	const rows = [...tableMeters(status), ...memoryMeters(status)].filter(({ capacity }) => capacity > 0);
	keep(byId("meters"), rows, ({ label }) => label, makeMeter, (node, row) =>
		putMeter(node.lastChild, part(row.used, row.capacity), capacityText(row), row.used));
	const fullest = Math.max(...rows.map((row) => row.fullest || 0));
	const pages = status.memory.hugepages ? "huge pages" : "4 KiB pages";
	put(byId("tables-sum"),
		`${plural(status.shards.length, "shard")}, fullest ${asPercent(fullest)}; ${pages}`);
}
