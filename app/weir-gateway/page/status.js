// SPDX-License-Identifier: BSD-3-Clause
// The status of Weir: its parts to their panels, or why there is none.
"use strict";

// Sections of the page, who fills them, and what of a status they need: a Weir that keeps no peer
// ids has no clients to tell of, for instance.
const PANELS = [
	["tiles", showTiles, "stats", "verdicts"],
	["traffic", showChart, "verdicts"],
	["families", showFamilies, "verdicts"],
	["fates", showVerdicts, "verdicts"],
	["load", showLcores, "lcores"],
	["delays", showLatency, "latency"],
	["costs", showStages, "stages", "stage_table"],
	["swarms", showTorrents, "top", "stats"],
	["tables", showTables, "shards", "memory"],
	["programs", showClients, "clients"],
	["wires", showPorts, "ports"],
];

// Weir or the gateway does not answer: the last picture stays, dimmed.
function showAway(why) {
	cut();
	const since = newest() ? ` Data from ${asClock(newest().time_ms)}.` : "";
	say(byId("notice"), `${why} Trying again every second.${since}`);
	byId("numbers").classList.add("stale");
	showHealth("degraded", "No answer");
	document.title = `Weir: ${withoutDot(why)}`;
}

// A part that Weir did not tell just now is dimmed, and says how old it is and why.
function markOld(section, parts) {
	const failed = parts.find(({ good }) => !good);
	section.classList.toggle("old", Boolean(failed));
	const mark = section.querySelector(":scope > .age");
	if (!failed)
		mark?.remove();
	else if (!mark)
		section.append(element("p", { class: "age" }));
	if (failed)
		put(section.querySelector(":scope > .age"),
			`${asSpan(failed.age_ms / 1000)} old: ${withoutDot(failed.error)}.`);
}

function showStatus(status) {
	byId("numbers").hidden = false;
	byId("numbers").classList.remove("stale");
	byId("token").hidden = true;
	say(byId("notice"), "");
	showHeader(status);
	for (const [id, show, ...parts] of PANELS) {
		byId(id).hidden = parts.some((name) => !status[name]);
		if (!byId(id).hidden)
			show(status);
		markOld(byId(id), parts.map((name) => status.parts[name]).filter((part_) => part_));
	}
	byId("numbers").dataset.time = status.time_ms;
}

function withoutDot(text) {
	return (text || "no reason given").replace(/\.$/, "");
}

// Whose fault it is that there are no numbers.
const CAUSES = {
	not_running: "Weir is not running",
	forbidden: "The gateway may not open Weir's socket",
	slow: "Weir is running, but does not answer in time",
};

function awayWords(code, { cause, error }) {
	if (code !== 200 && code !== 503)
		return `The gateway answers with status ${code}.`;
	return `${CAUSES[cause] || "Weir does not answer"} (${withoutDot(error)}).`;
}
