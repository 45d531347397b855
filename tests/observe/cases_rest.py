# SPDX-License-Identifier: BSD-3-Clause
"""weir-gateway's REST paths, page, command line and processes."""

import base64
import os
import pathlib
import signal
import time
import urllib.parse

import bep15
import frames
import gateway
from suite import Skipped, case, check

A, B, UNKNOWN = b"\xaa" * 20, b"\xbb" * 20, b"\xcc" * 20
TIME_MS = 1_700_000_000_000  # test.time of scenarios
DEADLINE_S = 20
PAGE = pathlib.Path(__file__).resolve().parents[2] / "app/weir-gateway/page"

GOLDEN_ID = "0x" + b"-GT0001-golden-tests".hex()
GOLDEN_CLIENT = "anacrolix torrent 0.0.0.1"


def check_equal(name, got, wanted):
    check(got == wanted, f"{name}: {got}, not {wanted}")


def wait_until(what, condition):
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        check(time.monotonic() < deadline, f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.1)


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


@case("rest: one torrent is the article's JSON")
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


@case("rest: 74 peers of a torrent, others by peers_offset and peers_limit")
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


@case("rest: without records a peer has what is known of it")
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


@case("rest: all torrents in order, a part of them, and those that are named")
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


def fill(scenario):
    scenario.connect(frames.client4(11))
    scenario.connect(frames.client6(11))
    scenario.announce(frames.client4(11), A, left=0)
    scenario.announce(frames.client6(12), A, left=7)
    scenario.announce(frames.client6(12), A, left=0)
    scenario.announce(frames.client4(13), B)
    scenario.announce(frames.client4(14), B, connection_id=1, verdict="id_forged")
    scenario.scrape(frames.client4(13), [A])
    scenario.scrape(frames.client6(12), [A, B])
    scenario.noise(2)


@case("rest: statistics in Torrust's words are those of the frames")
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


@case("rest: /api/v1/status is what telemetry says")
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


@case("rest: a torrent by every form in which people copy an info_hash")
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


@case("rest: what is wrong is told with a sentence")
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


@case("rest: without a token nobody is answered who found us under a name of his")
def rebinding(laboratory):
    # There is no Weir: who is answered is told so.
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        for host, status in (("evil.example:1212", 403), ("localhost", 503), ("[::1]:5", 503)):
            reply = server.ask("/api/v1/stats", headers={"Host": host})
            check_equal(host, reply.status, status)


@case("rest: a head is that of the answer; nothing is kept, nothing runs but the page's own")
def headers(laboratory):
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        files = {f"/{path.name}" for path in PAGE.iterdir()} - {"/index.html"} | {"/"}
        check({"/panels.css", "/page.js", "/icon.svg"} < files, files)
        for target in sorted(files):
            whole = server.ask(target)
            check(whole.status == 200 and whole.body, f"{target}: {whole.status}")
            tag = whole.headers["etag"]
            head = server.ask(target, "HEAD")
            check_equal(f"HEAD {target}", (head.status, head.body), (200, b""))
            check_equal("length", head.headers["content-length"], str(len(whole.body)))
            known = server.ask(target, headers={"If-None-Match": tag})
            check_equal(f"{target} again", (known.status, known.body), (304, b""))
            other = server.ask(target, headers={"If-None-Match": '"0123456789abcdef"'})
            check_equal(f"{target} changed", other.status, 200)
        for target in ("/", "/api/v1/status", "/metrics", "/nothing"):
            names = server.ask(target).headers
            check_equal("nosniff", names["x-content-type-options"], "nosniff")
            check("default-src 'none'" in names["content-security-policy"], target)
            check("access-control-allow-origin" not in names, f"{target}: CORS")
            wanted = "no-cache" if target == "/" else "no-store"
            check_equal(f"{target}: cache-control", names["cache-control"], wanted)


@case("rest: a token is wanted where one is configured")
def token(laboratory):
    path = laboratory.folder() / "token"
    path.write_text("secret-0123456789\n")
    path.chmod(0o600)
    prefix = laboratory.file_prefix()
    with gateway.serving(laboratory, prefix, "--token-file", path) as server:
        for target in ("/", "/page.js", "/api/health_check"):
            check(server.ask(target).status != 401, f"{target} wants a token")
        for target in ("/metrics", "/api/v1/metrics", "/api/v1/status", "/api/v1/stats"):
            reply = server.ask(target)
            check_equal(target, (reply.status, reply.headers["www-authenticate"]), (401, "Bearer"))
        for wrong in ("secret-012345678", "secret-01234567890", "", "x" * 300):
            reply = server.ask("/metrics", headers={"Authorization": f"Bearer {wrong}"})
            check_equal(f"token {wrong}", reply.status, 401)
            check_equal(wrong, server.ask(f"/metrics?token={wrong}").status, 401)
        right = {"Authorization": "Bearer secret-0123456789"}
        check_equal("header", server.ask("/metrics", headers=right).status, 200)
        check_equal("parameter", server.ask("/metrics?token=secret-0123456789").status, 200)
        escaped = server.ask("/metrics?token=%73ecret-0123456789")
        check_equal("escaped", escaped.status, 200)
        hidden = server.ask("/api/v1/torrent/x")
        check_equal("errors behind the token", hidden.status, 401)


def refused(laboratory, *arguments):
    ended = laboratory.run(laboratory.programs.weir_gateway, *arguments)
    check_equal(f"status of {arguments}", (ended.status, ended.out), (2, ""))
    return ended.err.splitlines()


@case("rest: a wrong command line is told whole, and nothing starts")
def command_line(laboratory):
    open_token = laboratory.folder() / "open"
    open_token.write_text("secret\n")
    open_token.chmod(0o644)
    long_token = laboratory.folder() / "long"
    long_token.write_text("two\nlines\n")
    long_token.chmod(0o600)
    said = refused(
        laboratory,
        *("--listen", "localhost:1", "--listen", "127.0.0.1", "-l", "127.0.0.1:65536"),
        *("--file-prefix", "a/b", "--nothing", "--token-file", open_token, "words"),
    )
    wanted = [
        "--listen localhost:1: must be an address and a port",
        "--listen 127.0.0.1: must be an address and a port",
        "--listen 127.0.0.1:65536: must be an address and a port",
        "--file-prefix a/b: must be a name without /",
        "unknown option --nothing",
        "unexpected argument 'words'",
        f"--token-file {open_token}: can be read or changed by others than its owner: chmod 600",
    ]
    check_equal("lines", len(said), len(wanted))
    for line, part in zip(said, wanted):
        check(line.startswith(f"weir-gateway: {part}"), f"{line}\nnot\n{part}")
    cases = {
        ("--token-file", long_token): "must hold one line",
        ("--token-file", "/nothing/there"): "No such file",
        ("--token-file", "/"): "is a folder",
        ("--token-file", "/dev/null"): "is a device; a regular file is needed",
        ("--socket", "x" * 108): "at most 107 bytes",
        ("--file-prefix", "x" * 100): "more than 107 bytes",
        ("--socket", "a", "--file-prefix", "b"): "exclude each other",
        ("--listen",): "requires an argument",
        ("--user", "nobody-of-that-name"): "user" if gateway.is_root() else "only root",
        ("--listen", "127.0.0.1:0") * 9: "at most 8 times",
    }
    for arguments, part in cases.items():
        [line] = refused(laboratory, *arguments)
        check(part in line, f"{arguments}: {line}")
    helped = laboratory.run(laboratory.programs.weir_gateway, "--help")
    check(helped.status == 0 and "/api/v1/torrents" in helped.out, "help")


@case("rest: several addresses; one that is taken is told, status 1")
def addresses(laboratory):
    both = ("127.0.0.1:0", "[::1]:0")
    with gateway.serving(laboratory, laboratory.file_prefix(), listen=both) as server:
        check_equal("hosts", [host for host, _ in server.addresses], ["127.0.0.1", "::1"])
        for address in server.addresses:
            check_equal(address, server.ask("/", address=address).status, 200)
        taken = f"127.0.0.1:{server.port}"
        ended = laboratory.run(laboratory.programs.weir_gateway, "--listen", taken)
    check_equal("status", ended.status, 1)
    check(f"--listen {taken}: Address already in use" in ended.err, ended.err)


class Named:
    """A laboratory all of whose Weirs have one file prefix."""

    def __init__(self, laboratory, prefix):
        self.weir = laboratory.weir
        self.prefix = prefix

    def file_prefix(self):
        return self.prefix


@case("rest: a Weir that goes away and comes back is noticed by all paths")
def restart(laboratory):
    prefix = laboratory.file_prefix()
    with gateway.serving(laboratory, prefix) as server:
        for life, count in enumerate((1, 3), 1):
            for target in ("/api/v1/stats", "/api/v1/torrents", "/api/health_check"):
                told = server.json(target, 503)
                check("no Weir runs there" in told["error"], f"{target}: {told}")
            told = server.json("/api/v1/status")
            check(told["up"] is False and "no Weir" in told["error"], f"status {told['error']}")
            scenario = laboratory.scenario()
            scenario.lab = Named(laboratory, prefix)
            for number in range(count):
                scenario.announce(frames.client4(number + 2), bytes([life]) * 20)
            with laboratory.fed(scenario):
                wait_until("Weir is found", lambda: server.json("/api/v1/status")["up"])
                told = server.json(f"/api/v1/torrent/{(bytes([life]) * 20).hex()}")
                check_equal("leechers", told["leechers"], count)
                rows = server.json("/api/v1/torrents")
                check_equal("torrents", [row["leechers"] for row in rows], [count])
            wait_until("Weir is missed", lambda: not server.json("/api/v1/status")["up"])
            server.json("/api/v1/stats", 503)


@case("rest: however many ask, Weir is asked once a second")
def cache(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        from_s = time.monotonic()
        for _ in range(200):
            server.json("/api/v1/status")
        seconds = time.monotonic() - from_s
        asked = server.metrics().split("weir_gateway_questions_total ")[-1].split("\n")[0]
    parts = 14 + 4  # of the status, and what metrics ask besides
    check(parts <= int(asked) <= parts * (int(seconds) + 2), f"{asked} questions, {seconds} s")


@case("rest: a Weir that does not answer keeps nobody waiting for long, nor others at all")
def stuck(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        server.json("/api/v1/stats")
        time.sleep(1.1)  # until that is too old
        weir.process.send_signal(signal.SIGSTOP)
        try:
            from_s = time.monotonic()
            told = server.json("/api/v1/stats", 503)
            waited = time.monotonic() - from_s
            check("does not answer" in told["error"], f"{told}")
            check(4 < waited < 12, f"waited {waited:.1f} s")
            from_s = time.monotonic()
            check_equal("the page", server.ask("/").status, 200)
            check(time.monotonic() - from_s < 1, "the page had to wait")
        finally:
            weir.process.send_signal(signal.SIGCONT)
        wait_until("it answers", lambda: server.ask("/api/v1/stats").status == 200)
        check_equal("torrents", server.json("/api/v1/stats")["torrents"], 2)


@case("rest: a slash behind a path is no part of it, as Torrust has it")
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


@case("rest: the last hour is kept for a page that is opened anew, with gaps where Weir was away")
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


@case("rest: why Weir is away is told apart")
def causes(laboratory):
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        check_equal("cause", server.json("/api/v1/status")["cause"], "not_running")
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        told = server.json("/api/v1/status")
        check_equal("up", (told["up"], told["cause"], told["error"]), (True, None, None))
        check_equal("severity", (told["severity"], told["problems"]), ("ok", []))
        weir.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(1.1)  # until what is kept is too old
            told = server.json("/api/v1/status")
            check_equal("stopped", (told["up"], told["cause"]), (False, "slow"))
        finally:
            weir.process.send_signal(signal.SIGCONT)


def process_status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)


def can_open(path, uid):
    """Whether a user may look into a folder, tried in a process of his."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresuid(uid, uid, uid)
            os.listdir(path)
            os._exit(0)
        except OSError:
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def needs_root():
    if not gateway.is_root():
        raise Skipped("needs root")


@case("rest: as root it serves without rights, and reaches Weir all the same")
def unprivileged(laboratory):
    needs_root()
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(
        laboratory, weir.prefix, "--user", "nobody"
    ) as server:
        server.json("/api/v1/stats")
        child = server.serving_process()
        check(child != server.process.pid, "one process only")
        told = process_status(child)
        uids = told["Uid"].split()
        check("0" not in uids and len(set(uids)) == 1, f"user ids {uids}")
        check("0" not in told["Gid"].split(), f"group ids {told['Gid']}")
        check_equal("groups", told["Groups"].split(), [])
        check_equal("NoNewPrivs", told["NoNewPrivs"], "1")
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            check_equal(kind, int(told[kind], 16), 0)
        folder = os.path.dirname(weir.socket)
        check(can_open(folder, 0), f"{folder} is not there")
        check(not can_open(folder, int(uids[0])), f"{folder} is open to user {uids[0]}")


@case("rest: either process ends the other; SIGINT and SIGTERM end both")
def processes(laboratory):
    needs_root()
    for victim, number in (
        ("parent", signal.SIGKILL),
        ("child", signal.SIGKILL),
        ("parent", signal.SIGTERM),
        ("parent", signal.SIGINT),
        ("child", signal.SIGTERM),
    ):
        watched = gateway.start(laboratory, "-f", laboratory.file_prefix(), "--listen", "127.0.0.1:0")
        watched.wait_for("ready")
        parent = watched.process.pid
        child = gateway.Gateway(watched, [("", 0)]).serving_process()
        os.kill(parent if victim == "parent" else child, number)
        ended = watched.end()
        wait_until("the child ends", lambda child=child: not os.path.exists(f"/proc/{child}"))
        wanted = {("parent", signal.SIGKILL): -9, ("child", signal.SIGKILL): 1}
        check_equal(f"{victim} {number.name}", ended.status, wanted.get((victim, number), 0))


@case("rest: started as a user it connects itself")
def as_user(laboratory):
    needs_root()
    try:
        with gateway.serving(laboratory, "nothing", user="nobody") as server:
            check_equal("processes", server.serving_process(), server.process.pid)
            told = server.json("/api/v1/stats", 503)
    except PermissionError:
        raise Skipped("nobody may not start it where it was built") from None
    check("Permission denied" in told["error"], f"{told}")


@case("rest: DPDK is not needed to run it")
def libraries(laboratory):
    ended = laboratory.run("ldd", laboratory.programs.weir_gateway)
    check("libmicrohttpd" in ended.out and "librte" not in ended.out, ended.out)
