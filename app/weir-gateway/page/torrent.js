// SPDX-License-Identifier: BSD-3-Clause
// One torrent and its peers.
"use strict";

const PEERS_PAGE = 10;

const HASH_DIGITS = 40;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const torrent = { hash: "", offset: 0, unknown: false }; // unknown to Weir: not polled

// 32 characters of base32 (RFC 4648 section 6) as hexadecimal digits.
function fromBase32(text) {
	const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0"));
	return bits.join("").match(/.{4}/g).map((four) => parseInt(four, 2).toString(16)).join("");
}

// The topic of a magnet link (BEP 9), v1 before v2; other text is returned as it is.
function topicOf(text) {
	if (!text.startsWith("magnet:?"))
		return text;
	const topics = [...new URLSearchParams(text.slice("magnet:?".length))]
		.filter(([name]) => /^xt(\.\d+)?$/.test(name)).map(([, value]) => value);
	const topic = topics.find((value) => value.startsWith("urn:btih:")) ??
		topics.find((value) => value.startsWith("urn:btmh:1220")) ?? "";
	return topic.replace(/^urn:(btih:|btmh:1220)/, "");
}

// Converts an info_hash to 40 hexadecimal digits: from base32, from the 64 digits of BitTorrent v2
// (BEP 52), or from a magnet link with one of these. Other text is returned as it is.
function readHash(text) {
	const hash = topicOf(text.trim().toLowerCase());
	if (/^[a-z2-7]{32}$/.test(hash))
		return fromBase32(hash);
	return /^[0-9a-f]{64}$/.test(hash) ? hash.slice(0, HASH_DIGITS) : hash;
}

// Why `text` is not an info_hash; "" where it is one.
function hashError(text) {
	const odd = text.match(/[^0-9a-f]/);
	if (odd)
		return `An info_hash has hexadecimal digits only (0 to 9, a to f); “${odd[0]}” is none.`;
	if (text.length !== HASH_DIGITS)
		return `An info_hash has ${HASH_DIGITS} hexadecimal digits, this one has ${text.length}.`;
	return "";
}

// Without swarm.peer_detail the number of bytes is not known.
function leftText({ left, seeder }) {
	if (left === undefined)
		return seeder ? "nothing" : "something";
	return left ? asBytes(left) : "nothing";
}

const PEER_COLUMNS = [
	namedColumn("client", "Client", ({ peer_id }) => peer_id?.client || "unknown",
		({ peer_id }) => peer_id?.id ?? ""),
	textColumn("address", "Address", ({ peer_addr }) => peer_addr),
	madeColumn("left", "Left", "number", () => [element("span", { "data-field": "left" })],
		(cell, peer) => putField(cell, "left", leftText(peer), peer.left)),
	numberColumn("downloaded", "Downloaded", ({ downloaded }) => downloaded ?? 0, asBytes),
	numberColumn("uploaded", "Uploaded", ({ uploaded }) => uploaded ?? 0, asBytes),
	textColumn("event", "Event", ({ event = "None" }) =>
		event === "None" ? "–" : event.toLowerCase()),
	numberColumn("age", "Last announce", ({ updated_milliseconds_ago }) => updated_milliseconds_ago,
		(ms) => `${asSpan(ms / 1000)} ago`),
];

const TORRENT_COUNTS = {
	seeders: "Seeders", leechers: "Leechers", completed: "Completed",
	seeders_ipv4: "Seeders, IPv4", leechers_ipv4: "Leechers, IPv4",
	seeders_ipv6: "Seeders, IPv6", leechers_ipv6: "Leechers, IPv6",
};

function showTorrent(body) {
	const facts = Object.keys(TORRENT_COUNTS).filter((name) => body[name] !== undefined);
	const make = (name) => element("div", {}, element("dt", {}, TORRENT_COUNTS[name]),
		element("dd", { "data-field": name }));
	keep(byId("torrent-counts"), facts, (name) => name, make, (node, name) =>
		putField(node, name, asCount(body[name]), body[name]));
	fillTable("peers", PEER_COLUMNS, body.peers, ({ peer_addr }) => peer_addr);
	const total = body.seeders + body.leechers;
	showPager("peers-pager", { offset: torrent.offset, size: PEERS_PAGE, total }, (offset) => {
		torrent.offset = offset;
		quietly(loadTorrent());
	});
}

function torrentError(code, body) {
	if (code === 200)
		return "";
	if (code === 404)
		return "Weir knows no torrent with this info_hash.";
	return body.error || `The gateway responded with status ${code}.`;
}

async function loadTorrent() {
	const { hash, offset } = torrent;
	const page = `peers_offset=${offset}&peers_limit=${PEERS_PAGE}`;
	const { code, body } = await request(`api/v1/torrent/${hash}?${page}`);
	if (hash !== torrent.hash || offset !== torrent.offset)
		return;
	showText(byId("torrent-problem"), torrentError(code, body));
	torrent.unknown = code === 404;
	byId("torrent-found").hidden = code !== 200;
	if (code === 200)
		showTorrent(body);
	Object.assign(byId("torrent").dataset, { shown: hash, offset });
}

// The URL of the page names the open torrent, so that it can be bookmarked and shared.
const openTorrent = (hash) => { location.hash = `torrent=${hash}`; };

function closeTorrent() {
	history.pushState(null, "", location.pathname + location.search);
	followUrl();
	byId("search-hash").focus();
}

function followUrl() {
	const [, text] = location.hash.match(/^#torrent=(.*)$/) || [];
	const problem = text === undefined ? "" : hashError(text);
	torrent.hash = problem ? "" : text || "";
	torrent.offset = 0;
	torrent.unknown = false;
	showText(byId("search-problem"), problem);
	byId("torrent").hidden = !torrent.hash;
	delete byId("torrent").dataset.shown;
	if (!torrent.hash)
		return;
	byId("torrent-found").hidden = true;
	showText(byId("torrent-problem"), "");
	put(byId("torrent-hash"), torrent.hash);
	byId("torrent-title").focus();
	quietly(loadTorrent());
}

function search(event) {
	event.preventDefault();
	const typed = byId("search-hash").value;
	const text = readHash(typed);
	const link = typed.trim().toLowerCase().startsWith("magnet:");
	const problem = link && !text ?
		"This magnet link has no info_hash (xt=urn:btih: or urn:btmh:1220)." : hashError(text);
	showText(byId("search-problem"), problem);
	byId("search-hash").setAttribute("aria-invalid", String(problem !== ""));
	if (problem)
		return;
	if (text === torrent.hash)
		followUrl();
	openTorrent(text);
}
