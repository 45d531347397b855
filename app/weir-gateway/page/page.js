// SPDX-License-Identifier: BSD-3-Clause
// The status page: asks the gateway once a second and draws what it says.
//
// Whatever comes from there is put into the page as text, never as markup. Elements that hold a
// number have it exactly in data-value, whatever they show.
"use strict";

const POLL_MS = 1050; // a little longer than the gateway keeps answers, so that each has news
const PATIENCE_MS = 12_000; // with the gateway, which itself waits 8 s for Weir
const HISTORY_MS = 300_000; // what the charts reach back to
const LEAST_MS = 10_000; // what they show at least
const NEWS_MS = 100; // numbers less apart are the same, kept by the gateway
const SAMPLES_MS = 60_000; // what rates and costs are worked out from
const GAP_MS = 5_000; // without news: what lies before says nothing about now
const RATE_S = 5;
const PACKETS_MIN = 100; // fewer make no average
const PEERS_PAGE = 10;
const TORRENTS_PAGE = 10;
const VERDICTS_SHOWN = 9;

// --- numbers as words --------------------------------------------------------------------------

const SPACE = "\u00a0";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digits3 = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

// The number in the largest of [size, unit] that it fills, largest first.
function scaled(number, sizes) {
	const [size, unit] = sizes.find(([size]) => number >= size) || sizes.at(-1);
	return digits3.format(number / size) + (unit ? SPACE + unit : "");
}

const THOUSANDS = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]];
const BYTES = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
const BITS = [[1e9, "Gbit/s"], [1e6, "Mbit/s"], [1e3, "kbit/s"], [1, "bit/s"]];
const TIMES = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
const SPANS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

function asRate(rate) {
	if (rate >= 10)
		return scaled(Math.round(rate), THOUSANDS);
	return digits3.format(Math.round(rate * 10) / 10);
}

const asCount = (count) => count < 1e7 ? whole.format(count) : scaled(count, THOUSANDS);
const asBytes = (bytes) => scaled(bytes, BYTES);
const asBits = (bits) => scaled(bits, BITS);
const asTime = (ns) => ns > 0 ? scaled(ns, TIMES) : "–";
const asClock = (ms) => new Date(ms).toLocaleTimeString("en-GB");

function asPercent(share) {
	const percent = share * 100;
	return (percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)) + SPACE + "%";
}

// The two largest units of a time: "1 d 2 h".
function asSpan(seconds) {
	const at = SPANS.findIndex(([size]) => seconds >= size);
	if (at < 0)
		return `0${SPACE}s`;
	const [size, unit] = SPANS[at];
	const [next, nextUnit] = SPANS[at + 1] || [];
	const rest = next ? Math.floor(seconds % size / next) : 0;
	return Math.floor(seconds / size) + SPACE + unit + (rest ? ` ${rest}${SPACE}${nextUnit}` : "");
}

const plural = (count, noun) => `${whole.format(count)}${SPACE}${noun}${count === 1 ? "" : "s"}`;
const part = (some, all) => all > 0 ? some / all : 0;
const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);

// --- elements ----------------------------------------------------------------------------------

const byId = (id) => document.getElementById(id);

function fillElement(node, attributes, children) {
	for (const [name, value] of Object.entries(attributes))
		node.setAttribute(name, value);
	node.append(...children);
	return node;
}

const element = (name, attributes = {}, ...children) =>
	fillElement(document.createElement(name), attributes, children);

const drawing = (name, attributes = {}, ...children) =>
	fillElement(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

// Text, and the number behind it.
function put(node, text, value) {
	if (node.textContent !== text)
		node.textContent = text;
	if (value !== undefined)
		node.dataset.value = value;
}

const field = (node, name) => node.querySelector(`[data-field="${name}"]`);
const putField = (node, name, text, value) => put(field(node, name), text, value);

// Text, or no element at all without it.
function say(node, text) {
	put(node, text);
	node.hidden = !text;
}

// Makes the children of `parent` those of `items`. Elements stay the same ones, so that nobody
// loses the focus once a second.
function keep(parent, items, key, make, update) {
	const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
	items.forEach((item, at) => {
		const id = String(key(item));
		const node = old.get(id) || make(item);
		node.dataset.key = id;
		old.delete(id);
		update(node, item);
		if (parent.children[at] !== node)
			parent.insertBefore(node, parent.children[at] || null);
	});
	for (const node of old.values())
		node.remove();
}

// A bar that is filled to a share, with words beside it.
const meter = () => element("div", { class: "meter" },
	element("div", { class: "bar", role: "presentation" }, element("i")),
	element("span", { "data-field": "text" }));

function putMeter(node, share, text, value) {
	const full = Math.min(1, Math.max(0, share));
	node.querySelector("i").style.width = `${full * 100}%`;
	node.dataset.level = full >= 0.9 ? "high" : full >= 0.75 ? "raised" : "normal";
	putField(node, "text", text, value);
}

// Buttons of which one is pressed. `names`: value -> label.
function makeChoice(id, names, chosen, change) {
	const press = (value) => {
		for (const button of byId(id).children)
			button.setAttribute("aria-pressed", String(button.value === value));
	};
	for (const [value, label] of Object.entries(names)) {
		const button = element("button", { type: "button", value }, label);
		button.addEventListener("click", () => {
			press(value);
			change(value);
		});
		byId(id).append(button);
	}
	press(chosen);
}

// --- tables ------------------------------------------------------------------------------------

// Columns are { name, label, kind, show(cell, item) }; on a phone the label stands in the cell.
function makeTable(id, columns) {
	const heads = columns.map(({ name, label, kind = "text" }) =>
		element("th", { scope: "col", class: kind, "data-column": name }, label));
	byId(id).append(element("thead", {}, element("tr", {}, ...heads)), element("tbody"));
}

function makeRow(columns) {
	const cells = columns.map(({ name, label, kind = "text" }, at) => at === 0 ?
		element("th", { scope: "row", class: kind, "data-field": name }) :
		element("td", { class: kind, "data-field": name, "data-label": label }));
	return element("tr", {}, ...cells);
}

function fillTable(id, columns, items, key) {
	const update = (row, item) => columns.forEach(({ show }, at) => show(row.children[at], item));
	keep(byId(id).tBodies[0], items, key, () => makeRow(columns), update);
	byId(id).hidden = items.length === 0;
}

// What a column is made of: the same for all rows of a table.
const textColumn = (name, label, text) =>
	({ name, label, show: (cell, item) => put(cell, text(item)) });

const numberColumn = (name, label, value, text = asCount) =>
	({ name, label, kind: "number", show: (cell, row) => put(cell, text(value(row)), value(row)) });

// `make` fills a cell once, `update` whenever there is news.
const madeColumn = (name, label, kind, make, update) => ({
	name,
	label,
	kind,
	show: (cell, item) => {
		if (!cell.firstChild)
			cell.append(...make());
		update(cell, item);
	},
});

const meterColumn = (name, label, share, text, value) =>
	madeColumn(name, label, "metered", () => [meter()], (cell, item) =>
		putMeter(cell.firstChild, share(item), text(item), value(item)));

// Two lines: what it is, and what else there is to say.
const namedColumn = (name, label, title, detail) =>
	madeColumn(name, label, "named",
		() => [element("b", { "data-field": "name" }), element("small", { "data-field": "more" })],
		(cell, item) => {
			putField(cell, "name", title(item));
			putField(cell, "more", detail(item));
		});

// Pages of a list: `turn` is called with the offset of the page wanted.
function showPager(id, { offset, size, total }, turn) {
	const pager = byId(id);
	if (!pager.firstChild)
		for (const [name, label] of [["back", "Previous"], ["text", ""], ["on", "Next"]])
			pager.append(element(label ? "button" : "span", { "data-field": name }, label));
	const last = Math.min(offset + size, total);
	const turns = { back: offset > 0 && offset - size, on: last < total && offset + size };
	for (const [name, to] of Object.entries(turns)) {
		field(pager, name).disabled = to === false;
		field(pager, name).onclick = () => turn(Math.max(0, to));
	}
	const [from, to, all] = [offset + 1, last, total].map((number) => whole.format(number));
	putField(pager, "text", `${from} to ${to} of ${all}`);
	pager.hidden = total <= size && offset === 0;
}

// --- samples: what Weir said, newest last ------------------------------------------------------

const samples = [];
const points = []; // what charts draw: { t, and a number for each line }; only t where lines end

const newest = () => samples.at(-1);

function forget(list, time, span_ms) {
	while (list.length && time(list[0]) < time(list.at(-1)) - span_ms)
		list.shift();
}

function restarted({ info: from }, { info: to }) {
	return Boolean(from && to) && (from.pid !== to.pid || from.start_s !== to.start_s);
}

// False where the gateway has nothing new to tell.
function take(status) {
	const last = newest();
	const since_ms = last ? status.time_ms - last.time_ms : NEWS_MS;
	if (Math.abs(since_ms) < NEWS_MS)
		return false;
	if (last && (restarted(last, status) || since_ms < 0 || since_ms > GAP_MS)) {
		samples.length = 0;
		cut();
	}
	samples.push(status);
	forget(samples, (sample) => sample.time_ms, SAMPLES_MS);
	return true;
}

// The lines of the charts end here.
function cut() {
	if (points.length && points.at(-1).announce !== undefined)
		points.push({ t: points.at(-1).t });
}

// --- the last hour, as the gateway keeps it ----------------------------------------------------

const SPAN_NAMES = { minutes: "5 min", hour: "1 h" };
const past = { span: "minutes", points: [], asked: -Infinity, interval: 10_000 };

async function loadPast() {
	past.asked = performance.now();
	const { code, body } = await ask("api/v1/history");
	if (code !== 200)
		return;
	past.interval = body.interval_ms;
	past.points = body.time_ms.map((t, at) => {
		const point = { t };
		for (const [name, values] of Object.entries(body.series))
			point[name] = values[at] ?? undefined;
		if (point.announce !== undefined) {
			point.answers = sum(ANSWERS, (fate) => point[fate]);
			point.drops = point.dropped;
		}
		return point;
	});
}

// What is drawn: the gateway's points, and ours from the first one on where they are as old as the
// span that is looked at.
function pointsShown() {
	if (past.span === "hour")
		return past.points;
	const since = points.length ? points[0].t : Infinity;
	const limit = (points.at(-1)?.t ?? past.points.at(-1)?.t ?? 0) - HISTORY_MS;
	return [...past.points.filter(({ t }) => t < since && t >= limit), ...points];
}

// The newest sample that is so much older than the newest of all, else the oldest.
function sampleBefore(seconds) {
	const limit = newest().time_ms - seconds * 1000;
	return samples.findLast((sample) => sample.time_ms <= limit) || samples[0];
}

// How fast a counter grows, a second. Counters only fall when Weir starts anew: that is no rate.
function rateOf(counter, seconds = RATE_S) {
	const [from, to] = [sampleBefore(seconds), newest()];
	if (!from.verdicts || !from.ports)
		return 0;
	const ms = to.time_ms - from.time_ms;
	return ms > 0 ? Math.max(0, counter(to) - counter(from)) * 1000 / ms : 0;
}

// --- packets: what verdicts add up to ----------------------------------------------------------

const FAMILIES = { ipv4: "IPv4", ipv6: "IPv6", link: "Non-IP" };

// How packets ended, as one sees it from far.
const FATES = {
	announce: "Announces",
	connect: "Connects",
	scrape: "Scrapes",
	dropped: "Dropped",
	refused: "Errors sent",
	host: "Host stack",
};
const ANSWERS = ["announce", "connect", "scrape"];
const CHARTED = [...ANSWERS, "dropped"];

function fateOf({ kind, outcome }) {
	if (outcome === "dropped")
		return "dropped";
	if (outcome === "answered" && ANSWERS.includes(kind))
		return kind;
	return kind === "host" ? "host" : "refused";
}

const verdictTotal = (status, name, families = Object.keys(FAMILIES)) =>
	sum(families, (family) => status.verdicts[family][name]);

function fateTotal(status, fate, families) {
	const rows = status.verdict_table.filter((row) => fateOf(row) === fate);
	return sum(rows, (row) => verdictTotal(status, row.name, families));
}

const packetsTotal = (status) =>
	sum(status.verdict_table, ({ name }) => verdictTotal(status, name));
const answersTotal = (status) => sum(ANSWERS, (fate) => fateTotal(status, fate));
const seeders = ({ stats }) => stats.seeders_ipv4 + stats.seeders_ipv6;
const leechers = ({ stats }) => stats.leechers_ipv4 + stats.leechers_ipv6;

// One second of the charts.
function notePoint() {
	if (samples.length < 2)
		return;
	const status = newest();
	const point = { t: status.time_ms };
	for (const fate of CHARTED)
		point[fate] = rateOf((sample) => fateTotal(sample, fate), 0.5);
	for (const { id, value } of TILES)
		point[id] = value(status);
	if (points.length && point.t - points.at(-1).t > GAP_MS)
		cut();
	points.push(point);
	forget(points, ({ t }) => t, HISTORY_MS);
}

// --- tiles: the numbers now --------------------------------------------------------------------

const TILES = [
	{
		id: "answers", label: "Answers a second", text: asRate, series: "announce",
		value: () => rateOf(answersTotal),
		more: (status) => `${asCount(answersTotal(status))} since the start`,
	},
	{
		id: "drops", label: "Drops a second", text: asRate, series: "dropped",
		value: () => rateOf((status) => fateTotal(status, "dropped")),
		more: () => {
			const all = rateOf(packetsTotal);
			const dropped = rateOf((status) => fateTotal(status, "dropped"));
			return all > 0 ? `${asPercent(part(dropped, all))} of packets now` : "no packets now";
		},
	},
	{
		id: "torrents", label: "Torrents", text: asCount, series: "quiet",
		value: ({ stats }) => stats.torrents,
		more: ({ stats }) => `${asCount(stats.torrents_expired)} expired since the start`,
	},
	{
		id: "seeders", label: "Seeders", text: asCount, series: "quiet", value: seeders,
		more: (status) =>
			`${asPercent(part(status.stats.seeders_ipv6, seeders(status)))} over IPv6`,
	},
	{
		id: "leechers", label: "Leechers", text: asCount, series: "quiet", value: leechers,
		more: ({ stats }) => `${asCount(stats.completed)} completed so far`,
	},
	{
		id: "p50", label: "Announce latency, p50", text: asTime, series: "quiet",
		value: ({ latency }) => latency?.announce_p50_ns ?? 0,
		more: ({ latency }) => `since the start; min ${asTime(latency?.announce_min_ns)}`,
	},
	{
		id: "p99", label: "Announce latency, p99", text: asTime, series: "quiet",
		value: ({ latency }) => latency?.announce_p99_ns ?? 0,
		more: ({ latency }) => `since the start; max ${asTime(latency?.announce_max_ns)}`,
	},
];

function makeTile({ id, label, series }) {
	const size = { viewBox: "0 0 100 24", preserveAspectRatio: "none" };
	return element("div", { class: "panel tile", id: `tile-${id}` },
		element("h2", {}, label),
		element("p", { class: "big", "data-field": "value" }),
		element("p", { class: "more", "data-field": "more" }),
		drawing("svg", { ...size, class: `spark ${series}`, "aria-hidden": "true" }));
}

function showTiles(status) {
	keep(byId("tiles"), TILES, ({ id }) => id, makeTile, (node, { id, value, text, more }) => {
		putField(node, "value", text(value(status)), value(status));
		putField(node, "more", more(status));
		node.querySelector("svg").replaceChildren(...spark(id));
	});
}

// A line without axes; it fills its height between the least and the most there was.
function spark(id) {
	const { from, to } = timeShown();
	const shown = pointsShown().filter(({ t }) => t >= from);
	const values = shown.filter((point) => point[id] !== undefined);
	const most = Math.max(...values.map((point) => point[id]));
	const least = Math.min(...values.map((point) => point[id]));
	const x = (t) => 100 * (t - from) / (to - from);
	const y = (value) => most > least ? 22 - 20 * (value - least) / (most - least) : 22;
	if (values.length < 2)
		return [];
	const place = (point) => `${x(point.t).toFixed(2)} ${y(point[id]).toFixed(2)}`;
	return chartRuns(shown, id).flatMap((run) => {
		const line = run.map(place).join("L");
		const [first, last] = [x(run[0].t), x(run.at(-1).t)];
		return [drawing("path", { class: "area", d: `M${line}L${last} 24L${first} 24z` }),
			drawing("path", { class: "line", d: `M${line}` })];
	});
}

// --- chart: traffic over time ------------------------------------------------------------------

const TICKS = 5; // of the axis of rates, at most
const chart = { cursor: null }; // the time pointed at, in ms
const TIME_STEPS = [2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 300_000, 600_000];

// All that there is to show, at least some seconds.
function timeShown() {
	const list = pointsShown();
	const to = list.length ? list.at(-1).t : Date.now();
	return { from: Math.min(list.length ? list[0].t : to, to - LEAST_MS), to };
}

// The least round number of which a few reach `most`.
function roundStep(most) {
	const size = 10 ** Math.floor(Math.log10(most / TICKS));
	return [1, 2, 2.5, 5, 10].map((step) => step * size).find((step) => step * TICKS >= most);
}

// Where things are: pixels of the chart from times and rates.
function chartScale() {
	const { clientWidth: width, clientHeight: height } = byId("chart");
	const { from, to } = timeShown();
	const shown = pointsShown().filter((point) => point.t >= from);
	const total = (point) => sum(CHARTED, (fate) => point[fate] || 0);
	const most = Math.max(TICKS, ...shown.map(total));
	const step = roundStep(most);
	const ticks = Math.ceil(most / step);
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

// The points between two ends of a line.
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

// One area on top of those before it.
function chartArea(run, at, { x, y }) {
	const height = (point, fates) => y(sum(fates, (fate) => point[fate])).toFixed(1);
	const line = (fates) => run.map((point) => `${x(point.t).toFixed(1)} ${height(point, fates)}`);
	const top = line(CHARTED.slice(0, at + 1));
	const bottom = line(CHARTED.slice(0, at)).reverse();
	return drawing("g", { class: CHARTED[at] },
		drawing("path", { class: "area", d: `M${[...top, ...bottom].join("L")}z` }),
		drawing("path", { class: "line", d: `M${top.join("L")}` }));
}

// Dropped packets are hatched, for who cannot tell the colours.
const hatching = () => drawing("defs", {}, drawing("pattern", { id: "hatch", width: 6, height: 6,
	patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
	drawing("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 6 })));

// The point nearest to the cursor, else the newest.
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
	const dots = CHARTED.map((fate, index) => drawing("circle", { class: fate, cx: at, r: 3.5,
		cy: y(sum(CHARTED.slice(0, index + 1), (each) => point[each])) }));
	return [drawing("line", { class: "cursor", x1: at, x2: at, y1: top, y2: bottom }), ...dots];
}

function showLegend(point) {
	const make = (fate) => element("li", {}, element("i", { class: `swatch ${fate}` }),
		element("span", {}, FATES[fate]), element("b", { "data-field": "rate" }));
	keep(byId("legend"), CHARTED, (fate) => fate, make, (node, fate) =>
		putField(node, "rate", point ? asRate(point[fate]) : "–", point ? point[fate] : 0));
	const rate = (fate) => point ? asRate(point[fate]) : "unknown";
	const words = CHARTED.map((fate) => `${FATES[fate]} ${rate(fate)}`);
	byId("chart").setAttribute("aria-label", `Packets a second over time. ${words.join(", ")}.`);
	put(byId("traffic-time"), chart.cursor === null || !point ?
		"packets a second" : `packets a second at ${asClock(point.t)}`);
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

// --- families ----------------------------------------------------------------------------------

const familyColumn = ([family, label]) => madeColumn(family, label, "number",
	() => [element("b", { "data-field": "rate" }), element("small", { "data-field": "total" })],
	(cell, fate) => {
		const total = (status) => fateTotal(status, fate, [family]);
		const count = total(newest());
		putField(cell, "rate", asRate(rateOf(total)), rateOf(total));
		putField(cell, "total", asCount(count), count);
		cell.classList.toggle("none", count === 0);
	});

const FAMILY_COLUMNS = [
	madeColumn("fate", "", "text", () => [element("i"), element("span")], (cell, fate) => {
		cell.firstChild.className = `swatch ${fate}`;
		put(cell.lastChild, FATES[fate]);
	}),
	...Object.entries(FAMILIES).map(familyColumn),
];

const showFamilies = () =>
	fillTable("family-rates", FAMILY_COLUMNS, Object.keys(FATES), (fate) => fate);

// --- verdicts: why packets were dropped --------------------------------------------------------

const OUTCOMES = { dropped: "Dropped", answered: "Answered", noted: "Noted" };
const TITLES = {
	dropped: "Why packets were dropped",
	answered: "What was answered",
	noted: "What was read only",
};
const NONE = {
	dropped: "Nothing has been dropped.",
	answered: "Nothing has been answered.",
	noted: "Nothing came that only had to be read.",
};
const verdicts = { outcome: "dropped", all: false };

const inWords = (name, help) =>
	element("div", { class: "words" }, element("b", {}, name), element("small", {}, help));

const makeVerdict = ({ name, help, outcome }) => element("li",
	{ "data-verdict": name, class: outcome },
	inWords(name, help),
	element("div", { class: "bar" }, element("i")),
	element("span", { class: "rate", "data-field": "rate" }),
	element("span", { class: "total", "data-field": "total" }));

function showVerdict(node, { name, total }, most, shown) {
	const rate = rateOf((status) => verdictTotal(status, name));
	node.querySelector("i").style.width = `${100 * part(total, most)}%`;
	putField(node, "rate", `${asRate(rate)}/s`, rate);
	putField(node, "total", asCount(total), total);
	field(node, "rate").classList.toggle("none", rate === 0);
	node.hidden = !shown;
}

// Every verdict has its element; those of another outcome, or that never happened, are hidden.
function showVerdicts(status) {
	const rows = status.verdict_table
		.map((row) => ({ ...row, total: verdictTotal(status, row.name) }))
		.sort((a, b) => b.total - a.total);
	const happened = rows.filter((row) => row.outcome === verdicts.outcome && row.total > 0);
	const shown = new Set(verdicts.all ? happened : happened.slice(0, VERDICTS_SHOWN));
	const most = happened.length ? happened[0].total : 0;
	keep(byId("verdicts"), rows, ({ name }) => name, makeVerdict, (node, row) =>
		showVerdict(node, row, most, shown.has(row)));
	say(byId("no-verdicts"), happened.length ? "" : NONE[verdicts.outcome]);
	put(byId("fates-title"), TITLES[verdicts.outcome]);
	byId("more-verdicts").hidden = happened.length <= VERDICTS_SHOWN;
	put(byId("more-verdicts"), verdicts.all ? "Show fewer" : `Show all ${happened.length}`);
}

function makeVerdicts() {
	makeChoice("outcomes", OUTCOMES, verdicts.outcome, (outcome) => {
		verdicts.outcome = outcome;
		showVerdicts(newest());
	});
	const more = element("button", { type: "button", class: "quiet", id: "more-verdicts" });
	more.addEventListener("click", () => {
		verdicts.all = !verdicts.all;
		showVerdicts(newest());
	});
	byId("fates").append(more);
}

// --- lcores ------------------------------------------------------------------------------------

// How far a number of an lcore grew in the last minute.
function lcoreGrowth(row, name) {
	const before = sampleBefore(SAMPLES_MS / 1000).lcores?.find(({ lcore }) => lcore === row.lcore);
	return before ? Math.max(0, row[name] - before[name]) : 0;
}

// Nothing where there were too few packets for an average.
function cyclesNow(row) {
	const packets = lcoreGrowth(row, "packets");
	return packets >= PACKETS_MIN ? Math.round(lcoreGrowth(row, "busy_cycles") / packets) : 0;
}

const LCORE_COLUMNS = [
	namedColumn("lcore", "Lcore", ({ lcore }) => String(lcore), ({ cpu }) => `CPU${SPACE}${cpu}`),
	textColumn("role", "Role", ({ role }) => role),
	meterColumn("busy", "Busy", ({ busy_percent }) => busy_percent / 100,
		({ busy_percent }) => asPercent(busy_percent / 100), ({ busy_percent }) => busy_percent),
	numberColumn("cycles", "Cycles a packet", cyclesNow, (cycles) => cycles ? asCount(cycles) : "–"),
	meterColumn("rings", "Ring filled", ({ ring_fill_percent }) => ring_fill_percent / 100,
		(row) => row.ring_room ? asPercent(row.ring_fill_percent / 100) : "–",
		({ ring_fill_percent }) => ring_fill_percent),
	numberColumn("empty", "Empty turns",
		(row) => part(lcoreGrowth(row, "turns_empty"), lcoreGrowth(row, "turns")), asPercent),
];

function showLcores({ lcores }) {
	fillTable("lcores", LCORE_COLUMNS, lcores, ({ lcore }) => lcore);
	const busy = part(sum(lcores, ({ busy_percent }) => busy_percent), lcores.length) / 100;
	put(byId("load-sum"), `${plural(lcores.length, "lcore")}, ${asPercent(busy)} busy`);
}

// --- stages ------------------------------------------------------------------------------------

const LOOPS = { io: "Io loop", worker: "Worker loop" };

// What stages cost in the last minute, or since the start if they did nothing in it.
function stageCosts(status) {
	const from = sampleBefore(SAMPLES_MS / 1000).stages ?? status.stages;
	const grown = ({ name }, what) => status.stages[`${name}_${what}`] - from[`${name}_${what}`];
	const recent = status.stage_table.some((row) => grown(row, "items") > 0);
	const cost = (row, what) => recent ? grown(row, what) : status.stages[`${row.name}_${what}`];
	const rows = status.stage_table.map((row) =>
		({ ...row, cycles: cost(row, "cycles"), done: cost(row, "items") }));
	return { recent, rows };
}

const makeStage = ({ name, help, color }) => element("li", {},
	element("i", { class: `swatch stage-${color}` }),
	inWords(name, help),
	element("span", { class: "rate", "data-field": "cycles" }),
	element("span", { class: "total", "data-field": "share" }));

const makeLoop = () => element("div", { class: "loop" },
	element("h3", { "data-field": "title" }),
	element("div", { class: "stacked", role: "presentation" }),
	element("ul", { class: "stages" }));

function showLoop(node, { label, rows }) {
	const cycles = sum(rows, (row) => row.cycles);
	const packets = rows[0].done;
	const each = `${whole.format(part(cycles, packets))} cycles for each of its ${rows[0].items}`;
	putField(node, "title", packets ? `${label}: ${each}` : label);
	const colored = rows.map((row, color) => ({ ...row, color }));
	const segment = ({ color, name }) => element("i", { class: `stage-${color}`, title: name });
	keep(node.children[1], colored, ({ name }) => name, segment, (part_, row) => {
		part_.style.flexGrow = part(row.cycles, cycles);
	});
	keep(node.children[2], colored, ({ name }) => name, makeStage, (item, row) => {
		const each = part(row.cycles, row.done);
		putField(item, "cycles", row.done ? `${asRate(each)} cycles` : "–", each);
		putField(item, "share", asPercent(part(row.cycles, cycles)));
		item.title = `${row.help}; cycles for each of its ${row.items}`;
	});
}

function showStages(status) {
	const turns = status.stages.stage_turns;
	const { recent, rows } = stageCosts(status);
	const loops = Object.entries(LOOPS).map(([id, label]) =>
		({ id, label, rows: rows.filter(({ loop }) => loop === id) }));
	keep(byId("loops"), turns ? loops : [], ({ id }) => id, makeLoop, showLoop);
	byId("no-stages").hidden = turns > 0;
	const span = recent ? "in the last minute" : "since the start";
	const timed = turns > 1 ? `one turn in ${turns} timed` : "every turn timed";
	put(byId("costs-span"), turns ? `${span}, ${timed}` : "");
}

// --- latency -----------------------------------------------------------------------------------

const LATENCY_KINDS = {
	connect: "Connect", announce: "Announce", scrape: "Scrape", other: "Other",
};
const TRACK_FROM = 8; // powers of two, in ns: the least that is told apart
const TRACK_TO = 24;
const DECADES = { "1 µs": 1e3, "10 µs": 1e4, "100 µs": 1e5, "1 ms": 1e6, "10 ms": 1e7 };

const latencyAt = (ns) =>
	100 * Math.min(1, Math.max(0, (Math.log2(ns) - TRACK_FROM) / (TRACK_TO - TRACK_FROM)));

// A line up to the most, thicker up to p99, thickest up to p90, a mark at p50. Logarithmic.
function makeTrack() {
	const track = element("div", { class: "track", role: "presentation" });
	for (const ns of Object.values(DECADES)) {
		const mark = element("i", { class: "decade" });
		mark.style.left = `${latencyAt(ns)}%`;
		track.append(mark);
	}
	for (const name of ["max", "p99", "p90", "p50"])
		track.append(element("i", { "data-field": name, class: name }));
	return [track];
}

function showTrack(cell, { min, p50, p90, p99, max }) {
	const bar = (name, from, to) => {
		field(cell, name).style.left = `${latencyAt(from)}%`;
		field(cell, name).style.width = `${latencyAt(to) - latencyAt(from)}%`;
	};
	bar("max", min, max);
	bar("p99", min, p99);
	bar("p90", min, p90);
	field(cell, "p50").style.left = `${latencyAt(p50)}%`;
}

const timeColumn = (name, label) => numberColumn(name, label, (row) => row[name], asTime);

const LATENCY_COLUMNS = [
	namedColumn("kind", "Kind", ({ kind }) => LATENCY_KINDS[kind],
		({ count }) => `${scaled(count, THOUSANDS)} timed`),
	madeColumn("track", "256 ns to 16.8 ms", "tracked", makeTrack, showTrack),
	timeColumn("p50", "p50"),
	timeColumn("p90", "p90"),
	timeColumn("p99", "p99"),
	timeColumn("p999", "p99.9"),
	timeColumn("max", "max"),
];

function showLatency({ latency }) {
	const rows = Object.keys(LATENCY_KINDS).map((kind) => {
		const row = { kind, count: latency[`${kind}_count`] };
		for (const name of ["min", "p50", "p90", "p99", "p999", "max"])
			row[name] = latency[`${kind}_${name}_ns`];
		return row;
	}).filter(({ count }) => count > 0);
	fillTable("latencies", LATENCY_COLUMNS, rows, ({ kind }) => kind);
	byId("no-latency").hidden = rows.length > 0;
}

// --- tables and memory -------------------------------------------------------------------------

const makeMeter = ({ label }) =>
	element("li", {}, element("span", { class: "label" }, label), meter());

// Rows of the shards' tables: label, used, room, and the bytes they take where that is known.
const SHARD_TABLES = [
	["Torrents", "torrents", "torrents_max", "torrents_bytes"],
	["Peers", "peers", "peers_max", "peers_bytes"],
	["Peer lines", "lines", "lines_max"],
	["Peer records", "records", "records_max", "records_bytes"],
];

function tableMeters({ shards, memory }) {
	return SHARD_TABLES.map(([label, used, room, bytes]) => ({
		label,
		used: sum(shards, (shard) => shard[used]),
		room: sum(shards, (shard) => shard[room]),
		fullest: Math.max(...shards.map((shard) => part(shard[used], shard[room]))),
		bytes: bytes ? memory[bytes] : 0,
		text: asCount,
	}));
}

const memoryMeters = ({ memory }) => [
	{ label: "Packet buffers", used: memory.mbufs_in_use, room: memory.mbufs, text: asCount },
	{ label: "Heap", used: memory.heap_used_bytes, room: memory.heap_bytes, text: asBytes },
];

function meterText({ used, room, bytes, text }) {
	return `${text(used)} of ${text(room)}${bytes ? `, ${asBytes(bytes)}` : ""}`;
}

function showTables(status) {
	const rows = [...tableMeters(status), ...memoryMeters(status)].filter(({ room }) => room > 0);
	keep(byId("meters"), rows, ({ label }) => label, makeMeter, (node, row) =>
		putMeter(node.lastChild, part(row.used, row.room), meterText(row), row.used));
	const fullest = Math.max(...rows.map((row) => row.fullest || 0));
	const pages = status.memory.hugepages ? "huge pages" : "pages of 4 KiB";
	put(byId("tables-sum"),
		`${plural(status.shards.length, "shard")}, fullest ${asPercent(fullest)}; ${pages}`);
}

// --- client programs ---------------------------------------------------------------------------

function showClients({ clients }) {
	const all = sum(clients, ({ peers }) => peers);
	const most = Math.max(1, ...clients.map(({ peers }) => peers));
	const make = ({ client }) => makeMeter({ label: client });
	keep(byId("clients"), clients.slice(0, 12), ({ client }) => client, make, (node, { peers }) => {
		const text = `${asCount(peers)}, ${asPercent(part(peers, all))}`;
		putMeter(node.lastChild, part(peers, most), text, peers);
		node.lastChild.dataset.level = "normal";
	});
	byId("no-clients").hidden = clients.length > 0;
}

// --- ports -------------------------------------------------------------------------------------

const wireColumn = (name, label, packets, bytes) => madeColumn(name, label, "number",
	() => [element("b", { "data-field": "packets" }), element("small", { "data-field": "bits" })],
	(cell, { at }) => {
		const counter = (what) => (status) => status.ports[at]?.[what] ?? 0;
		const count = counter(packets);
		putField(cell, "packets", `${asRate(rateOf(count))}/s`, count(newest()));
		putField(cell, "bits", asBits(8 * rateOf(counter(bytes))));
	});

// Errors are only coloured where there are any. What the driver does not count is not known, and no 0.
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

const linkWords = ({ link_up, link_mbps }) =>
	link_up ? `up${link_mbps ? `, ${asBits(link_mbps * 1e6)}` : ""}` : "down";

const PORT_COLUMNS = [
	namedColumn("name", "Port", ({ name }) => name, ({ driver, mac }) => `${driver}, ${mac}`),
	madeColumn("link", "Link", "text",
		() => [element("span", { class: "link", "data-field": "link" })],
		(cell, row) => {
			putField(cell, "link", linkWords(row), row.link_up);
			field(cell, "link").dataset.state = row.link_up ? "ok" : "degraded";
		}),
	textColumn("addresses", "Addresses", ({ addresses }) => addresses.join(", ")),
	wireColumn("rx", "Received", "rx_packets", "rx_bytes"),
	wireColumn("tx", "Sent", "tx_packets", "tx_bytes"),
	faultColumn("missed", "Missed", ({ rx_missed }) => rx_missed),
	faultColumn("no-buffer", "No buffer", ({ rx_no_buffer }) => rx_no_buffer),
	faultColumn("errors", "Errors", ({ rx_errors = 0, tx_errors = 0 }) => rx_errors + tx_errors),
];

function showPorts({ ports }) {
	fillTable("ports", PORT_COLUMNS, ports.map((port, at) => ({ ...port, at })), ({ at }) => at);
}

// --- torrents: the largest, or all in order ----------------------------------------------------

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

// Asks for the page of all torrents that is looked at.
async function browse(offset) {
	torrents.offset = offset;
	const { code, body } = await ask(`api/v1/torrents?offset=${offset}&limit=${TORRENTS_PAGE}`);
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

// --- one torrent and its peers -----------------------------------------------------------------

const HASH_DIGITS = 40;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const torrent = { hash: "", offset: 0, unknown: false }; // unknown: Weir said so, and is not asked again

// 32 characters of base32 (RFC 4648 section 6) as hexadecimal digits.
function fromBase32(text) {
	const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, "0"));
	return bits.join("").match(/.{4}/g).map((four) => parseInt(four, 2).toString(16)).join("");
}

// The topic of a magnet link (BEP 9), of several the one that trackers know; else the text itself.
function topicOf(text) {
	if (!text.startsWith("magnet:?"))
		return text;
	const topics = [...new URLSearchParams(text.slice("magnet:?".length))]
		.filter(([name]) => /^xt(\.\d+)?$/.test(name)).map(([, value]) => value);
	const topic = topics.find((value) => value.startsWith("urn:btih:")) ??
		topics.find((value) => value.startsWith("urn:btmh:1220")) ?? "";
	return topic.replace(/^urn:(btih:|btmh:1220)/, "");
}

// What people copy, as the 40 digits that trackers know where it is an info_hash: these, base32, 64
// digits of BitTorrent v2 (BEP 52), or a magnet link with one of them.
function readHash(text) {
	const hash = topicOf(text.trim().toLowerCase());
	if (/^[a-z2-7]{32}$/.test(hash))
		return fromBase32(hash);
	return /^[0-9a-f]{64}$/.test(hash) ? hash.slice(0, HASH_DIGITS) : hash;
}

// What is wrong with an info_hash, or nothing.
function hashProblem(text) {
	const odd = text.match(/[^0-9a-f]/);
	if (odd)
		return `An info_hash has only the digits 0 to 9 and a to f, no “${odd[0]}”.`;
	if (text.length !== HASH_DIGITS)
		return `An info_hash has ${HASH_DIGITS} hexadecimal digits, this one has ${text.length}.`;
	return "";
}

// Weir may have been told not to keep how much.
function leftWords({ left, seeder }) {
	if (left === undefined)
		return seeder ? "nothing" : "something";
	return left ? asBytes(left) : "nothing";
}

const PEER_COLUMNS = [
	namedColumn("client", "Client", ({ peer_id }) => peer_id?.client || "unknown",
		({ peer_id }) => peer_id?.id ?? ""),
	textColumn("address", "Address", ({ peer_addr }) => peer_addr),
	madeColumn("left", "Left", "number", () => [element("span", { "data-field": "left" })],
		(cell, peer) => putField(cell, "left", leftWords(peer), peer.left)),
	numberColumn("downloaded", "Downloaded", ({ downloaded }) => downloaded ?? 0, asBytes),
	numberColumn("uploaded", "Uploaded", ({ uploaded }) => uploaded ?? 0, asBytes),
	textColumn("event", "Event", ({ event = "None" }) =>
		event === "None" ? "–" : event.toLowerCase()),
	numberColumn("age", "Last heard of", ({ updated_milliseconds_ago }) => updated_milliseconds_ago,
		(ms) => `${asSpan(ms / 1000)} ago`),
];

const TORRENT_FACTS = {
	seeders: "Seeders", leechers: "Leechers", completed: "Completed",
	seeders_ipv4: "Seeders, IPv4", leechers_ipv4: "Leechers, IPv4",
	seeders_ipv6: "Seeders, IPv6", leechers_ipv6: "Leechers, IPv6",
};

function showTorrent(body) {
	const facts = Object.keys(TORRENT_FACTS).filter((name) => body[name] !== undefined);
	const make = (name) => element("div", {}, element("dt", {}, TORRENT_FACTS[name]),
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

function torrentProblem(code, body) {
	if (code === 200)
		return "";
	if (code === 404)
		return "Weir knows no torrent with this info_hash.";
	return body.error || `The gateway says ${code}.`;
}

async function loadTorrent() {
	const { hash, offset } = torrent;
	const page = `peers_offset=${offset}&peers_limit=${PEERS_PAGE}`;
	const { code, body } = await ask(`api/v1/torrent/${hash}?${page}`);
	if (hash !== torrent.hash || offset !== torrent.offset)
		return;
	say(byId("torrent-problem"), torrentProblem(code, body));
	torrent.unknown = code === 404;
	byId("torrent-found").hidden = code !== 200;
	if (code === 200)
		showTorrent(body);
	Object.assign(byId("torrent").dataset, { shown: hash, offset });
}

// The address of the page says which torrent is open, so that it can be sent to others.
const openTorrent = (hash) => { location.hash = `torrent=${hash}`; };

function closeTorrent() {
	history.pushState(null, "", location.pathname + location.search);
	followAddress();
	byId("search-hash").focus();
}

function followAddress() {
	const [, text] = location.hash.match(/^#torrent=(.*)$/) || [];
	const problem = text === undefined ? "" : hashProblem(text);
	torrent.hash = problem ? "" : text || "";
	torrent.offset = 0;
	torrent.unknown = false;
	say(byId("search-problem"), problem);
	byId("torrent").hidden = !torrent.hash;
	delete byId("torrent").dataset.shown;
	if (!torrent.hash)
		return;
	byId("torrent-found").hidden = true;
	say(byId("torrent-problem"), "");
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
		"This magnet link has no info_hash (xt=urn:btih: or urn:btmh:1220)." : hashProblem(text);
	say(byId("search-problem"), problem);
	byId("search-hash").setAttribute("aria-invalid", String(problem !== ""));
	if (problem)
		return;
	if (text === torrent.hash)
		followAddress();
	openTorrent(text);
}

// --- header ------------------------------------------------------------------------------------

// How the badge looks; how bad a problem is, the gateway says.
const SEVERITY_STATES = { ok: "ok", notice: "notice", warning: "warning", critical: "degraded" };

// "tx full: 21 of 1.7 M packets in the last minute, last 12 s ago"
function problemWords({ check, count, packets, age_s }) {
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
		put(byId("uptime"), `up ${asSpan(info.uptime_s)}`, info.uptime_s);
		put(byId("source"), `Weir ${info.version}, process ${info.pid}`);
	}
	const loud = severity === "warning" || severity === "critical";
	showHealth(SEVERITY_STATES[severity], problems.map(problemWords).join(", ") || "Healthy");
	const rate = verdicts ? `, ${asRate(rateOf(answersTotal))}/s` : "";
	const names = problems.filter((problem) => problem.severity !== "notice")
		.map(({ check }) => check.replaceAll("_", " ")).join(", ");
	document.title = loud ? `Weir: ${names}` : `Weir${rate}`;
}

// --- asking ------------------------------------------------------------------------------------

const TOKEN = "weir-gateway-token";

async function ask(path) {
	const token = sessionStorage.getItem(TOKEN);
	const reply = await fetch(path, {
		cache: "no-store",
		headers: token ? { Authorization: `Bearer ${token}` } : {},
		signal: AbortSignal.timeout(PATIENCE_MS),
	});
	return { code: reply.status, body: await reply.json().catch(() => ({})) };
}

// The next poll tells of a gateway that is gone; nobody else has to.
const quietly = (promise) => promise.catch(() => {});

function askForToken() {
	const had = sessionStorage.getItem(TOKEN) !== null;
	sessionStorage.removeItem(TOKEN);
	say(byId("token-problem"), had ? "That is not its token." : "");
	if (byId("token").hidden) {
		byId("token").hidden = false;
		byId("token-value").focus();
	}
	byId("numbers").hidden = true;
	say(byId("notice"), "");
	showHealth("waiting", "Locked");
}

function giveToken(event) {
	event.preventDefault();
	const token = byId("token-value").value.trim();
	if (!/^[\x21-\x7e]+$/.test(token)) {
		say(byId("token-problem"), "A token has letters, digits and signs of ASCII, no spaces.");
		return;
	}
	sessionStorage.setItem(TOKEN, token);
	byId("token-value").value = "";
	poll();
}

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

// --- the start ---------------------------------------------------------------------------------

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
