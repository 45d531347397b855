// SPDX-License-Identifier: BSD-3-Clause
// The status page: asks the gateway once a second and draws what it says.
//
// Whatever comes from there is put into the page as text, never as markup. Elements that hold a
// number have it exactly in data-value, whatever they show.
//
// The other scripts, one noun each, share its scope and stand before it in index.html.
"use strict";

const POLL_MS = 1050; // a little longer than the gateway keeps answers, so that each has news

async function look() {
	const { code, body } = await ask("api/v1/status").catch(() => ({ code: 0, body: {} }));
	if (code === 0)
		return showAway("The gateway cannot be reached.");
	if (code === 401)
		return askForToken();
	if (!body.up)
		return showAway(awayWords(code, body));
	if (!take(body))
		return;
	if (body.verdicts && body.stats)
		notePoint();
	if (performance.now() - past.asked >= past.interval)
		quietly(loadPast());
	showStatus(body);
	if (torrent.hash && !torrent.unknown)
		quietly(loadTorrent());
	if (torrents.order === "all")
		quietly(browse(torrents.offset));
}

const polling = { timer: 0, busy: false };

// Once a second, while somebody can see it and nothing is being asked for already.
async function poll() {
	clearTimeout(polling.timer);
	if (polling.busy || document.hidden)
		return;
	polling.busy = true;
	const due = performance.now() + POLL_MS;
	try {
		await look();
	} finally {
		polling.busy = false;
		polling.timer = setTimeout(poll, Math.max(0, due - performance.now()));
	}
}

function main() {
	const tables = {
		"family-rates": FAMILY_COLUMNS, lcores: LCORE_COLUMNS, latencies: LATENCY_COLUMNS,
		torrents: TORRENT_COLUMNS, ports: PORT_COLUMNS, peers: PEER_COLUMNS,
	};
	for (const [id, columns] of Object.entries(tables))
		makeTable(id, columns);
	makeChart();
	makeVerdicts();
	makeChoice("spans", SPAN_NAMES, past.span, (span) => {
		past.span = span;
		quietly(loadPast().then(showChart));
	});
	makeChoice("orders", ORDERS, torrents.order, chooseOrder);
	byId("search").addEventListener("submit", search);
	byId("token").addEventListener("submit", giveToken);
	byId("torrent-close").addEventListener("click", closeTorrent);
	window.addEventListener("hashchange", followAddress);
	document.addEventListener("visibilitychange", poll);
	followAddress();
	poll();
}

main();
