// SPDX-License-Identifier: BSD-3-Clause
// Elements of the page: creating, filling and updating them.
"use strict";

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

// Sets the text of an element, and its exact value.
function put(node, text, value) {
	if (node.textContent !== text)
		node.textContent = text;
	if (value !== undefined)
		node.dataset.value = value;
}

const field = (node, name) => node.querySelector(`[data-field="${name}"]`);
const putField = (node, name, text, value) => put(field(node, name), text, value);

// Sets the text of an element; hides it where the text is empty.
function showText(node, text) {
	put(node, text);
	node.hidden = !text;
}

// Updates the children of `parent` to match `items`, by key. Existing elements are reused, so that an
// update does not take the focus away.
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

// A bar that is filled to a share, with a text beside it.
const meter = () => element("div", { class: "meter" },
	element("div", { class: "bar", role: "presentation" }, element("i")),
	element("span", { "data-field": "text" }));

function putMeter(node, share, text, value) {
	const full = Math.min(1, Math.max(0, share));
	node.querySelector("i").style.width = `${full * 100}%`;
	node.dataset.level = full >= 0.9 ? "high" : full >= 0.75 ? "raised" : "normal";
	putField(node, "text", text, value);
}

// A group of buttons, one of which is pressed. `names`: value -> label.
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
