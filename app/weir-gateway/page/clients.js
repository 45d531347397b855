// SPDX-License-Identifier: BSD-3-Clause
// Client programs.
"use strict";

function showClients({ clients }) {
	const all = sum(clients, ({ peers }) => peers);
	const max = Math.max(1, ...clients.map(({ peers }) => peers));
	const make = ({ client }) => makeMeter({ label: client });
	keep(byId("clients"), clients.slice(0, 12), ({ client }) => client, make, (node, { peers }) => {
		const text = `${asCount(peers)}, ${asPercent(part(peers, all))}`;
		putMeter(node.lastChild, part(peers, max), text, peers);
		node.lastChild.dataset.level = "normal";
	});
	byId("no-clients").hidden = clients.length > 0;
}
