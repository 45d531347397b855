# SPDX-License-Identifier: BSD-3-Clause
"""The gateway's page in a browser, and what it shows."""

import contextlib
import time

from browser import Browser
from suite import check

# A number as the page has it, whatever it looks like. null where there is none.
NUMBER = """(() => {{
    const node = document.querySelector({selector!r});
    return node && node.dataset.value !== undefined ? Number(node.dataset.value) : null;
}})()"""
VERDICTS = """Object.fromEntries([...document.querySelectorAll("#verdicts li")].map((row) =>
    [row.dataset.verdict, Number(row.querySelector("[data-field=total]").dataset.value)]))"""
PEERS = """[...document.querySelectorAll("#peers tbody tr")].map((row) =>
    Object.fromEntries([...row.querySelectorAll("[data-field]")].map((cell) =>
        [cell.dataset.field, cell.innerText])))"""
# Elements that reach beyond the right edge of a window of this width. A phone's window grows with
# what is in it, so it cannot be asked.
TOO_WIDE = """[...document.querySelectorAll("body *")].filter((node) =>
    node.getBoundingClientRect().right > {width} + 0.5 &&
    !node.closest(".unseen, .hash, thead, svg"))
    .map((node) => node.outerHTML.slice(0, 120))"""
STALE = "document.getElementById('numbers').classList.contains('stale')"
NEGATIVE = "points.some((point) => Object.values(point).some((value) => value < 0))"
PEERS_PAGE = 10  # torrent.js
KEPT_MS = 1000  # how old what the gateway says may be


class Shown:
    """The page in a tab."""

    def __init__(self, tab, address):
        self.tab = tab
        self.address = address
        tab.open(address)

    def fresh(self):
        """Waits for numbers that Weir said after now."""
        since = time.time() * 1000 + KEPT_MS
        newer = f"Number(document.getElementById('numbers').dataset.time) > {since}"
        self.tab.wait(f"{newer} && !{STALE}", "new numbers on the page")

    def stale(self):
        return self.tab.evaluate(STALE)

    def number(self, selector):
        return self.tab.evaluate(NUMBER.format(selector=selector))

    def text(self, name):
        """What is to be read in an element; empty where it is hidden."""
        seen = f"document.getElementById({name!r})"
        return self.tab.evaluate(f"{seen}.checkVisibility() ? {seen}.innerText.trim() : ''")

    def tile(self, name):
        return self.number(f"#tile-{name} [data-field=value]")

    def verdicts(self):
        return self.tab.evaluate(VERDICTS)

    def family(self, fate, family):
        row = f'#family-rates tr[data-key="{fate}"]'
        return self.number(f'{row} [data-field="{family}"] [data-field=total]')

    def wait_tiles(self, **wanted):
        """Waits until tiles have these values, and no others."""
        now = " && ".join(
            f"{NUMBER.format(selector=f'#tile-{name} [data-field=value]')} === {value}"
            for name, value in wanted.items()
        )
        self.tab.wait(now, f"tiles {wanted}")

    def type_into(self, field, text):
        """Types into a field and presses Enter."""
        self.tab.evaluate(f"document.getElementById({field!r}).value = ''")
        self.tab.evaluate(f"document.getElementById({field!r}).focus()")
        self.tab.call("Input.insertText", text=text)
        enter = {"key": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
        for kind in ("keyDown", "keyUp"):
            self.tab.call("Input.dispatchKeyEvent", type=kind, **enter)

    def look_up(self, text):
        self.type_into("search-hash", text)

    def wait_torrent(self, info_hash):
        shown = f"document.getElementById('torrent').dataset.shown === {info_hash!r}"
        self.tab.wait(shown, f"torrent {info_hash}")

    def turn_page(self):
        """Turns to the next page of peers; False where this is the last."""
        on = "document.querySelector('#peers-pager [data-field=on]')"
        if not self.tab.evaluate(f"{on} !== null && {on}.checkVisibility() && !{on}.disabled"):
            return False
        offset = self.tab.evaluate("document.getElementById('torrent').dataset.offset")
        self.tab.evaluate(f"{on}.click()")
        turned = f"document.getElementById('torrent').dataset.offset !== {offset!r}"
        self.tab.wait(turned, "next page of peers")
        return True

    def fact(self, name):
        return self.number(f"#torrent-counts [data-field={name}]")

    def peers(self):
        return self.tab.evaluate(PEERS)

    def too_wide(self, width):
        """What makes the page scroll sideways in a window so wide."""
        if self.tab.evaluate("document.documentElement.scrollWidth") <= width:
            return []
        return self.tab.evaluate(TOO_WIDE.format(width=width)) or ["something"]

    def check_clean(self):
        """No errors, and nobody asked but the gateway."""
        check(not self.tab.errors, "\n".join(self.tab.errors))
        own = self.address.removeprefix("http://").rstrip("/")
        check(self.tab.hosts() == {own}, f"asked {self.tab.hosts()}")


@contextlib.contextmanager
def shown(address, **size):
    with Browser() as browser:
        yield Shown(browser.page(**size), address)
