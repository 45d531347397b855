// SPDX-License-Identifier: BSD-3-Clause
// The chart: traffic over time.
"use strict";

const SHOWN_MIN_MS = 10_000; // shortest time shown

const TICKS = 5; // maximum on the axis of rates
const chart = { cursor: null }; // time under the pointer, in ms
const TIME_STEPS = [2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 600_000];

// The time span of the points, at least SHOWN_MIN_MS.
function timeShown() {
	const list = pointsShown();
	const to = list.length ? list.at(-1).t : Date.now();
	return { from: Math.min(list.length ? list[0].t : to, to - SHOWN_MIN_MS), to };
}

// The smallest round step of which TICKS reach `max`.
function roundStep(max) {
	const size = 10 ** Math.floor(Math.log10(max / TICKS));
	return [1, 2, 2.5, 5, 10].map((step) => step * size).find((step) => step * TICKS >= max);
}

// Maps times and rates to pixels of the chart.
function chartScale() {
	const { clientWidth: width, clientHeight: height } = byId("chart");
	const { from, to } = timeShown();
	const shown = pointsShown().filter((point) => point.t >= from);
	const total = (point) => sum(CHARTED, (category) => point[category] || 0);
	const max = Math.max(TICKS, ...shown.map(total));
	const step = roundStep(max);
	const ticks = Math.ceil(max / step);
	const [left, right, top, bottom] = [46, width - 4, 8, height - 22];
	return {
		width, height, left, right, top, bottom, from, to, step, ticks, shown,
		x: (t) => left + (right - left) * (t - from) / (to - from),
		y: (rate) => bottom - (bottom - top) * rate / (step * ticks),
	};
}

function chartGrid({ left, right, bottom, x, y, from, to, step, ticks }) {
	const grid = drawing("g", { class: "grid" });
	for (let tick = 0; tick <= ticks; tick++) {
		const at = y(tick * step);
		grid.append(drawing("line", { x1: left, x2: right, y1: at, y2: at }),
			drawing("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, asRate(tick * step)));
	}
	const every = TIME_STEPS.find((ms) => (to - from) / ms <= 6) || TIME_STEPS.at(-1);
	grid.append(drawing("text", { x: right, y: bottom + 17, "text-anchor": "end" }, "now"));
	for (let ago = every; ago <= to - from; ago += every) {
		const at = x(to - ago);
		grid.append(drawing("line", { x1: at, x2: at, y1: bottom, y2: bottom + 4 }),
			drawing("text", { x: at, y: bottom + 17, "text-anchor": "middle" },
				`−${asSpan(ago / 1000)}`));
	}
	return grid;
}

// Splits points into runs without gaps.
function chartRuns(shown, id = "announce") {
	const runs = [[]];
	for (const point of shown) {
		if (point[id] === undefined)
			runs.push([]);
		else
			runs.at(-1).push(point);
	}
	return runs.filter((run) => run.length > 1);
}

// One area, stacked on those before it.
function chartArea(run, at, { x, y }) {
	const height = (point, categories) => y(sum(categories, (category) => point[category])).toFixed(1);
	const line = (categories) => run.map((point) =>
		`${x(point.t).toFixed(1)} ${height(point, categories)}`);
	const top = line(CHARTED.slice(0, at + 1));
	const bottom = line(CHARTED.slice(0, at)).reverse();
	return drawing("g", { class: CHARTED[at] },
		drawing("path", { class: "area", d: `M${[...top, ...bottom].join("L")}z` }),
		drawing("path", { class: "line", d: `M${top.join("L")}` }));
}

// Dropped packets are hatched, for readers who cannot tell the colours apart.
const hatching = () => drawing("defs", {}, drawing("pattern", { id: "hatch", width: 6, height: 6,
	patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
	drawing("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 6 })));

// The point nearest to the cursor; without a cursor, the newest.
function pointShown(shown) {
	const known = shown.filter((point) => point.announce !== undefined);
	if (chart.cursor === null)
		return known.at(-1);
	const distance = (point) => Math.abs(point.t - chart.cursor);
	const nearer = (best, point) => best && distance(best) <= distance(point) ? best : point;
	return known.reduce(nearer, null);
}

function chartCursor(point, { x, y, top, bottom }) {
	if (chart.cursor === null || !point)
		return [];
	const at = x(point.t);
	const dots = CHARTED.map((category, index) => drawing("circle", { class: category, cx: at, r: 3.5,
		cy: y(sum(CHARTED.slice(0, index + 1), (each) => point[each])) }));
	return [drawing("line", { class: "cursor", x1: at, x2: at, y1: top, y2: bottom }), ...dots];
}

function showLegend(point) {
	const make = (category) => element("li", {}, element("i", { class: `swatch ${category}` }),
		element("span", {}, CATEGORIES[category]), element("b", { "data-field": "rate" }));
	keep(byId("legend"), CHARTED, (category) => category, make, (node, category) =>
		putField(node, "rate", point ? asRate(point[category]) : "–", point ? point[category] : 0));
	const rate = (category) => point ? asRate(point[category]) : "unknown";
	const words = CHARTED.map((category) => `${CATEGORIES[category]} ${rate(category)}`);
	byId("chart").setAttribute("aria-label", `Packets per second over time. ${words.join(", ")}.`);
	put(byId("traffic-time"), chart.cursor === null || !point ?
		"packets per second" : `packets per second at ${asClock(point.t)}`);
}

function showChart() {
	const scale = chartScale();
	if (scale.width === 0)
		return;
	const point = pointShown(scale.shown);
	const stack = (run) => CHARTED.map((_, at) => chartArea(run, at, scale));
	const areas = chartRuns(scale.shown).flatMap(stack);
	const { width, height } = scale;
	byId("chart").replaceChildren(drawing("svg", { width, height, "aria-hidden": "true" },
		hatching(), ...areas, chartGrid(scale), ...chartCursor(point, scale)));
	showLegend(point);
}

function pointAt(event) {
	const { left, right, from, to } = chartScale();
	const x = event.clientX - byId("chart").getBoundingClientRect().left;
	chart.cursor = from + (to - from) * Math.min(1, Math.max(0, (x - left) / (right - left)));
	showChart();
}

function leaveChart() {
	chart.cursor = null;
	showChart();
}

function pointByKey(event) {
	const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
	if (!way)
		return;
	event.preventDefault();
	const { from, to } = timeShown();
	const at = (chart.cursor ?? to) + way * (to - from) / 60;
	chart.cursor = Math.min(to, Math.max(from, at));
	showChart();
}

function makeChart() {
	const host = byId("chart");
	host.addEventListener("pointermove", pointAt);
	host.addEventListener("pointerdown", pointAt);
	host.addEventListener("pointerleave", leaveChart);
	host.addEventListener("keydown", pointByKey);
	host.addEventListener("blur", leaveChart);
	new ResizeObserver(showChart).observe(host);
}
