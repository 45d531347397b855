// SPDX-License-Identifier: BSD-3-Clause
// Ports and their traffic.
"use strict";

const wireColumn = (name, label, packets, bytes) => madeColumn(name, label, "number",
	() => [element("b", { "data-field": "packets" }), element("small", { "data-field": "bits" })],
	(cell, { at }) => {
		const counter = (what) => (status) => status.ports[at]?.[what] ?? 0;
		const count = counter(packets);
		putField(cell, "packets", `${asRate(rateOf(count))}/s`, count(newest()));
		putField(cell, "bits", asBits(8 * rateOf(counter(bytes))));
	});

// A count of errors, coloured unless it is 0. A counter that the driver lacks is "not known", not 0.
const faultColumn = (name, label, value) => ({
	name,
	label,
	kind: "number",
	show: (cell, row) => {
		const count = value(row);
		put(cell, count === undefined ? "not known" : asCount(count), count ?? "");
		cell.classList.toggle("fault", value(row) > 0);
	},
});

const linkText = ({ link_up, link_mbps }) =>
	link_up ? `up${link_mbps ? `, ${asBits(link_mbps * 1e6)}` : ""}` : "down";

// Addresses that are configured and not in use: they are being probed, another host has them, or there
// is no link. Weir leaves out addresses_used where it is empty.
const idleAddresses = ({ addresses, addresses_used = [] }) =>
	addresses.filter((address) => !addresses_used.includes(address));

function addressText(row) {
	const idle = idleAddresses(row);
	return row.addresses.map((address) =>
		idle.includes(address) ? `${address} (not in use)` : address).join(", ");
}

const PORT_COLUMNS = [
	namedColumn("name", "Port", ({ name }) => name, ({ driver, mac }) => `${driver}, ${mac}`),
	madeColumn("link", "Link", "text",
		() => [element("span", { class: "link", "data-field": "link" })],
		(cell, row) => {
			putField(cell, "link", linkText(row), row.link_up);
			field(cell, "link").dataset.state = row.link_up ? "ok" : "degraded";
		}),
	{
		name: "addresses",
		label: "Addresses",
		show: (cell, row) => {
			put(cell, addressText(row));
			cell.classList.toggle("fault", idleAddresses(row).length > 0);
		},
	},
	wireColumn("rx", "Received", "rx_packets", "rx_bytes"),
	wireColumn("tx", "Sent", "tx_packets", "tx_bytes"),
	faultColumn("missed", "Missed", ({ rx_missed }) => rx_missed),
	faultColumn("no-buffer", "No mbuf", ({ rx_no_buffer }) => rx_no_buffer),
	faultColumn("errors", "Errors", ({ rx_errors = 0, tx_errors = 0 }) => rx_errors + tx_errors),
];

function showPorts({ ports }) {
	fillTable("ports", PORT_COLUMNS, ports.map((port, at) => ({ ...port, at })), ({ at }) => at);
}
