// SPDX-License-Identifier: BSD-3-Clause
// Requests to the gateway, and its token.
"use strict";

const TIMEOUT_MS = 12_000; // the gateway itself waits 8 s for Weir

const TOKEN = "weir-gateway-token";

async function request(path) {
	const token = sessionStorage.getItem(TOKEN);
	const reply = await fetch(path, {
		cache: "no-store",
		headers: token ? { Authorization: `Bearer ${token}` } : {},
		signal: AbortSignal.timeout(TIMEOUT_MS),
	});
	return { code: reply.status, body: await reply.json().catch(() => ({})) };
}

// Ignores failed requests: the next poll reports that the gateway is unreachable.
const quietly = (promise) => promise.catch(() => {});

function requireToken() {
	const had = sessionStorage.getItem(TOKEN) !== null;
	sessionStorage.removeItem(TOKEN);
	showText(byId("token-problem"), had ? "Wrong token." : "");
	if (byId("token").hidden) {
		byId("token").hidden = false;
		byId("token-value").focus();
	}
	byId("numbers").hidden = true;
	showText(byId("notice"), "");
	showHealth("waiting", "Locked");
}

function submitToken(event) {
	event.preventDefault();
	const token = byId("token-value").value.trim();
	if (!/^[\x21-\x7e]+$/.test(token)) {
		showText(byId("token-problem"), "A token consists of printable ASCII characters without spaces.");
		return;
	}
	sessionStorage.setItem(TOKEN, token);
	byId("token-value").value = "";
	poll();
}
