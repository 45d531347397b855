// SPDX-License-Identifier: BSD-3-Clause
// The status: passes its parts to their panels, or shows why there is none.
"use strict";

// Sections of the page, the functions that fill them, and the parts of the status that they need. A
// section without its parts is hidden: without swarm.peer_detail there are no clients, for instance.
/** @type {[string, (status: object) => void, ...string[]][]} */
const PANELS = [
	["tiles", showTiles, "stats", "verdicts"],
	["traffic", showChart, "verdicts"],
	["families", showFamilies, "verdicts"],
	["packet-verdicts", showVerdicts, "verdicts"],
	["access", showAccess, "lists", "verdicts"],
	["load", showLcores, "lcores"],
	["delays", showLatency, "latency"],
	["costs", showStages, "stages", "stage_table"],
	["busiest", showSources, "sources"],
	["swarms", showTorrents, "top", "stats"],
	["tables", showCapacity, "shards", "memory"],
	["programs", showClients, "clients"],
	["wires", showPorts, "ports"],
];

// Weir or the gateway is unavailable: the last numbers stay, dimmed.
function showUnavailable(why) {
	endLines();
	const since = newest() ? ` Data from ${asClock(newest().time_ms)}.` : "";
	showText(byId("notice"), `${why} Trying again every second.${since}`);
	byId("numbers").classList.add("stale");
	showHealth("degraded", "No answer");
	document.title = `Weir: ${withoutFullStop(why)}`;
}

// Dims a section whose part Weir did not deliver this time, and shows its age and the reason.
function markStale(section, parts) {
	const failed = parts.find(({ good }) => !good);
	section.classList.toggle("old", Boolean(failed));
	const mark = section.querySelector(":scope > .age");
	if (!failed)
		mark?.remove();
	else if (!mark)
		section.append(element("p", { class: "age" }));
	if (failed)
		put(section.querySelector(":scope > .age"),
			`${asSpan(failed.age_ms / 1000)} old: ${withoutFullStop(failed.error)}.`);
}

function showStatus(status) {
	byId("numbers").hidden = false;
	byId("numbers").classList.remove("stale");
	byId("token").hidden = true;
	showText(byId("notice"), "");
	showHeader(status);
	showSaved(status);
	for (const [id, show, ...parts] of PANELS) {
		byId(id).hidden = parts.some((name) => !status[name]);
		if (!byId(id).hidden)
			show(status);
		markStale(byId(id), parts.map((name) => status.parts[name]).filter((part_) => part_));
	}
	byId("numbers").dataset.time = status.time_ms;
}

function withoutFullStop(text) {
	return (text || "no reason given").replace(/\.$/, "");
}

// Why there are no numbers.
const CAUSES = {
	not_running: "Weir is not running",
	forbidden: "The gateway has no permission to open Weir's socket",
	slow: "Weir is running, but does not answer in time",
};

function unavailableText(code, { cause, error }) {
	if (code !== 200 && code !== 503)
		return `The gateway responded with status ${code}.`;
	return `${CAUSES[cause] || "Weir does not answer"} (${withoutFullStop(error)}).`;
}
