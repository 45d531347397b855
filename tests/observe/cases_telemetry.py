# SPDX-License-Identifier: BSD-3-Clause
"""What Weir says about itself on DPDK's telemetry socket."""

import random
import re
import threading

import bep15
import frames
import telemetry
from lab import REPOSITORY
from suite import case, check

FAMILIES = ("ipv4", "ipv6")
HASH = bytes(range(20))
UNKNOWN = "ff" * 20
WALL_MS = 1_700_000_000_000  # test.time of a scenario
EVENTS = ["None", "Completed", "Started", "Stopped"]
CLIENTS = {
    b"-qB4520-": "qBittorrent 4.5.2",
    b"-TR4050-": "Transmission 4.0.5",
    b"-UT3550-": "uTorrent 3.5.5",
    b"nobody--": "",
}
U64_MAX = 2**64 - 1
NUMBER_MAX = 2**63 - 1


def same(told, wanted, what):
    check(told == wanted, f"{what}\n  told   {told}\n  wanted {wanted}")


def rows(told, name):
    """Rows "0", "1", … of a reply, in order."""
    same(list(told[name]), [str(i) for i in range(len(told[name]))], f"numbers of {name}")
    return list(told[name].values())


def hash_of(number):
    """In no order, and some that begin alike."""
    bits = random.Random(number).getrandbits(160).to_bytes(20, "big")
    return b"\xaa" * 8 + bits[8:] if number % 3 == 0 else bits


class Told:
    """What peers have told of themselves, beside the scenario's model of who is there."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.peers = {}  # (info_hash, address as peers get it) -> what telemetry must say

    def announce(self, client, info_hash, *, left, event=0, beginning=b"-qB4520-", up=0, down=0):
        peer_id = beginning + client.address.encode().rjust(12, b".")[-12:]
        fields = {"peer_id": peer_id, "uploaded": up, "downloaded": down}
        self.scenario.announce(client, info_hash, left=left, event=event, fields=fields)
        self.peers[info_hash, client.peer(6881)] = {
            "peer_id": {"id": "0x" + peer_id.hex(), "client": CLIENTS[beginning]},
            "peer_addr": f"[{client.address}]:6881" if ":" in client.address else f"{client.address}:6881",
            "updated": WALL_MS,
            "updated_milliseconds_ago": 0,
            "uploaded": min(up, NUMBER_MAX),
            "downloaded": min(down, NUMBER_MAX),
            "left": min(left, NUMBER_MAX),
            "event": EVENTS[event],
            "seeder": int(left == 0),
        }

    def peers_of(self, info_hash):
        torrent = self.scenario.tracker.torrents[info_hash]
        addresses = [address for family in FAMILIES for address in torrent.peers[family]]
        return [self.peers[info_hash, address] for address in addresses]

    def row(self, info_hash):
        torrent = self.scenario.tracker.torrents[info_hash]
        counts = [torrent.counts(family) for family in FAMILIES]
        return {
            "info_hash": info_hash.hex(),
            "seeders": sum(seeders for seeders, _ in counts),
            "completed": torrent.completed,
            "leechers": sum(leechers for _, leechers in counts),
        }

    def rows(self):
        return [self.row(info_hash) for info_hash in sorted(self.scenario.tracker.torrents)]


def busy_scenario(laboratory, torrents=230, settings=None):
    """Torrents of one to a hundred peers, of both families, some of which finish or leave."""
    scenario = laboratory.scenario(settings=settings)
    told = Told(scenario)
    names = list(CLIENTS)
    for number in range(torrents):
        info_hash = hash_of(number)
        for peer in range(100 if number == 5 else number % 4 + 1):
            client = (frames.client4, frames.client6)[(number + peer) % 2](20 + peer)
            beginning = names[(number + peer) % len(names)]
            left = U64_MAX if peer == 3 else 1000 * peer
            how = {"beginning": beginning, "up": 7 * number, "down": U64_MAX - peer}
            told.announce(client, info_hash, left=left, event=bep15.STARTED, **how)
            if peer == 1 and number % 2:
                told.announce(client, info_hash, left=0, event=bep15.COMPLETED, **how)
            if peer == 2 and number % 2:
                told.announce(client, info_hash, left=0, event=bep15.STOPPED, **how)
    return told


def told_verdicts(weir):
    return {
        (family, name): count
        for family in ("link", *FAMILIES)
        for name, count in weir.ask(f"/weir/verdicts,{family}").items()
        if count
    }


# --- numbers --------------------------------------------------------------------------------------


@case("telemetry: verdicts, statistics and shards match the frames")
def numbers(laboratory):
    told = busy_scenario(laboratory)
    scenario = told.scenario
    peers = sum(len(told.peers_of(info_hash)) for info_hash in scenario.tracker.torrents)
    frames_in = scenario.wire.frames
    with laboratory.fed(scenario) as weir:
        same(told_verdicts(weir), dict(scenario.verdicts), "verdicts")
        stats = weir.ask("/weir/stats")
        shard = weir.ask("/weir/shards,0")
        same(weir.ask("/weir/shards"), {"0": shard}, "shards")
        port = weir.ask("/weir/ports,0")
    same(stats["rx_packets"], len(frames_in), "packets in")
    same(stats["rx_bytes"], sum(map(len, frames_in)), "bytes in")
    same(stats["jobs"], len(frames_in), "jobs")
    same(stats["records_used"], peers, "records")
    for name, value in scenario.tracker.gauges().items():
        same(stats[name], value, name)
        same(shard[name], value, f"{name} of the shard")
    for name in ("torrents", "completed", "peers_expired", "torrents_expired"):
        same(shard[name], stats[name], f"{name} of the shard")
    same(shard["torrents"], len(scenario.tracker.torrents), "torrents")
    same((shard["peers"], shard["records"]), (peers, peers), "peers")
    same((shard["torrents_max"], shard["peers_max"], shard["records_max"]), (1000, 2000, 2000), "room")
    same((shard["lines"], shard["lcore"]), (stats["lines_used"], 1), "lines")
    same((port["rx_packets"], port["rx_bytes"]), (stats["rx_packets"], stats["rx_bytes"]), "port")


@case("telemetry: info, configuration, memory, ports, lcores")
def the_rest(laboratory):
    # net_pcap takes any number of descriptors, and is promiscuous whatever one wants.
    asked = {"driver.name": "a label", "driver.promiscuous": False, "driver.rx_descriptors": 512}
    scenario = laboratory.scenario(settings=asked)
    scenario.connect(frames.client4(11))
    with laboratory.fed(scenario) as weir:

        def sent():
            """Frames that the port has sent, and those of Weir's own among them."""
            own = weir.ask("/weir/stats")["tx_own_packets"]
            return weir.ask("/weir/ports,0")["tx_packets"], own

        # Three addresses are announced, and the groups of two reported.
        weir.wait_for(lambda: sent()[1] >= 4 and sent()[0] == 1 + sent()[1], "own frames, too")
        info = weir.ask("/weir/info")
        config = weir.ask("/weir/config")
        memory = weir.ask("/weir/memory")
        port = weir.ask("/weir/ports")["0"]
        lcore = weir.ask("/weir/lcores,1")
        weir.wait_for(lambda: weir.ask("/weir/lcores")["1"]["turns"] > lcore["turns"], "turns")
        again = weir.ask("/weir/lcores")["1"]
        pid = weir.process.pid
    said = laboratory.run(laboratory.programs.weir, "--version").out.splitlines()
    told = [f"weir {info['version']}", f"revision {info['revision']}", info["dpdk"]]
    same((told, info["dpdk_built"]), (said, info["dpdk"]), "versions")
    same(info["pid"], pid, "process id")
    same((info["udp_port"], info["ports"], info["driver"]), (6969, 1, "net_pcap"), "info")
    same(config["driver/name"], "a label", "what people call it")
    same((info["io_lcores"], info["worker_lcores"]), (1, 1), "lcores")
    same(info["start_s"] * 1000, WALL_MS, "start")
    for path, value in scenario.settings.items():
        wanted = int(value) if isinstance(value, bool) else value
        same(config[path.replace(".", "/")], wanted, path)
    same(config["tracker/interval"], 1800, "a default")
    same(config["ports/0/addresses"], '["10.77.0.1/24", "fd77::1/64"]', "addresses")
    same((memory["mbufs_in_use"], memory["hugepages"]), (0, 0), "memory")
    check(memory["heap_used_bytes"] > memory["torrents_bytes"] > 1000 * 128, "torrents take memory")
    same(memory["records_bytes"], 2000 * 48, "records")
    same(port["addresses"], ["10.77.0.1/24", "fd77::1/64"], "addresses of the port")
    same((port["rx_descriptors"], port["tx_descriptors"]), (512, 256), "descriptors")
    same((port["promiscuous"], port["checksum_offload"]), (1, 0), "what net_pcap does")
    same((port["name"], port["mac"]), ("net_pcap0", scenario.port.mac), "port")
    same(port["rx_packets"], 1, "requests of the port")
    check(port["tx_packets"] >= 1 + 4, f"{port['tx_packets']} frames sent")
    same((lcore["role"], lcore["packets"], lcore["ring_waiting"]), ("io worker", 1, 0), "lcore")
    same(lcore["ring_room"], 2 * 1023, "room of both rings")
    check(lcore["turns"] > lcore["turns_empty"] > 0, f"turns: {lcore}")
    check(again["cycles"] > lcore["cycles"] > lcore["busy_cycles"] > 0, f"cycles: {lcore}")
    same(lcore["cycles_per_packet"], lcore["busy_cycles"], "cycles of the one packet")
    same((lcore["idle"], lcore["interrupts"], lcore["interrupt_waits"]), ("sleep", 0, 0), "idle")
    check(lcore["cycles"] > lcore["wait_cycles"] > 0 and lcore["waits"] > 0, f"waits: {lcore}")


# --- torrents and peers ---------------------------------------------------------------------------


@case("telemetry: every torrent and every peer, on pages of any size")
def torrents(laboratory):
    told = busy_scenario(laboratory)
    wanted = told.rows()
    largest = sorted(wanted, key=lambda row: (-row["seeders"] - row["leechers"], row["info_hash"]))
    with laboratory.fed(told.scenario) as weir:
        for limit in (100, 7):
            pages = []
            while page := rows(weir.ask(f"/weir/torrents,{len(pages)},{limit}"), "torrents"):
                pages += page
            same(pages, wanted, f"pages of {limit}")
        first = weir.ask("/weir/torrents")
        same((first["total"], first["offset"], first["count"]), (len(wanted), 0, 100), "page")
        last = weir.ask(f"/weir/torrents,{U64_MAX}")
        same((last["total"], last["count"], last["torrents"]), (len(wanted), 0, {}), "behind the last")
        for count in (1, 10, 100):
            top = rows(weir.ask(f"/weir/top,{count}"), "torrents")
            for row in top:
                same(row.pop("peers"), row["seeders"] + row["leechers"], "peers")
            same(top, largest[:count], f"the {count} largest")
        same(len(weir.ask("/weir/top")["torrents"]), 10, "the largest without a number")
        for info_hash in told.scenario.tracker.torrents:
            check_torrent(weir, told, info_hash)


def by_address(peers):
    return sorted(peers, key=lambda peer: peer["peer_addr"])


def check_torrent(weir, told, info_hash):
    torrent = weir.ask(f"/weir/torrent,{info_hash.hex()}")
    model = told.scenario.tracker.torrents[info_hash]
    for name, value in told.row(info_hash).items():
        same(torrent[name], value, name)
    for family in FAMILIES:
        seeders, leechers = model.counts(family)
        same(torrent[f"seeders_{family}"], seeders, "seeders")
        same(torrent[f"leechers_{family}"], leechers, "leechers")
    wanted = told.peers_of(info_hash)
    same(len(torrent["peers"]), min(32, len(wanted)), "peers with their torrent")
    found = []
    while page := weir.ask(f"/weir/peers,{info_hash.hex()},{len(found)},13"):
        same((page["total"], page["offset"]), (len(wanted), len(found)), "page of peers")
        if page["count"] == 0:
            break
        found += rows(page, "peers")
    same(by_address(found), by_address(wanted), f"peers of {info_hash.hex()}")


@case("telemetry: counts client programs by peer id")
def clients(laboratory):
    told = busy_scenario(laboratory)
    counts = {}
    for info_hash in told.scenario.tracker.torrents:
        for peer in told.peers_of(info_hash):
            name = peer["peer_id"]["client"].rpartition(" ")[0]
            counts[name] = counts.get(name, 0) + 1
    with laboratory.fed(told.scenario) as weir:
        reply = weir.ask("/weir/clients")
    same(reply["peers"], sum(counts.values()), "peers")
    same(reply["unknown"], counts.pop(""), "unknown")
    wanted = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    same([(row["client"], row["peers"]) for row in rows(reply, "clients")], wanted, "clients")


@case("telemetry: without peer detail, peers have what is stored")
def plain(laboratory):
    told = busy_scenario(laboratory, 8, {"swarm.peer_detail": False})
    info_hash = hash_of(3)
    with laboratory.fed(told.scenario) as weir:
        found = rows(weir.ask(f"/weir/torrent,{info_hash.hex()}"), "peers")
        same(weir.ask("/weir/clients")["code"], 400, "clients")
        same(weir.ask("/weir/shards,0")["records_max"], 0, "records")
    kept = ("peer_addr", "updated", "updated_milliseconds_ago", "seeder")
    wanted = [{name: peer[name] for name in kept} for peer in told.peers_of(info_hash)]
    same(by_address(found), by_address(wanted), "peers")


@case("telemetry: torrents of several workers are one list")
def several_workers(laboratory):
    settings = {"lcores.main": [0], "lcores.io": [0], "lcores.workers": [0, 1]}
    told = busy_scenario(laboratory, settings=settings)
    with laboratory.fed(told.scenario) as weir:
        pages = []
        while page := rows(weir.ask(f"/weir/torrents,{len(pages)}"), "torrents"):
            pages += page
        same(pages, told.rows(), "torrents")
        shards = weir.ask("/weir/shards")
        same(sum(shard["torrents"] for shard in shards.values()), len(pages), "torrents")
        same([lcore["role"] for lcore in weir.ask("/weir/lcores").values()], ["io worker", "worker"], "roles")


# --- stages, latency, health ----------------------------------------------------------------------


@case("telemetry: with every turn timed, each stage has its packets")
def stages(laboratory):
    scenario = laboratory.scenario(settings={"telemetry.stage_turns": 1})
    for number in range(40):
        scenario.connect(frames.client4(10 + number))
        scenario.announce(frames.client4(10 + number), HASH, left=number)
        scenario.scrape(frames.client6(10 + number), [HASH])
    with laboratory.fed(scenario) as weir:
        told = weir.ask("/weir/stages")
        latency = weir.ask("/weir/latency")
    for stage in ("receive", "parse", "verify", "answer"):
        same(told[f"{stage}_items"], 120, stage)
    for stage in ("steer", "handover", "collect", "dequeue", "read", "lookup", "update", "write"):
        same(told[f"{stage}_items"], 80, stage)
    same(told["select_items"], 40, "announces of peers that are new")
    check(told["send_items"] >= 120, "all replies are sent, and announcements of our own")
    for name, value in told.items():
        if name.endswith("_items") and name != "questions_items":
            check(told[name.replace("_items", "_cycles")] > 0 and value > 0, f"{name}: nothing")
    check(
        2 <= sum(latency[f"{kind}_count"] for kind in ("connect", "announce", "scrape")) <= 120,
        "a packet of a burst is followed",
    )
    same(latency["other_count"], 0, "errors")


@case("telemetry: nothing is timed when stage_turns is 0")
def stages_off(laboratory):
    scenario = laboratory.scenario(settings={"telemetry.stage_turns": 0})
    scenario.connect(frames.client4(11))
    with laboratory.fed(scenario) as weir:
        told = weir.ask("/weir/stages")
        latency = weir.ask("/weir/latency")
    told.pop("tsc_hz")
    same(set(told.values()) | set(latency.values()), {0}, "values")


@case("telemetry: full tables are reported by health and in the log")
def health(laboratory):
    scenario = laboratory.scenario(settings={"swarm.max_torrents": 8}, tracker=None)
    scenario.tracker.max_torrents = 8
    for number in range(9):
        scenario.announce(frames.client4(11), hash_of(number), left=1)
    with laboratory.fed(scenario) as weir:
        weir.watched.wait_for("weir: warning: health: torrents_full")
        told = weir.ask("/weir/health")
    same((told["status"], told["problems"]), ("degraded", 1), "health")
    problems = {name for name, value in told.items() if value == 1 and name not in ("uptime_s", "ready")}
    same(problems, {"problems", "torrents_full"}, "problems")


@case("telemetry: the announce interval in force follows how full tables are")
def interval(laboratory):
    settings = {"tracker.interval_max": 3600, "swarm.peer_timeout": 7200, "swarm.max_torrents": 8}
    scenario = laboratory.scenario(settings=settings, tracker=None)
    for number in range(8):
        scenario.announce(frames.client4(11), hash_of(number), left=1)
    with laboratory.fed(scenario) as weir:
        weir.wait_for(lambda: weir.ask("/weir/info")["interval_s"] > 1850, "a longer interval")
        same(weir.ask("/weir/info")["interval_s"] <= 3600, True, "at most tracker.interval_max")
    scenario = laboratory.scenario()
    scenario.connect(frames.client4(11))
    with laboratory.fed(scenario) as weir:
        same(weir.ask("/weir/info")["interval_s"], 1800, "without a maximum")


@case("telemetry: sources with many peers are shown, whatever they do")
def sources_with_peers(laboratory):
    scenario = laboratory.scenario()
    for number in range(60):
        client = frames.client4(11 if number < 40 else 12)
        scenario.announce(client, hash_of(number % 5), port=1000 + number, num_want=0)
    for number in range(3):  # and one that leaves
        scenario.announce(frames.client4(11), hash_of(number), port=1000 + number, event=3)
    scenario.announce(frames.client4(13), HASH, num_want=0)
    with laboratory.fed(scenario) as weir:
        listed = rows(weir.ask("/weir/sources"), "sources")
    peers = {row["address"]: row["peers"] for row in listed}
    same([peers[frames.client4(n).address] for n in (11, 12)], [37, 20], "peers")


@case("telemetry: the sources with the most work, and what they were refused")
def sources(laboratory):
    settings = {"limits.budget": 1, "limits.burst": 1000, "limits.connects": 0}
    scenario = laboratory.scenario(settings=settings)
    scenario.announce(frames.client6(11), HASH, num_want=66)  # 11.25 units; the first is always drawn
    for _ in range(83):
        scenario.announce(frames.client4(12), HASH, num_want=200)  # 12 units
    for _ in range(10):
        scenario.announce(frames.client4(12), HASH, num_want=200, verdict="source_limited")
    with laboratory.fed(scenario) as weir:
        told = weir.ask("/weir/sources")
        one = weir.ask("/weir/sources,1")
    same((told["work"], told["limited"], told["count"]), (83 * 12 + 11, 10, 2), "of all")
    heavy, light = rows(told, "sources")
    same((heavy["address"], heavy["refused"]), (frames.client4(12).address, 10), "the first")
    same((light["address"], light["refused"]), ("fd77::/64", 0), "the second")
    same((heavy["peers"], light["peers"]), (1, 1), "peers")
    # Its first 256 to 512 units are not in its row, which it got by lot after them.
    check(heavy["work"] > 30 and heavy["work_percent"] > 30 and light["work"] < 10, f"work: {told}")
    same((one["count"], list(one["sources"])), (1, ["0"]), "count")


# --- bad questions, and many at once --------------------------------------------------------------

MALFORMED = [
    "info,1", "stats,x", "verdicts,ipx", "verdicts,ipv4,", "lcores,x", "lcores,-1",
    "lcores,1,2", "shards,0x0", "ports,1e3", "stages,1", "latency,slow", "torrent", "torrent,",
    "torrent,00", f"torrent,{'0' * 39}", f"torrent,{'0' * 41}", f"torrent,{'g' * 40}",
    f"torrent,{'0' * 40},", f"torrent, {'0' * 39}", "torrents,-1", "torrents,0,0", "torrents,0,101",
    "torrents,0,1,2", "torrents,,", "torrents,1 ", f"torrents,{U64_MAX + 1}", "top,0", "top,101",
    "top,ten", "sources,0", "sources,101", "sources,x", "peers", f"peers,{'0' * 40},0,33",
    f"peers,{'0' * 40},0,0", f"peers,{'0' * 40},x",
    f"peers,{'0' * 40},0,1,1", f"torrent,{'%00' * 20}", "config,tracker", "memory,0", "health,?",
    "clients,all", f"torrent,{'9' * 900}",
]  # fmt: skip
NOT_THERE = [
    "lcores,0", "lcores,2", f"lcores,{U64_MAX}", "shards,1", "ports,9", f"torrent,{UNKNOWN}",
    f"peers,{UNKNOWN},0,1",
]  # fmt: skip


@case("telemetry: wrong parameters get an explanation, and change nothing")
def malformed(laboratory):
    scenario = laboratory.scenario()
    scenario.announce(frames.client4(11), HASH, left=0)
    with laboratory.fed(scenario) as weir:
        for code, questions in ((400, MALFORMED), (404, NOT_THERE)):
            for question in questions:
                told = weir.ask(f"/weir/{question}")
                check(told.get("code") == code and told["error"], f"{question}: {told}")
        same(weir.ask("/weir/nothing"), None, "a command that is not there")
        same(told_verdicts(weir), dict(scenario.verdicts), "verdicts")


@case("telemetry: concurrent clients get their own replies", alone=True)
def many_at_once(laboratory):
    told = busy_scenario(laboratory, 60)
    wanted = {info_hash: told.row(info_hash) for info_hash in told.scenario.tracker.torrents}
    right = []
    problems = []

    def ask_often(weir, seed):
        chooser = random.Random(seed)
        with telemetry.Connection(weir.socket) as connection:
            for _ in range(200):
                info_hash = chooser.choice(list(wanted))
                reply = connection.ask(f"/weir/torrent,{info_hash.hex()}")
                known = wanted[info_hash].items()
                is_right = all(reply.get(name) == value for name, value in known)
                (right if is_right else problems).append(f"{info_hash.hex()}: {reply}")

    with laboratory.fed(told.scenario) as weir:
        threads = [threading.Thread(target=ask_often, args=(weir, n)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    check(not problems, "\n".join(problems[:3]))
    same(len(right), 8 * 200, "answers")


def documented_fields():
    """Title of an object -> names of its fields, in order, of docs/telemetry.md."""
    text = (REPOSITORY / "docs/telemetry.md").read_text().partition("\n## Fields\n")[2].partition("\n## ")[0]
    objects = {}
    for section in text.split("\n### ")[1:]:
        objects[section.partition("\n")[0]] = re.findall(r"^\| `(\w+)` \|", section, re.M)
    return objects


def table_names(path, macro):
    """Names of the rows of a table of lib/stats."""
    return re.findall(rf"^{macro}\((\w+),", (REPOSITORY / "lib/stats" / path).read_text(), re.M)


@case("telemetry: docs/telemetry.md names the fields of every reply, in their order")
def documented(laboratory):
    told = busy_scenario(laboratory, 8)
    objects = documented_fields()

    def check_fields(reply, title, more=()):
        same(list(reply), objects.pop(title) + list(more), f"fields of {title}")

    with laboratory.fed(told.scenario) as weir:
        for name in ("info", "stats", "memory", "export", "snapshot"):
            check_fields(weir.ask(f"/weir/{name}"), f"/weir/{name}")
        checks = table_names("health.def", "HEALTH")
        check_fields(weir.ask("/weir/health"), "/weir/health, before the checks", checks)
        same(list(weir.ask("/weir/verdicts")), table_names("verdict.def", "VERDICT"), "verdicts")
        for name in ("lcores", "shards", "ports", "lists"):
            for row in weir.ask(f"/weir/{name}").values():
                same(list(row), objects[f"A row of /weir/{name}"], f"fields of a row of {name}")
            del objects[f"A row of /weir/{name}"]
        own = {}
        for name, owner, each in (("stages", "STAGE", "stage"), ("latency", "KIND", "kind")):
            titles = (f"/weir/{name}", f"/weir/{name}, after the name of each {each}")
            own[name], fields = (objects.pop(title, []) for title in titles)
            rows_of = table_names(f"{name}.def", {"stages": "STAGE", "latency": "LATENCY"}[name])
            wanted = [field.replace(f"{owner}_", f"{row}_") for row in rows_of for field in fields]
            same(list(weir.ask(f"/weir/{name}")), own[name] + wanted, f"fields of {name}")
        histogram = objects.pop("/weir/latency of one kind")
        limits = [histogram[-1].replace("NS", str(2**bits)) for bits in range(8, 25)]
        same(list(weir.ask("/weir/latency,connect")), histogram[:-1] + limits, "fields of a histogram")
        torrent = weir.ask(f"/weir/torrent,{hash_of(3).hex()}")
        check_fields(torrent["peers"]["0"]["peer_id"], "The peer_id of a peer")
        check_fields(torrent["peers"]["0"], "A peer of /weir/torrent and /weir/peers")
        check_fields(torrent, "/weir/torrent")
        check_fields(weir.ask(f"/weir/peers,{hash_of(3).hex()}"), "/weir/peers")
        lists = {"torrents": "torrent", "top": "torrent", "clients": "client program", "sources": "source"}
        for name, what in lists.items():
            reply = weir.ask(f"/weir/{name}")
            check_fields(rows(reply, "torrents" if name == "top" else name)[0], f"A {what} of /weir/{name}")
            check_fields(reply, f"/weir/{name}")
    same(objects, {}, "objects that no reply has")


@case("telemetry: every command of the table is tested")
def all_asked(laboratory):
    table = (REPOSITORY / "lib/stats/telemetry_command.def").read_text()
    asked = set(re.findall(r"/weir/(\w+)", open(__file__, encoding="utf-8").read()))
    declared = set(re.findall(r"^COMMAND\((\w+),", table, re.M))
    elsewhere = {"export", "lists", "snapshot"}  # cases_export.py, cases_lists.py, cases_snapshot.py
    same(declared - asked - elsewhere, set(), "commands that nobody asks")
