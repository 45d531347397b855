// SPDX-License-Identifier: BSD-3-Clause
// Numbers as text.
"use strict";

const SPACE = "\u00a0";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const digits3 = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

// The number in the largest unit that is not greater than it. `sizes`: [size, unit], largest first.
function scaled(number, sizes) {
	const [size, unit] = sizes.find(([size]) => number >= size) || sizes.at(-1);
	return digits3.format(number / size) + (unit ? SPACE + unit : "");
}

const THOUSANDS = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]];
const BYTES = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];
const BITS = [[1e9, "Gbit/s"], [1e6, "Mbit/s"], [1e3, "kbit/s"], [1, "bit/s"]];
const TIMES = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];
/** @type {[number, string][]} */
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

// A time in its two largest units: "1 d 2 h".
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
