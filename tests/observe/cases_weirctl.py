# SPDX-License-Identifier: BSD-3-Clause
"""weirctl: every command of a Weir that took in known frames, as a table and as JSON."""

import contextlib
import re
import shutil
import subprocess

import config
import mixture
from mixture import count, lists, table
from suite import case, check

POPULAR = mixture.POPULAR.hex()

# Commands whose replies do not change while nothing comes in, and what their lists are numbered by.
STILL = {
    "verdicts": None,
    "latency": None,
    "shards": "shard",
    "ports": "port",
    "config": None,
    "clients": None,
}


def ok(ended):
    check(ended.status == 0, f"exit status {ended.status}\n{ended.err}")
    check(ended.err == "", f"said: {ended.err}")
    return ended


def refused(ended, status, *texts):
    check(ended.status == status, f"exit status {ended.status}, not {status}\n{ended.err}")
    check(ended.out == "", f"standard output: {ended.out}")
    for text in texts:
        check(text in ended.err, f"does not say: {text}\n{ended.err}")


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got}, not {wanted}")


@contextlib.contextmanager
def asking(laboratory):
    """A Weir that was fed, and a function that runs weirctl on it."""
    with laboratory.fed(mixture.make(laboratory)) as weir:
        yield weir, lambda *words: ok(laboratory.weirctl(weir, *words))


@case("weirctl: --help lists the commands, and needs no Weir")
def help_text(laboratory):
    out = ok(laboratory.run(laboratory.programs.weirctl, "--help")).out
    for name in ("info", "torrent HASH", "peers HASH [OFFSET [LIMIT]]", "largest [N]", "top"):
        check(f"\n  {name} " in out, f"no command {name}\n{out}")
    version = ok(laboratory.run(laboratory.programs.weirctl, "--version")).out
    check(re.fullmatch(r"weirctl \d+\.\d+\.\d+\nrevision \S+\n", version), version)


def table_of_commands(laboratory):
    """name -> (arguments, help), as --help has them."""
    out = ok(laboratory.run(laboratory.programs.weirctl, "--help")).out
    commands = out.partition("\nCommands:\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^  (\S+) (.{0,29}?) {2,}(\S.*)$", commands, re.M)
    return {name: (arguments.strip(), text) for name, arguments, text in rows}


@case("weirctl help: describes each command as the table does, or all")
def help_of_commands(laboratory):
    commands = table_of_commands(laboratory)
    check(len(commands) > 15 and "help" in commands, commands)
    for name, (arguments, text) in commands.items():
        out = ok(laboratory.run(laboratory.programs.weirctl, "help", name)).out
        usage = f"usage: weirctl [options] {name} {arguments}".rstrip()
        check(out.startswith(f"{usage}\n\n{text}\n"), out)
    every = ok(laboratory.run(laboratory.programs.weirctl, "help")).out
    equal(every, ok(laboratory.run(laboratory.programs.weirctl, "--help")).out, "help of all")


def options_of(text):
    """The options that a help has, short and long."""
    return set(re.findall(r"(?:^  |^      |, )(-{1,2}[a-z-]+)", text, re.M))


def completion(laboratory):
    """The folder of the completions that were built."""
    return laboratory.programs.weirctl.parent / "completion"


def complete(laboratory, *words):
    """What bash offers for the last of the words."""
    script = """source "$1"; shift; COMP_WORDS=(weirctl "$@"); COMP_CWORD=$#; _weirctl
printf '%s\\n' "${COMPREPLY[@]}" """
    ended = laboratory.run("bash", "-uc", script, "bash", completion(laboratory) / "weirctl", *words)
    return ok(ended).out.split()


@case("weirctl: completion for bash offers all commands, options and arguments")
def completion_bash(laboratory):
    commands = list(table_of_commands(laboratory))
    out = ok(laboratory.run(laboratory.programs.weirctl, "--help")).out
    options = options_of(out)
    check(len(options) > 10, options)
    equal(complete(laboratory, ""), commands, "commands")
    equal(complete(laboratory, "help", ""), commands, "commands behind help")
    equal(complete(laboratory, "-j", "-w", "2", "torr"), ["torrent", "torrents"], "torr")
    equal(set(complete(laboratory, "-")), options, "options")
    for command, word in (("verdicts", "FAMILY"), ("latency", "KIND")):
        choices = re.search(rf"^  {word} +one of (\S+)$", out, re.M)[1].split("|")
        equal(complete(laboratory, "-f", "x", command, ""), choices, f"{word} of {command}")
    folder = completion(laboratory)
    equal(complete(laboratory, "-s", f"{folder}/_w"), [f"{folder}/_weirctl"], "-s")
    with laboratory.fed(mixture.make(laboratory)) as weir:
        equal(complete(laboratory, "-f", weir.prefix), [weir.prefix], "-f")


@case("weirctl: completion for zsh has the same commands, options and arguments")
def completion_zsh(laboratory):
    text = (completion(laboratory) / "_weirctl").read_text()
    rows = re.findall(r"^\t\t'(\w+):(.*)'$", text, re.M)
    table = table_of_commands(laboratory)
    wanted = [(name, words.replace(":", "\\:")) for name, (_, words) in table.items()]
    equal(rows, wanted, "commands")
    out = ok(laboratory.run(laboratory.programs.weirctl, "--help")).out
    for word in ("FAMILY", "KIND"):
        choices = re.search(rf"^  {word} +one of (\S+)$", out, re.M)[1].replace("|", " ")
        check(f"_values '{word.lower()}' {choices} " in text, f"{word}: {choices}")
    arguments = text.partition("\n_arguments ")[2]
    offered = set(re.findall(r"[{,'](-{1,2}[a-z]+(?:-[a-z]+)*)(?=[-=,}'])", arguments))
    equal(offered, options_of(out), "options")
    if shutil.which("zsh"):
        ok(laboratory.run("zsh", "-n", completion(laboratory) / "_weirctl"))


@case("weirctl: runs without DPDK's libraries")
def libraries(laboratory):
    out = ok(laboratory.run("ldd", laboratory.programs.weirctl)).out
    check("libjansson" in out and "libncursesw" in out, out)
    check("librte" not in out, out)


@case("weirctl stats: shows every number of the frames, as a table and as JSON")
def stats(laboratory):
    with asking(laboratory) as (weir, ask):
        shown = {row[0]: count(row[1]) for row in table(ask("stats").out)}
        told = ask("--json", "stats").json()
    scenario = weir.scenario
    wanted = {
        "rx_packets": len(scenario.wire.frames),
        "rx_bytes": sum(map(len, scenario.wire.frames)),
        "jobs": sum(scenario.jobs.values()),
        "torrents": mixture.TORRENTS,
        "completed": 1,
        **scenario.tracker.gauges(),
    }
    for name, value in wanted.items():
        equal(shown[name], value, f"table, {name}")
        equal(told[name], value, f"JSON, {name}")
    equal(shown.keys(), told.keys(), "names")


@case("weirctl verdicts: shows those above 0 or all, of one address family or all")
def verdicts(laboratory):
    with asking(laboratory) as (weir, ask):
        for families in ((), ("link",), ("ipv4",), ("ipv6",)):
            wanted = mixture.verdicts(weir.scenario, *families)
            shown = {row[0]: count(row[1]) for row in table(ask("verdicts", *families).out)}
            equal(shown, wanted, f"verdicts {families}")
            told = ask("verdicts", *families, "-j").json()
            equal({name: n for name, n in told.items() if n}, wanted, f"JSON {families}")
        every = table(ask("verdicts", "--all").out)
        equal({row[0] for row in every}, set(told), "--all")
        line = next(row for row in table(ask("verdicts").out) if row[0] == "id_forged")
    equal(line[:4], ["id_forged", "3", "request", "dropped"], "kind and outcome")
    check("connection id that was never issued" in " ".join(line), f"no help: {line}")


@case("weirctl: --json replies are Weir's, with lists for numbered objects")
def still(laboratory):
    with asking(laboratory) as (weir, ask):
        for command, number in STILL.items():
            wanted = lists(weir.ask(f"/weir/{command}"), number)
            equal(ask("--json", command).json(), wanted, command)
        told = ask("--json", "latency", "announce").json()
        equal(told, weir.ask("/weir/latency,announce"), "latency announce")


@case("weirctl info, config, memory, health: show what runs, and that it is healthy")
def facts(laboratory):
    with asking(laboratory) as (weir, ask):
        info = {row[0]: row[1] for row in table(ask("info").out)}
        told = ask("-j", "info").json()
        settings = {row[0]: " ".join(row[1:]) for row in table(ask("config").out)}
        memory = {row[0]: row[1] for row in table(ask("memory").out)}
        mbufs = weir.ask("/weir/memory")["mbufs"]
        health = ask("health").out
    equal(info["pid"], str(weir.process.pid), "pid")
    equal(info["udp_port"], "6969", "udp_port")
    equal(told["pid"], weir.process.pid, "pid in JSON")
    equal(told["driver"], "net_pcap", "driver")
    equal(settings["swarm/max_torrents"], "1000", "swarm/max_torrents")
    equal(settings["log/level"], "info", "log/level")
    equal(count(memory["mbufs"]), mbufs, "mbufs")
    equal(memory["hugepages"], "no", "hugepages")
    check(health.startswith("status: ok\n\ncheck"), health)
    check(re.search(r"\nring_full +ok +requests were dropped: ", health), health)


@case("weirctl lcores, shards, ports, stages, latency: show their rows")
def rows(laboratory):
    with asking(laboratory) as (weir, ask):
        scenario = weir.scenario
        lcores = table(ask("lcores").out)
        numbers = weir.ask("/weir/lcores")
        shards = table(ask("shards").out)
        ports = ask("ports").out
        stages = table(ask("stages").out)
        latency = {row[0]: row for row in table(ask("latency").out)}
        timed = weir.ask("/weir/latency")
        buckets = ask("latency", "announce").out
    equal([row[0] for row in lcores], list(numbers), "lcores")
    received = len(scenario.wire.frames)
    io = next(row for row in lcores if row[2] == "io")
    check(str(received) in io, f"{received} packets are not in {io}")
    peers = sum(scenario.tracker.gauges().values())
    equal(sum(count(row[2]) for row in shards), mixture.TORRENTS, "torrents")
    equal(sum(count(row[4]) for row in shards), peers, "peers")
    check(re.search(rf"\nrx_packets +{received} +packets  Packets that a port received\n", ports), ports)
    check("10.77.0.1/24 fd77::1/64" in ports, ports)
    equal([row[0] for row in stages[:3]], ["receive", "parse", "verify"], "stages")
    for kind in ("connect", "announce", "scrape", "other"):
        equal(count(latency[kind][1]), timed[f"{kind}_count"], f"latency of {kind}")
    counts = [count(row[2]) for row in table(buckets)]
    later = count(re.search(r"replies, ([\d,]+) of them later", buckets).group(1))
    equal(sum(counts) + later, timed["announce_count"], "replies in buckets")


@case("weirctl torrent: JSON as Torrust's, and a table that says how to get the next page")
def torrent(laboratory):
    with asking(laboratory) as (weir, ask):
        told = ask("--json", "torrent", POPULAR.upper()).json()
        shown = ask("torrent", POPULAR).out
    swarm = weir.scenario.tracker.torrents[mixture.POPULAR]
    counts = {family: swarm.counts(family) for family in ("ipv4", "ipv6")}
    equal(told["info_hash"], POPULAR, "info_hash")
    equal(told["seeders"], counts["ipv4"][0] + counts["ipv6"][0], "seeders")
    equal(told["leechers"], counts["ipv4"][1] + counts["ipv6"][1], "leechers")
    equal(told["completed"], 1, "completed")
    check(isinstance(told["peers"], list), "peers are no list")
    equal(len(told["peers"]), 32, "peers")
    check(f"32 of {mixture.POPULAR_PEERS} peers; more with: weirctl peers {POPULAR} 32" in shown, shown)
    line = next(peer for peer in told["peers"] if peer["peer_addr"] == "10.77.0.102:6881")
    now_ms = line.pop("updated") + line.pop("updated_milliseconds_ago")
    check(0 <= now_ms / 1000 - config.TIME_S < 60, f"updated, together with how long ago: {now_ms}")
    wanted = {
        "peer_id": {"id": "0x" + (b"-qB4520-%012d" % 2).hex(), "client": "qBittorrent 4.5.2"},
        "peer_addr": "10.77.0.102:6881",
        "uploaded": 20,
        "downloaded": 2,
        "left": 1002,
        "event": "Started",
        "seeder": 0,
    }
    equal(line, wanted, "a peer")
    row = next(row for row in shown.splitlines() if row.startswith("10.77.0.102:6881 "))
    equal(row.split()[1:6], ["no", "qBittorrent", "4.5.2", "2", "B"], "its row")
    seeders = next(row.split() for row in shown.splitlines() if row.startswith("seeders "))
    equal(seeders[2:], [str(counts[family][0]) for family in counts], "seeders by family")


@case("weirctl torrents, peers, largest: pages of any length, in order")
def pages(laboratory):
    with asking(laboratory) as (weir, ask):
        first = ask("torrents").out
        every = ask("torrents", "0", "1000", "--json").json()
        last = ask("torrents", "115", "10").out
        beyond = ask("torrents", "500").out
        peers = ask("peers", POPULAR, "0", "1000", "--json").json()
        behind = ask("peers", POPULAR, "30", "5").out
        largest = ask("largest", "3").out
        told = ask("largest", "100", "-j").json()
    hashes = sorted(info_hash.hex() for info_hash in weir.scenario.tracker.torrents)
    equal([row[0] for row in table(first)], hashes[:100], "the first page")
    check("100 of 120 torrents from 0 on; go on with: weirctl torrents 100" in first, first)
    equal([row["info_hash"] for row in every["torrents"]], hashes, "all torrents")
    equal((every["total"], every["count"]), (120, 120), "total and count")
    equal([row[0] for row in table(last)], hashes[115:], "the last page")
    check(last.endswith("5 of 120 torrents from 115 on\n"), last)
    check(beyond.endswith("0 of 120 torrents from 500 on\n"), beyond)
    addresses = [peer["peer_addr"] for peer in peers["peers"]]
    equal(len(set(addresses)), mixture.POPULAR_PEERS, "different peers")
    equal((peers["total"], peers["count"]), (40, 40), "total and count of peers")
    equal([row[0] for row in table(behind)], addresses[30:35], "peers from 30 on")
    check(f"go on with: weirctl peers {POPULAR} 35\n" in behind, behind)
    equal(table(largest)[0][0], POPULAR, "the largest")
    equal(count(table(largest)[0][4]), mixture.POPULAR_PEERS, "its peers")
    equal(len(table(largest)), 3, "rows")
    equal(len(told["torrents"]), 100, "largest 100")


@case("weirctl sources: who does the most work")
def sources(laboratory):
    with asking(laboratory) as (_, ask):
        out = ask("sources", "2").out
        told = ask("sources", "100", "-j").json()
    first = told["sources"][0]
    equal(table(out)[0][0], first["address"], "the first")
    check(1 <= len(table(out)) <= 2, f"rows\n{out}")
    check(told["work"] > 0 and told["limited"] == 0, f"{told}")
    check(re.search(r"\n[\d,]+ units of work, 0 requests over a limit\n$", out), out)


@case("weirctl clients: counts client programs by peer id")
def clients(laboratory):
    with asking(laboratory) as (_, ask):
        out = ask("clients").out
    programs = {" ".join(row[:-1]): count(row[-1]) for row in table(out)}
    # Of the popular torrent half each; the others have a peer of one of them.
    equal(programs, {"qBittorrent": 20 + 119, "Transmission": 20}, "clients")
    check(out.endswith("159 peers, 0 of them unknown clients\n"), out)


@case("weirctl: reports every mistake of a command line, and sends nothing")
def wrong(laboratory):
    def run(*words):
        return laboratory.run(laboratory.programs.weirctl, *words)

    refused(
        run("peers", "12", "x", "0", "-f", "a", "-s", "b", "--bad"),
        2,
        "unknown option --bad",
        "HASH must be 40 or 64 hexadecimal digits, 32 base32 characters, or a magnet link",
        "OFFSET must be a whole number from 0 to 4294967295, not x",
        "LIMIT must be a whole number from 1 to 100000, not 0",
        "--file-prefix and --socket exclude each other",
    )
    refused(run("torrents", "-1"), 2, "unknown option -1")
    refused(run("statistics"), 2, "unknown command statistics: must be one of info|stats|verdicts|")
    refused(run(), 2, "a command is needed: one of info|stats|verdicts|")
    refused(run("--watch=0", "stats"), 2, "must be a number from 0.1 to 3600")
    refused(run("top"), 1, "top needs a terminal")


@case("weirctl: finds Weir by prefix, by socket or by default, and shows its refusals")
def ways(laboratory):
    nothing = laboratory.run(laboratory.programs.weirctl, "-f", "nobody", "info")
    path = f"{laboratory.weir.runtime}/dpdk/nobody/dpdk_telemetry.v2"
    hint = "name another with --file-prefix PREFIX or --socket PATH"
    refused(nothing, 1, f"weirctl: {path}: no Weir runs there; {hint}\n")
    with asking(laboratory) as (weir, _):
        direct = laboratory.run(laboratory.programs.weirctl, "-s", weir.socket, "-j", "info", environment={})
        equal(ok(direct).json()["pid"], weir.process.pid, "pid by --socket")
        unknown = laboratory.weirctl(weir, "torrent", "00" * 20)
        refused(unknown, 1, "weirctl: torrent not known\n")
        full = open("/dev/full", "w")
        with full:
            words = [laboratory.programs.weirctl, "-s", weir.socket, "stats"]
            ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True)
        equal(ended.returncode, 1, "exit status on a full disk")
        check("standard output: No space left on device" in ended.stderr, ended.stderr)
