// SPDX-License-Identifier: BSD-3-Clause
// Torrents: the largest, or all in the order of their info_hashes.
"use strict";

const TORRENTS_PAGE = 10;

const ORDERS = { top: "Largest", all: "All" };
const torrents = { order: "top", offset: 0, rows: [] };

function hashButton() {
	const button = element("button", { type: "button", class: "hash" });
	button.addEventListener("click", () => openTorrent(button.textContent));
	return [button];
}

const TORRENT_COLUMNS = [
	madeColumn("info_hash", "info_hash", "hashed", hashButton,
		(cell, { info_hash }) => put(cell.firstChild, info_hash)),
	madeColumn("swarm", "", "split", () => [element("div", { class: "bar two" }, element("i"))],
		(cell, row) => {
			const share = part(row.seeders, row.seeders + row.leechers);
			cell.querySelector("i").style.width = `${100 * share}%`;
		}),
	numberColumn("seeders", "Seeders", (row) => row.seeders),
	numberColumn("leechers", "Leechers", (row) => row.leechers),
	numberColumn("completed", "Completed", (row) => row.completed),
];

function showTorrents(status) {
	const rows = torrents.order === "top" ? status.top.slice(0, TORRENTS_PAGE) : torrents.rows;
	fillTable("torrents", TORRENT_COLUMNS, rows, ({ info_hash }) => info_hash);
	byId("no-torrents").hidden = rows.length > 0;
	const { offset, total } = torrents.order === "top" ?
		{ offset: 0, total: 0 } : { offset: torrents.offset, total: status.stats.torrents };
	showPager("torrents-pager", { offset, size: TORRENTS_PAGE, total },
		(wanted) => quietly(browse(wanted)));
}

// Loads a page of all torrents.
async function browse(offset) {
	torrents.offset = offset;
	const { code, body } = await request(`api/v1/torrents?offset=${offset}&limit=${TORRENTS_PAGE}`);
	if (code !== 200 || offset !== torrents.offset)
		return;
	torrents.rows = body;
	showTorrents(newest());
}

function chooseOrder(order) {
	torrents.order = order;
	showTorrents(newest());
	if (order === "all")
		quietly(browse(0));
}
