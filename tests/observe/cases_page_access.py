# SPDX-License-Identifier: BSD-3-Clause
"""The gateway's page on what an operator decides: lists, refusals, and the sources that matter."""

import contextlib
import time

import cases_page
import gateway
import page
import partial_weir
from cases_page import PHONE, same
from suite import case

ROWS = """[...document.querySelectorAll("#{table} tbody tr")].map((row) =>
    Object.fromEntries([...row.querySelectorAll("[data-field]")].map((cell) =>
        [cell.dataset.field, cell.innerText.trim()])))"""
REFUSALS = """Object.fromEntries([...document.querySelectorAll("#refusals li")]
    .filter((row) => row.checkVisibility()).map((row) =>
    [row.dataset.verdict, Number(row.querySelector("[data-field=total]").dataset.value)]))"""
FAULTS = """[...document.querySelectorAll("#lists .fault")].map((cell) => cell.innerText)"""
LONG = "/" + "a-long-name-of-a-folder/" * 8 + "ban.list"


def list_row(name, mode, entries=0, file="", loaded_s=0, error=""):
    return {
        "name": name,
        "mode": mode,
        "file": file,
        "entries": entries,
        "loaded_s": loaded_s,
        "load_ms": 5,
        "failing": int(error != ""),
        "error": error,
    }


def lists():
    rows = [
        list_row("access", "deny", 5_000_000, "/etc/weir/access.list", int(time.time()) - 3600),
        list_row("clients", "off"),
        list_row("sources", "deny", 3, LONG, 1, f"{LONG}:4: 10.0.0.1/8: bits behind the prefix"),
        list_row("keys", "required", 12, "/etc/weir/keys", int(time.time())),
    ]
    return {str(number): row for number, row in enumerate(rows)}


@contextlib.contextmanager
def looked_at(laboratory, **window):
    with (
        laboratory.fed(cases_page.known(laboratory)) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
        page.shown(server.url, **window) as shown,
    ):
        yield partial, shown


@case("page: lists with their files, entries and errors; refusals by verdict")
def access(laboratory):
    with looked_at(laboratory) as (partial, shown):
        shown.fresh()
        same("refusals", shown.tab.evaluate(REFUSALS), {})
        same("nothing", shown.text("no-refusals"), "Nobody has been refused.")
        same("modes", [row["mode"] for row in shown.tab.evaluate(ROWS.format(table="lists"))], ["off"] * 4)
        partial.replies["/weir/lists"] = lists()
        partial.changes["/weir/verdicts"] = {
            "source_denied": 70_000,
            "announce_denied": 5,
            "client_denied": 0,
        }
        shown.fresh()
        shown.fresh()
        rows = shown.tab.evaluate(ROWS.format(table="lists"))
        names = [row["name"] for row in rows]
        same("names", names, ["Torrents", "Client programs", "Networks", "Keys"])
        same("files", [row["more"] for row in rows][:3], ["/etc/weir/access.list", "no file", LONG])
        same("modes", [row["mode"] for row in rows], ["not these", "off", "not these", "required"])
        same("entries", [row["entries"] for row in rows], ["5,000,000", "0", "3", "12"])
        same("age", rows[0]["state"], "1\u00a0h ago")
        same("an error", shown.tab.evaluate(FAULTS), [f"{LONG}:4: 10.0.0.1/8: bits behind the prefix"])
        same("refusals", shown.tab.evaluate(REFUSALS), {"source_denied": 70_000, "announce_denied": 5})
        same("nothing", shown.text("no-refusals"), "")
        shown.check_clean()


def sources():
    rows = [
        {"address": "203.0.113.77", "work_percent": 61, "work": 2004, "peers": 731, "refused": 19_877},
        {"address": "2001:db8:1234:5678::/64", "work_percent": 9, "work": 296, "peers": 12, "refused": 0},
    ]
    numbered = {str(number): row for number, row in enumerate(rows)}
    return {"work": 81_726_350, "limited": 20_431, "count": len(rows), "sources": numbered}


def snapshot(failing=0, last_s=1, restored=0):
    names = ("last_torrents", "restored_torrents", "restored_expired", "restored_dropped", "last_ms")
    return {
        **dict.fromkeys(names, 3),
        "runs": 5,
        "failures": failing,
        "failing": failing,
        "last_s": last_s,
        "last_peers": 1234,
        "last_bytes": 2048,
        "restored_peers": restored,
    }


@case("page: the busiest sources with their share of all work, and the last snapshot")
def busiest(laboratory):
    with looked_at(laboratory) as (partial, shown):
        partial.replies["/weir/sources"] = {"work": 0, "limited": 0, "count": 0, "sources": {}}
        shown.fresh()
        shown.fresh()
        same("nobody", shown.text("no-sources"), "No source has done any work.")
        same("no snapshot", shown.text("saved"), "")
        partial.replies["/weir/sources"] = sources()
        partial.replies["/weir/snapshot"] = snapshot(last_s=int(time.time()) - 7200, restored=7)
        partial.changes["/weir/info"] = {"interval_s": 2400}
        shown.fresh()
        shown.fresh()
        rows = shown.tab.evaluate(ROWS.format(table="sources"))
        same("addresses", [row["address"] for row in rows], ["203.0.113.77", "2001:db8:1234:5678::/64"])
        same("shares", [row["text"] for row in rows], ["61\u00a0%", "9.0\u00a0%"])
        same("work", [row["work"] for row in rows], ["2\u00a0k/s", "296/s"])
        same("refused", [row["refused"] for row in rows], ["19,877", "0"])
        text = "Snapshot 2\u00a0h ago: 3 torrents, 1,234 peers, 2\u00a0KiB. 7 peers were restored at start."
        same("snapshot", shown.text("saved"), text)
        interval = shown.text("uptime").partition(", ")[2]
        same("interval in force", interval, "interval 40\u00a0min")
        partial.replies["/weir/snapshot"] = snapshot(failing=1, last_s=0)
        shown.fresh()
        shown.fresh()
        same("a failure", shown.text("saved"), "The last snapshot failed.")
        shown.check_clean()


@case("page: lists and sources fit the width of a phone")
def phone(laboratory):
    with looked_at(laboratory, **PHONE, scheme="light") as (partial, shown):
        partial.replies["/weir/lists"] = lists()
        partial.replies["/weir/sources"] = sources()
        partial.replies["/weir/snapshot"] = snapshot(last_s=1, restored=7)
        partial.changes["/weir/verdicts"] = {"source_denied": 70_000, "announce_denied": 5}
        shown.fresh()
        shown.fresh()
        same("too wide", shown.too_wide(PHONE["width"]), [])
        shown.check_clean()
