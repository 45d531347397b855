// SPDX-License-Identifier: BSD-3-Clause
"use strict";

async function show() {
	const reply = await fetch("/api/v1/status" + location.search);
	document.getElementById("status").textContent = JSON.stringify(await reply.json(), null, 2);
}

setInterval(show, 1000);
show();
