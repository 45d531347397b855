// SPDX-License-Identifier: BSD-3-Clause
// The header: version and health.
"use strict";

// States of the badge, by the severity that the gateway reports.
const SEVERITY_STATES = { ok: "ok", notice: "notice", warning: "warning", critical: "degraded" };

// "tx full: 21 of 1.7 M packets in the last minute, last 12 s ago"
function problemText({ check, count, packets, age_s }) {
	const name = check.replaceAll("_", " ");
	if (count === undefined)
		return name;
	return `${name}: ${asCount(count)} of ${scaled(packets, THOUSANDS)} packets in the last minute, ` +
		`last ${asSpan(age_s)} ago`;
}

function showHealth(state, text) {
	byId("health").dataset.state = state;
	put(byId("health").firstChild, text);
}

function showHeader({ info, severity, problems, verdicts }) {
	if (info) {
		put(byId("identity"),
			`${info.version} on ${info.dpdk}, ${info.driver}, UDP port ${info.udp_port}`);
		const interval = info.interval_s ? `, interval ${asSpan(info.interval_s)}` : "";
		put(byId("uptime"), `up ${asSpan(info.uptime_s)}${interval}`, info.uptime_s);
		put(byId("source"), `Weir ${info.version}, process ${info.pid}`);
	}
	const loud = severity === "warning" || severity === "critical";
	showHealth(SEVERITY_STATES[severity], problems.map(problemText).join(", ") || "Healthy");
	const rate = verdicts ? `, ${asRate(rateOf(answersTotal))}/s` : "";
	const names = problems.filter((problem) => problem.severity !== "notice")
		.map(({ check }) => check.replaceAll("_", " ")).join(", ");
	document.title = loud ? `Weir: ${names}` : `Weir${rate}`;
}
