# SPDX-License-Identifier: BSD-3-Clause
"""weir-gateway's REST paths: what they return, and what they refuse."""

import base64
import time
import urllib.parse

import bep15
import frames
import gateway
from rest import A, DEADLINE_S, TIME_MS, UNKNOWN, Named, check_equal, fill, wait_until
from suite import case, check

GOLDEN_ID = "0x" + b"-GT0001-golden-tests".hex()
GOLDEN_CLIENT = "anacrolix torrent 0.0.0.1"


def peer(address, *, left, event="None", peer_id=GOLDEN_ID, client=GOLDEN_CLIENT, **more):
    """A peer as the article shows it, less the times."""
    return {
        "peer_id": {"id": peer_id, "client": client},
        "peer_addr": address,
        "uploaded": 0,
        "downloaded": 0,
        "left": left,
        "event": event,
        **more,
    }


def without_times(told):
    """A peer without its times, which are looked at here."""
    told = dict(told)
    age, updated = told.pop("updated_milliseconds_ago"), told.pop("updated")
    check(0 <= age < DEADLINE_S * 1000, f"updated {age} ms ago")
    check(abs(updated + age - TIME_MS) < DEADLINE_S * 1000, f"updated {updated}")
    return told


@case("rest: a torrent is the JSON of Torrust's documentation")
def torrent(laboratory):
    scenario = laboratory.scenario()
    details = {"peer_id": b"-qB4520-abcdefghijkl", "uploaded": 5, "downloaded": 2**40}
    scenario.announce(frames.client4(11), A, left=9, event=bep15.STARTED, fields=details)
    scenario.announce(frames.client4(11), A, left=0, event=bep15.COMPLETED, fields={**details, "uploaded": 6})
    scenario.announce(frames.client6(12), A, port=17548, left=3)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        reply = server.ask(f"/api/v1/torrent/{A.hex()}")
        upper = server.json(f"/api/v1/torrent/{A.hex().upper()}")
    check_equal("X-Total-Count", reply.headers["x-total-count"], "2")
    told = reply.json()
    check_equal("order", list(told), ["info_hash", "seeders", "completed", "leechers", "peers"])
    check_equal(
        "order of a peer",
        list(told["peers"][0]),
        ["peer_id", "peer_addr", "updated", "updated_milliseconds_ago"]
        + ["uploaded", "downloaded", "left", "event"],
    )
    peers = {row["peer_addr"]: without_times(row) for row in told.pop("peers")}
    check_equal(
        "torrent",
        told,
        {"info_hash": A.hex(), "seeders": 1, "completed": 1, "leechers": 1},
    )
    wanted = [
        peer("[fd77::c]:17548", left=3),
        peer(
            "10.77.0.11:6881",
            left=0,
            event="Completed",
            peer_id="0x" + details["peer_id"].hex(),
            client="qBittorrent 4.5.2",
            uploaded=6,
            downloaded=2**40,
        ),
    ]
    check_equal("peers", peers, {row["peer_addr"]: row for row in wanted})
    check_equal("upper case", upper["info_hash"], A.hex())


@case("rest: a torrent lists 74 peers, the others with peers_offset and peers_limit")
def many_peers(laboratory):
    scenario = laboratory.scenario()
    for number in range(100):
        scenario.announce(frames.client4(number + 2), A, num_want=0)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        first = server.ask(f"/api/v1/torrent/{A.hex()}")
        parts = {
            (offset, limit): server.json(
                f"/api/v1/torrent/{A.hex()}?peers_offset={offset}&peers_limit={limit}"
            )["peers"]
            for offset, limit in [(0, 1000), (74, 74), (99, 5), (100, 5), (4294967295, 1)]
        }
    addresses = [row["peer_addr"] for row in parts[0, 1000]]
    wanted = {f"{frames.client4(number + 2).address}:6881" for number in range(100)}
    check_equal("all peers", (len(addresses), set(addresses)), (100, wanted))
    check_equal("total", first.headers["x-total-count"], "100")
    check_equal("the first", [row["peer_addr"] for row in first.json()["peers"]], addresses[:74])
    for (offset, limit), rows in parts.items():
        got = [row["peer_addr"] for row in rows]
        check_equal(f"from {offset}", got, addresses[offset : offset + limit])


@case("rest: without peer records, a peer has its address and role only")
def no_detail(laboratory):
    scenario = laboratory.scenario(settings={"swarm.peer_detail": False})
    scenario.announce(frames.client4(11), A, left=0)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        [told] = server.json(f"/api/v1/torrent/{A.hex()}")["peers"]
        clients = server.json("/api/v1/status")["clients"]
    check_equal("peer", without_times(told), {"peer_addr": "10.77.0.11:6881", "seeder": 1})
    check_equal("clients", clients, None)


def row_of(scenario, info_hash):
    told = scenario.tracker.torrents[info_hash]
    counts = [told.counts(family) for family in ("ipv4", "ipv6")]
    return {
        "info_hash": info_hash.hex(),
        "seeders": sum(seeders for seeders, _ in counts),
        "completed": told.completed,
        "leechers": sum(leechers for _, leechers in counts),
    }


@case("rest: torrents are listed in order, by ranges, and by info_hash")
def torrents(laboratory):
    scenario = laboratory.scenario()
    hashes = [bytes([number * 7 % 256, number]) * 10 for number in range(250)]
    for number, info_hash in enumerate(hashes):
        client = (frames.client4 if number % 3 else frames.client6)(number + 2)
        scenario.announce(client, info_hash, left=number % 2)
    hashes.sort()
    rows = [row_of(scenario, info_hash) for info_hash in hashes]
    named = [hashes[9], UNKNOWN, hashes[3], hashes[9]]
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        whole = server.ask("/api/v1/torrents")
        parts = {
            (offset, limit): server.json(f"/api/v1/torrents?offset={offset}&limit={limit}")
            for offset, limit in [(0, 1), (99, 102), (249, 1000), (250, 10), (4294967295, 1)]
        }
        query = "&".join(f"info_hash={info_hash.hex()}" for info_hash in named)
        some = server.json(f"/api/v1/torrents?{query}")
    check_equal("total", whole.headers["x-total-count"], "250")
    check_equal("all", whole.json(), rows)
    for (offset, limit), part in parts.items():
        check_equal(f"from {offset}", part, rows[offset : offset + limit])
    check_equal("named", some, [rows[3], rows[9]])


@case("rest: statistics under Torrust's names match the frames")
def stats(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        told = server.json("/api/v1/stats")
        latency = weir.ask("/weir/latency")
        info = weir.ask("/weir/info")
    own = told.pop("weir")
    check_equal("weir.info", own["info"]["pid"], info["pid"])
    check_equal("weir.latency", own["latency"], latency)
    check_equal("weir.health", own["health"]["status"], "ok")
    for name, value in scenario.tracker.gauges().items():
        check_equal(f"weir.stats.{name}", own["stats"][name], value)
    average = {
        f"udp_avg_{kind}_processing_time_ns": (latency[f"{kind}_sum_ns"] // max(latency[f"{kind}_count"], 1))
        for kind in ("connect", "announce", "scrape")
    }
    absent = [
        f"tcp{version}_{what}_handled"
        for version in (4, 6)
        for what in ("connections", "announces", "scrapes")
    ]
    absent += ["completed_persisted", "udp_requests_aborted", "udp_requests_banned"]
    absent += ["udp_banned_ips_total"]
    wanted = {
        "torrents": 2,
        "seeders": 2,
        "completed": 1,
        "completed_in_session": 1,
        "completed_persisted_enabled": False,
        "leechers": 1,
        "udp4_requests": 5,
        "udp4_connections_handled": 1,
        "udp4_announces_handled": 2,
        "udp4_scrapes_handled": 1,
        "udp4_responses": 4,
        "udp4_errors_handled": 1,
        "udp6_requests": 4,
        "udp6_connections_handled": 1,
        "udp6_announces_handled": 2,
        "udp6_scrapes_handled": 1,
        "udp6_responses": 4,
        "udp6_errors_handled": 0,
        **average,
        **dict.fromkeys(absent, 0),
    }
    check_equal("statistics", told, wanted)


@case("rest: /api/v1/status matches telemetry")
def status(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        told = server.json("/api/v1/status")
        top = weir.ask("/weir/top")["torrents"]
        clients = weir.ask("/weir/clients")["clients"]
        ports = weir.ask("/weir/ports")
        lcores = weir.ask("/weir/lcores")
    check(told["up"] is True and told["error"] is None, f"up {told['up']}: {told['error']}")
    check(abs(told["time_ms"] - time.time() * 1000) < DEADLINE_S * 1000, "time_ms")
    got = {
        (family, name): count
        for family, verdicts in told["verdicts"].items()
        for name, count in verdicts.items()
        if count
    }
    check_equal("verdicts", got, dict(scenario.verdicts))
    for name, value in scenario.tracker.gauges().items():
        check_equal(name, told["stats"][name], value)
    check_equal("top", told["top"], list(top.values()))
    check_equal("clients", told["clients"], list(clients.values()))
    check_equal("ports", told["ports"], list(ports.values()))
    check_equal("lcores", [row["lcore"] for row in told["lcores"]], [int(id) for id in lcores])
    check_equal("torrents", sum(row["torrents"] for row in told["shards"]), 2)
    check_equal("names", [row["name"] for row in told["verdict_table"]], list(verdicts_of(told)))
    check_equal(
        "a row",
        told["verdict_table"][0],
        {
            "name": "connect",
            "kind": "connect",
            "outcome": "answered",
            "help": "connect answered with a connection id",
        },
    )
    for part in ("info", "stages", "latency", "memory", "health"):
        check(isinstance(told[part], dict) and told[part], f"{part}: {told[part]}")


def verdicts_of(told):
    return told["verdicts"]["link"]


# What is refused: target, status, and a part of the sentence.
REFUSED = [
    ("/nothing", 404, "not found"),
    ("/api/v1/torrent", 404, "not found"),
    ("/../etc/passwd", 404, "not found"),
    ("/page_files.c", 404, "not found"),
    ("//", 404, "not found"),
    (f"/api/v1/torrent/{UNKNOWN.hex()}", 404, "torrent"),
    ("/api/v1/torrent/", 400, "40 or 64 hexadecimal digits"),
    (f"/api/v1/torrent/{A.hex()}0", 400, "40 or 64 hexadecimal digits"),
    (f"/api/v1/torrent/{A.hex()[:-1]}", 400, "40 or 64 hexadecimal digits"),
    (f"/api/v1/torrent/{A.hex()[:-1]}g", 400, "40 or 64 hexadecimal digits"),
    ("/api/v1/stats//", 404, "not found"),
    (f"/api/v1/torrent/{A.hex()},0,1", 400, "40 or 64 hexadecimal digits"),
    (f"/api/v1/torrent/{A.hex()}?peers_limit=0", 400, "from 1 to 1000"),
    (f"/api/v1/torrent/{A.hex()}?peers_limit=1001", 400, "from 1 to 1000"),
    (f"/api/v1/torrent/{A.hex()}?offset=0", 400, "known here: token peers_offset peers_limit"),
    ("/api/v1/torrents?offset=-1", 400, "offset: must be a whole number from 0"),
    ("/api/v1/torrents?offset=4294967296", 400, "to 4294967295"),
    ("/api/v1/torrents?offset=99999999999999999999999", 400, "to 4294967295"),
    ("/api/v1/torrents?limit=1e3", 400, "from 1 to 1000"),
    ("/api/v1/torrents?limit=", 400, "from 1 to 1000"),
    ("/api/v1/torrents?info_hash=zz", 400, "40 or 64 hexadecimal digits"),
    ("/api/v1/torrents?" + f"info_hash={A.hex()}&" * 101, 400, "at most 100"),
    ("/api/v1/torrents?" + "offset=1&" * 129, 400, "at most 128"),
    ("/api/v1/torrents?%zz=1", 400, "hexadecimal digits"),
    ("/api/v1/stats?format=xml", 400, "json or prometheus"),
    ("/api/v1/metrics?format=xml", 400, "json or prometheus"),
    ("/api/v1/history?x=1", 400, "unknown"),
    ("/metrics?x=1", 400, "unknown"),
    ("/%00", 400, "printable"),
]


@case("rest: every usual form of an info_hash finds its torrent")
def forms(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    link = urllib.parse.quote(f"magnet:?xt=urn:btih:{A.hex()}&dn=a name", safe="")
    written = [A.hex().upper(), base64.b32encode(A).decode(), A.hex() + "0" * 24, link]
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        wanted = stable(server.json(f"/api/v1/torrent/{A.hex()}"))
        row = server.json(f"/api/v1/torrents?info_hash={A.hex()}")
        check_equal("info_hash", (wanted["info_hash"], len(row)), (A.hex(), 1))
        for form in written:
            check_equal(form, stable(server.json(f"/api/v1/torrent/{form}")), wanted)
            check_equal(form, server.json(f"/api/v1/torrents?info_hash={form}"), row)


def stable(torrent):
    """Without what time changes."""
    for peer in torrent["peers"]:
        peer.pop("updated_milliseconds_ago")
        peer.pop("updated")
    return torrent


@case("rest: wrong requests are refused with a reason")
def refusals(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        for target, wanted, part in REFUSED:
            told = server.json(target, wanted)
            check(list(told) == ["error"] and part in told["error"], f"{target[:80]}: {told}")
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FETCH"):
            reply = server.ask("/api/v1/stats", method)
            check_equal(method, (reply.status, reply.headers["allow"]), (405, "GET, HEAD"))
        reply = server.ask("/api/v1/stats", body=b"x" * 1000)
        check_equal("a body", reply.status, 413)
        reply = server.ask("/api/v1/stats", headers={"X-Long": "x" * 20000})
        check(reply.status in (413, 431), f"a long header: {reply.status}")


@case("rest: a slash at the end of a path is ignored, as in Torrust")
def trailing_slash(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        for path in (
            "/api/health_check",
            "/api/v1/stats",
            "/api/v1/torrents",
            "/metrics",
            "/api/v1/history",
            f"/api/v1/torrent/{A.hex()}",
        ):
            check_equal(f"{path}/", server.ask(f"{path}/").status, 200)
        few = server.json("/api/v1/torrents/?limit=1")
        check_equal("parameters behind the slash", len(few), 1)


@case("rest: the last hour is kept, with gaps where Weir was away")
def history(laboratory):
    prefix = laboratory.file_prefix()
    with gateway.serving(laboratory, prefix) as server:
        empty = server.json("/api/v1/history")
        check_equal("interval", empty["interval_ms"], 10_000)
        scenario = laboratory.scenario()
        scenario.lab = Named(laboratory, prefix)
        fill(scenario)
        with laboratory.fed(scenario):
            wait_until("a point", lambda: server.json("/api/v1/history")["series"]["torrents"][-1:] == [2])
        told = server.json("/api/v1/history")
    series = told["series"]
    count = len(told["time_ms"])
    check(2 <= count <= 360 and told["time_ms"] == sorted(told["time_ms"]), f"{told['time_ms']}")
    for name, values in series.items():
        check_equal(f"points of {name}", len(values), count)
    check_equal("before Weir ran", series["torrents"][0], None)
    check_equal("rate over a gap", series["announce"], [None] * count)
    check_equal("seeders", series["seeders"][-1], 2)
