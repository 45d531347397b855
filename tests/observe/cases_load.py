# SPDX-License-Identifier: BSD-3-Clause
"""Everybody asks everything while weir-load asks for torrents: the answers are those of the load, and
the load does not notice."""

import json
import threading
import time

import loaded
import telemetry
from suite import case, check

COUNT = 400_000
FAMILIES = ("ipv4", "ipv6")
KINDS = ("connect", "announce", "scrape")

COMMANDS = [
    "info", "stats", "verdicts", "verdicts,ipv4", "verdicts,ipv6", "verdicts,link", "lcores", "lcores,1",
    "stages", "latency", "latency,connect", "latency,announce", "latency,scrape", "latency,other",
    "shards", "shards,0", "ports", "ports,0", "torrents", "torrents,50,10", "top", "top,100",
    "clients", "memory", "config", "export", "lists", "lists,0", "snapshot", "health",
]  # fmt: skip


class Asker:
    """Asks in a thread until the context ends: `ask` is called again and again."""

    def __init__(self, ask):
        self._ask = ask
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.rounds = 0
        self.problem = ""

    def _run(self):
        while not self._over.is_set():
            try:
                self._ask()
                self.rounds += 1
            except Exception as error:
                self.problem = repr(error)
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def ask_all(connection):
    """Every command, and a torrent with its peers; none may be refused."""
    for command in COMMANDS:
        reply = connection.ask(f"/weir/{command}")
        check(set(reply) != {"error"}, f"{command}: {reply}")
    for row in connection.ask("/weir/top,3")["torrents"].values():
        torrent = connection.ask(f"/weir/torrent,{row['info_hash']}")
        page = connection.ask(f"/weir/peers,{row['info_hash']},5,7")
        check(torrent["info_hash"] == page["info_hash"] == row["info_hash"], "another torrent")
        shown = min(32, torrent["seeders"] + torrent["leechers"])
        check(len(torrent["peers"]) >= min(1, shown), "no peers")


@case("load: telemetry under load loses no request, and every count matches")
def under_load(laboratory):
    options = ["--count", COUNT, "--torrents", 2000, "--peers", 20_000]
    with loaded.running(laboratory) as weir_on_memif:
        weir = weir_on_memif.weir
        with telemetry.Connection(weir.socket) as connection:
            with Asker(lambda: ask_all(connection)) as asker:
                results = weir_on_memif.load(*options)
            check(not asker.problem, asker.problem)
            check(asker.rounds >= 3, f"{asker.rounds} rounds")
            check_counts(connection, results)


def answered(results, division, name):
    """From the first connect on."""
    return results[division][name]["answered"] + results[f"{division}_before"][name]["answered"]


def check_counts(connection, results):
    text = json.dumps(results, indent=1)
    check(results["answered"] == results["sent"] == COUNT and results["wrong"] == 0, text)
    told = {family: connection.ask(f"/weir/verdicts,{family}") for family in FAMILIES}
    stats = connection.ask("/weir/stats")
    for kind in KINDS:
        total = sum(told[family][kind] for family in FAMILIES)
        wanted = answered(results, "kinds", kind)
        check(total == wanted, f"{kind}: {total}, not {wanted}")
    for family in FAMILIES:
        total = sum(told[family][kind] for kind in KINDS)
        wanted = answered(results, "families", family)
        check(total == wanted, f"{family}: {total}, not {wanted}")
        others = {name: n for name, n in told[family].items() if n and name not in KINDS}
        check(not set(others) - {"ndp_answered", "ndp_noted"}, f"{family}: {others}")
    verdicts = sum(connection.ask("/weir/verdicts").values())
    check(stats["rx_packets"] == verdicts, f"{verdicts} verdicts")
    shard = connection.ask("/weir/shards,0")
    peers = sum(stats[f"{role}_{family}"] for role in ("seeders", "leechers") for family in FAMILIES)
    clients = connection.ask("/weir/clients")
    check(clients["peers"] == shard["peers"] == peers, f"{clients} {shard} {peers}")
    check(clients["clients"]["0"] == {"client": "weir-load", "peers": peers}, f"{clients}")
    torrents = connection.ask("/weir/torrents")["total"]
    check(torrents == shard["torrents"] == stats["torrents"], f"{torrents} torrents")
    check_latency(connection)


def check_latency(connection):
    """A histogram and the percentiles are of the same packets, which were some of all."""
    summary = connection.ask("/weir/latency")
    for kind in KINDS:
        histogram = connection.ask(f"/weir/latency,{kind}")
        buckets = [value for name, value in histogram.items() if name.startswith("le_")]
        check(buckets == sorted(buckets), f"{kind}: {buckets}")
        count = summary[f"{kind}_count"]
        check(histogram["count"] == count > 0, f"{kind}: {histogram}")
        check(histogram["sum_ns"] == summary[f"{kind}_sum_ns"], f"{kind}: {histogram}")
        order = [summary[f"{kind}_{name}_ns"] for name in ("min", "p50", "p90", "p99", "p999")]
        check(order == sorted(order) and order[0] > 0, f"{kind}: {order}")
        middle = sum(value < count / 2 for value in buckets)
        check(summary[f"{kind}_p50_ns"] <= 1 << (8 + middle) + 1, f"{kind}: median and histogram")


@case("load: with every turn timed, latency covers each single packet")
def each_packet(laboratory):
    with loaded.running(laboratory, more="telemetry = { stage_turns = 1; };") as weir_on_memif:
        weir = weir_on_memif.weir
        results = weir_on_memif.load("--count", 3000, "--window", 1, "--warm-up", 0)
        with telemetry.Connection(weir.socket) as connection:
            latency = connection.ask("/weir/latency")
    for kind in KINDS:
        told, wanted = latency[f"{kind}_count"], answered(results, "kinds", kind)
        check(told == wanted, f"{kind}: {told} latencies of {wanted} packets")


@case("load: a telemetry client that hangs delays no one")
def hanging_clients(laboratory):
    with loaded.running(laboratory) as weir_on_memif:
        weir = weir_on_memif.weir
        hanging = [telemetry.Connection(weir.socket) for _ in range(9)]
        started = time.monotonic()
        results = weir_on_memif.load("--count", 50_000, "--warm-up", 0)
        with telemetry.Connection(weir.socket) as connection:
            ask_all(connection)
        check(results["answered"] == results["sent"] == 50_000, json.dumps(results))
        check(time.monotonic() - started < 60, "it took long")
        del hanging
