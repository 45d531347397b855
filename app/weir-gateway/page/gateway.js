// SPDX-License-Identifier: BSD-3-Clause
// Questions to the gateway, and its token.
"use strict";

const PATIENCE_MS = 12_000; // with the gateway, which itself waits 8 s for Weir

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
