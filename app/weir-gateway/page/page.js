// SPDX-License-Identifier: BSD-3-Clause
// The status page: polls the gateway once a second and draws its response.
//
// Everything received is put into the page as text, never as markup. Elements that show a number hold
// its exact value in data-value.
//
// The other scripts, one noun each, share the global scope and precede this one in index.html.
"use strict";

const POLL_MS = 1050; // a little longer than the gateway caches replies, so that each response is new

async function pollOnce() {
	const { code, body } = await request("api/v1/status").catch(() => ({ code: 0, body: {} }));
	if (code === 0)
		return showUnavailable("The gateway cannot be reached.");
	if (code === 401)
		return requireToken();
	if (!body.up)
		return showUnavailable(unavailableText(code, body));
	if (!addSample(body))
		return;
	if (body.verdicts && body.stats)
		addPoint();
	if (performance.now() - recorded.requested >= recorded.interval)
		quietly(loadHistory());
	showStatus(body);
	if (torrent.hash && !torrent.unknown)
		quietly(loadTorrent());
	if (torrents.order === "all")
		quietly(browse(torrents.offset));
}

const polling = { timer: 0, busy: false };

// Polls once a second while the page is visible and no request is in progress.
async function poll() {
	clearTimeout(polling.timer);
	if (polling.busy || document.hidden)
		return;
	polling.busy = true;
	const due = performance.now() + POLL_MS;
	try {
		await pollOnce();
	} finally {
		polling.busy = false;
		polling.timer = setTimeout(poll, Math.max(0, due - performance.now()));
	}
}

function main() {
	const tables = {
		"family-rates": FAMILY_COLUMNS, lcores: LCORE_COLUMNS, latencies: LATENCY_COLUMNS,
		lists: LIST_COLUMNS, sources: SOURCE_COLUMNS, torrents: TORRENT_COLUMNS, ports: PORT_COLUMNS,
		peers: PEER_COLUMNS,
	};
	for (const [id, columns] of Object.entries(tables))
		makeTable(id, columns);
	makeChart();
	makeVerdicts();
	makeChoice("spans", SPAN_NAMES, recorded.span, (span) => {
		recorded.span = span;
		quietly(loadHistory().then(showChart));
	});
	makeChoice("orders", ORDERS, torrents.order, chooseOrder);
	byId("search").addEventListener("submit", search);
	byId("token").addEventListener("submit", submitToken);
	byId("torrent-close").addEventListener("click", closeTorrent);
	window.addEventListener("hashchange", followUrl);
	document.addEventListener("visibilitychange", poll);
	followUrl();
	poll();
}

main();
