# SPDX-License-Identifier: BSD-3-Clause
"""What the command line says and does, its exit status, the key file, start and stop."""

import ipaddress
import json
import pathlib
import re
import signal
import stat
import time

import config
from appliance import Watched
from suite import case, check

OK, FAILED, WRONG = 0, 1, 2

RING = {
    "driver.virtual": True,
    "driver.eal": ["--no-pci", "--vdev=net_ring0"],
    "driver.rx_descriptors": 256,
    "driver.tx_descriptors": 256,
    "swarm.max_torrents": 1000,
    "swarm.max_peers": 1000,
    "host.dad": False,  # ready at once
}
PORT = {"addresses": ["10.77.0.1/24"]}


def write_config(lab, settings=None, ports=(), extra=""):
    folder = lab.folder()
    path = folder / "weir.cfg"
    settings = {**RING, "memory.file_prefix": lab.file_prefix(), **(settings or {})}
    path.write_text(config.text(settings, list(ports)) + extra)
    return path


def run(lab, *arguments, folder=None):
    return lab.weir.run(arguments, folder or lab.folder())


def check_status(ended, status):
    check(ended.status == status, f"exit status {ended.status}, not {status}\n{ended.err}")


def check_nothing_started(ended):
    check("ready" not in ended.err and "EAL:" not in ended.err, f"something started\n{ended.err}")


def error_lines(ended):
    return [line for line in ended.err.splitlines() if line.startswith("weir: error: ")]


# --- texts --------------------------------------------------------------------------------------


@case("command line: --help and --version")
def texts(lab):
    for option in ("--help", "-h"):
        ended = run(lab, option)
        check_status(ended, OK)
        for word in (
            "usage: weir -c FILE",
            "--check",
            "--plan",
            "--sysroot",
            "--print-config",
            "--print-options",
            "--run-for",
            "--core-dumps",
            "--json",
            "--version",
            "Exit status",
        ):
            check(word in ended.out, f"{option} does not mention {word}")
        check(ended.err == "", ended.err)


@case("command line: every mistake is reported, exit status 2")
def wrong_arguments(lab):
    good = write_config(lab)
    for arguments, word in (
        ((), "-c FILE"),
        (("--no-such-option",), "no-such-option"),
        (("-x",), "x"),
        (("-c",), "c"),
        (("-c", good, "stray"), "stray"),
        (("-c", good, "--run-for", "0"), "--run-for"),
        (("-c", good, "--run-for", "-1"), "--run-for"),
        (("-c", good, "--run-for", "soon"), "--run-for"),
        (("-c", good, "--run-for", "1s"), "--run-for"),
        (("-c", good, "--run-for", "4294967296"), "--run-for"),
        (("-c", good, "--run-for", ""), "--run-for"),
        (("-c", good, "--run-for"), "run-for"),
    ):
        ended = run(lab, *arguments)
        check_status(ended, WRONG)
        check(word in ended.err, f"{arguments}: no {word} in\n{ended.err}")
        check("see weir --help" in ended.err, f"{arguments}: no way on in\n{ended.err}")
        check_nothing_started(ended)


# --- configuration files ------------------------------------------------------------------------


@case("command line: --check of a good file")
def check_good(lab):
    path = write_config(lab)
    ended = run(lab, "-c", path, "--check")
    check_status(ended, OK)
    check("configuration OK" in ended.out and str(path) in ended.out, ended.out)
    check_nothing_started(ended)


@case("command line: --check ends with the plan of lcores and memory, as text and as JSON")
def check_plan(lab):
    path = write_config(lab)
    plain = run(lab, "-c", path, "--check")
    ended = run(lab, "-c", path, "--check", "--json")
    check_status(ended, OK)
    check_nothing_started(ended)
    plan = json.loads(ended.out)
    check(plan["right"] and plan["errors"] == [] and plan["warnings"] == [], ended.out)
    parts = plan["memory"]["parts_bytes"]
    check(sum(parts.values()) == plan["memory"]["bytes"], "the parts are not the whole")
    for name in ("torrents", "peers", "records", "rings", "buffers"):
        check(parts[name] > 0, f"nothing for {name}")
    check(plan["lcores"][0]["control"] and len(plan["lcores"]) > 1, ended.out)
    for line in (
        f"{plan['memory']['bytes'] / 2**20:9.1f}  total, without huge pages",
        f"{parts['buffers'] / 2**20:9.1f}  mbufs",
        "this machine: ",
    ):
        check(line in plain.out, f"no {line} in\n{plain.out}")
    # What is told before the start is what is taken.
    started = run(lab, "-c", path, "--run-for", "1")
    started.check_clean()
    mib = -(-plan["memory"]["bytes"] // 2**20)
    started.said(f"memory: {mib} MiB")
    path.write_text("tracker = { port = 0; };\n")
    ended = run(lab, "-c", path, "--check", "--json")
    check_status(ended, WRONG)
    plan = json.loads(ended.out)
    check(not plan["right"] and "memory" not in plan, ended.out)
    check(plan["errors"] == ended.err.splitlines(), ended.out)
    ended = run(lab, "-c", write_config(lab), "--json")
    check_status(ended, WRONG)
    check("--json goes with --check" in ended.err, ended.err)


@case("command line: more memory than there is: a warning of --check, an error before DPDK starts")
def too_little_memory(lab):
    for settings, words in (
        ({"swarm.max_torrents": 134000000, "swarm.max_peers": 2000000000}, " MiB needed, "),
        (
            {"swarm.max_torrents": 134000000, "swarm.max_peers": 2000000000, "memory.hugepages": "yes"},
            "huge pages",
        ),
        ({"memory.size": 5}, "memory.size is 5"),
    ):
        path = write_config(lab, settings)
        ended = run(lab, "-c", path, "--check")
        check_status(ended, OK)
        check(ended.err.startswith("weir: warning: ") and words in ended.err, ended.err)
        ended = run(lab, "-c", path, "--check", "--json")
        check(words in json.loads(ended.out)["warnings"][0], ended.out)
        ended = run(lab, "-c", path, "--run-for", "5")
        check_status(ended, FAILED)
        check_nothing_started(ended)
        check(len(error_lines(ended)) == 1 and words in error_lines(ended)[0], ended.err)
    ended = run(lab, "-c", path, "--check", "--", "-m", "64")
    check("EAL arguments control memory" in ended.err, ended.err)


@case("command line: --check says which clients private addresses exclude")
def check_sources(lab):
    ports = ({"addresses": ["10.9.8.7/32", "fe80::1/64", "10.1.2.3/20", "8.8.8.8/24"]},)
    path = write_config(lab, {"host.allow_private": False}, ports)
    ended = run(lab, "-c", path, "--check")
    check_status(ended, OK)
    lines = ended.err.splitlines()
    check(len(lines) == 2 and all(line.startswith("weir: warning: ") for line in lines), ended.err)
    for word, line in zip(("10.9.8.7/32 has no neighbours", "fe80::1/64 is link-local"), lines):
        check(word in line, f"no {word} in\n{ended.err}")
    notes = [line for line in run(lab, "-c", path, "--print-config").out.splitlines() if "#" in line]
    check(len(notes) == 3 and "clients in 10.1.0.0/20, " in notes[2], "\n".join(notes))
    path = write_config(lab, {"host.allow_private": True}, ({"addresses": ["10.9.8.7/32"]},))
    ended = run(lab, "-c", path, "--check")
    check(ended.err == "", ended.err)


@case("command line: --print-sources has every block that Python calls private")
def print_sources(lab):
    ended = run(lab, "--print-sources")
    check_status(ended, OK)
    rows = re.findall(r"^\| `(\S+)` \| (\w+) \| RFC \d+[^|]* \| [^|]+ \|$", ended.out, re.M)
    kinds = {ipaddress.ip_network(block): kind for block, kind in rows}
    check(len(kinds) == len(rows) > 40, f"{len(rows)} rows\n{ended.out}")
    for block in (*kinds, *map(ipaddress.ip_network, ("8.0.0.0/8", "2a00::/16"))):
        inside = [n for n in kinds if n.version == block.version and block.subnet_of(n)]
        kind = kinds[max(inside, key=lambda n: n.prefixlen)] if inside else "PUBLIC"
        last = block[-1]
        if last.is_private and kind == "PUBLIC":  # anycast, and what was made public later
            check(any(kinds[n] == "RESERVED" for n in inside), f"{block} is {kind}")
        if last.is_multicast or last.is_loopback or block[0].is_unspecified:
            check(kind == "NEVER", f"{block} is {kind}")


MISTAKES = """tracker = { port = 0; intervall = 5; };
host = { dad = "maybe"; };
lcores = { ring_size = 1000; };
driver = { virtual = true; };
ports = ( { addresses = [ "10.77.0.1" ]; } );
"""
MISTAKEN = (
    (1, "tracker.port"),
    (1, "tracker.intervall"),
    (2, "host.dad"),
    (3, "lcores.ring_size"),
    (5, "ports[0].addresses[0]"),
)


@case("command line: all mistakes of a file are reported at once")
def check_mistakes(lab):
    path = lab.folder() / "weir.cfg"
    path.write_text(MISTAKES)
    for action in (["--check"], ["--print-config"], []):
        ended = run(lab, "-c", path, *action)
        check_status(ended, WRONG)
        lines = ended.err.splitlines()
        for number, key in MISTAKEN:
            start = f"{path}:{number}: {key}: "
            found = [line for line in lines if line.startswith(start) and len(line) > len(start)]
            check(len(found) == 1, f"no line that starts with {start}\n{ended.err}")
        check(len(lines) == len(MISTAKEN), f"{len(lines)} lines, not 5\n{ended.err}")
        check(ended.out == "", ended.out)


@case("command line: a mistake in an included file names that file")
def check_include(lab):
    folder = lab.folder()
    (folder / "part").mkdir()
    part = folder / "part" / "part.cfg"
    main = folder / "main.cfg"
    main.write_text('tracker = { interval = 60; };\n@include "part/part.cfg"\n')
    good = 'driver = { virtual = true;\n  eal = [ "--no-pci" ]; };\n'
    for text, where in (
        (good.replace("true;", "true; rss = 1;"), "part/part.cfg:1: driver.rss: "),
        (good.replace("];", "]; queues = 65;"), "part/part.cfg:2: driver.queues: "),
        (good.replace("true", ""), "part/part.cfg:1: "),
    ):
        part.write_text(text)
        # From any folder: what is included lies beside the file that includes it.
        for start in (folder, lab.folder()):
            ended = run(lab, "-c", main, "--check", folder=start)
            check_status(ended, WRONG)
            lines = ended.err.splitlines()
            check(len(lines) == 1 and where in lines[0], f"no {where} in\n{ended.err}")
    part.write_text(good)
    check_status(run(lab, "-c", main, "--check"), OK)
    part.unlink()
    ended = run(lab, "-c", main, "--check")
    check_status(ended, WRONG)
    check(f"{main}:2: " in ended.err, f"the line of the include is not named\n{ended.err}")


@case("command line: missing and unparsable files are reported")
def check_broken(lab):
    folder = lab.folder()
    ended = run(lab, "-c", folder / "none.cfg")
    check_status(ended, WRONG)
    check(f"{folder}/none.cfg" in ended.err and "No such file" in ended.err, ended.err)
    ended = run(lab, "-c", folder)
    check_status(ended, WRONG)
    check(str(folder) in ended.err, ended.err)
    path = folder / "broken.cfg"
    for text, line in (
        ("tracker = { port = 1;\n", 2),
        ("tracker = {\n port = ;\n};\n", 2),
        ("\n\ntracker {}\n= 5", 3),
        ('tracker = { key_file = "x };\n', None),
        ("\0\1\2", None),
        ("tracker = { port = 1; port = 2; };\n", 1),
    ):
        path.write_text(text)
        ended = run(lab, "-c", path)
        check_status(ended, WRONG)
        where = f"{path}:" if line is None else f"{path}:{line}: "
        check(where in ended.err, f"no {where} in\n{ended.err}")
        check_nothing_started(ended)


@case("command line: --print-setting prints one value, and knows every setting")
def print_setting(lab):
    path = write_config(lab, {"tracker.interval": 77, "driver.eal": ["--no-pci", "-n", "2"]})
    for setting, value in (
        ("tracker.interval", "77"),
        ("driver.eal", '["--no-pci", "-n", "2"]'),
        ("log.level", "info"),
        ("tracker.key_file", ""),
        ("host.dad", "false"),
        ("lcores.io", "[]"),
    ):
        ended = run(lab, "-c", path, "--print-setting", setting)
        check_status(ended, OK)
        check(ended.out == f"{value}\n", f"{setting}: {ended.out}")
    ended = run(lab, "-c", path, "--print-setting", "tracker.nothing")
    check_status(ended, WRONG)
    check("--print-setting tracker.nothing: must be one of those" in ended.err, ended.err)
    ended = run(lab, "-c", write_config(lab, {"tracker.interval": 0}), "--print-setting", "host.dad")
    check_status(ended, WRONG)
    check("tracker.interval" in ended.err and ended.out == "", ended.err)


@case("command line: --print-config reads back as itself")
def print_config(lab):
    settings = {
        "tracker.port": 7,
        "tracker.key_file": "",
        "driver.name": 'quoted "name" \\ slash',
        "driver.eal": ["--no-pci", '--vdev=net_ring0,x="y"'],
        "lcores.idle": "poll",
        "test.seed": 4294967295,
        "test.time": 2147483648,
        "host.dad": False,
    }
    ports = (
        {
            "device": "net_ring0",
            "addresses": ["10.1.2.3/8", "fd00::1/64"],
            "vlan": 7,
            "gateway_ipv4": "10.9.9.9",
            "gateway_ipv6": "fd00::2",
        },
        {"device": "net_ring1", "addresses": ["10.1.2.4/32"]},
    )
    for path in (write_config(lab), write_config(lab, settings, ports)):
        first = run(lab, "-c", path, "--print-config")
        check_status(first, OK)
        check_nothing_started(first)
        again = lab.folder() / "again.cfg"
        again.write_text(first.out)
        second = run(lab, "-c", again, "--print-config")
        check_status(second, OK)
        check(first.out == second.out, f"{first.out}\nreads back as\n{second.out}")
    for text in (
        "seed = 4294967295L;",
        "vlan = 7;",
        'idle = "poll";',
        r'name = "quoted \"name\" \\ slash";',
        'gateway_ipv6 = "fd00::2";',
    ):
        check(text in first.out, f"no {text} in\n{first.out}")


# --- start and stop -----------------------------------------------------------------------------


@case("command line: --run-for ends cleanly")
def run_for(lab):
    ended = run(lab, "-c", write_config(lab), "--run-for", "1")
    ended.check_clean()
    ended.said("weir: ready")
    ended.said("weir: stopping: 1 seconds have passed")


@case("command line: signals stop it cleanly")
def signals(lab):
    for number in (signal.SIGTERM, signal.SIGINT):
        folder = lab.folder()
        watched = Watched(lab.weir.start(["-c", write_config(lab)], folder))
        watched.wait_for("weir: ready")
        watched.process.send_signal(number)
        ended = watched.end()
        ended.check_clean()
        ended.said("weir: stopping: ")


@case("command line: SIGTERM ends a start that takes long")
def signal_while_starting(lab):
    # Tables of 3 GiB: their pages take seconds, of which we wait for one.
    settings = {"swarm.max_torrents": 12000000, "swarm.max_peers": 8000000}
    watched = Watched(lab.weir.start(["-c", write_config(lab, settings)], lab.folder()))
    watched.wait_for("MiB")  # told before it is taken
    time.sleep(0.2)
    asked = time.monotonic()
    watched.process.send_signal(signal.SIGTERM)
    ended = watched.end()
    check_status(ended, OK)
    ended.said("weir: stopping: Terminated")
    if "weir: ready" not in ended.err:  # else the machine was quicker than we
        ended.said(", while starting (step ")
        took = time.monotonic() - asked
        check(took < 10, f"it took {took:.1f} s to stop")


@case("command line: SIGHUP never ends it, while it starts, runs or ends")
def hangup(lab):
    watched = Watched(lab.weir.start(["-c", write_config(lab)], lab.folder()))
    status = pathlib.Path(f"/proc/{watched.process.pid}/status")
    while not re.search(r"^SigIgn:.*[13579bdf]$", status.read_text(), re.M):
        time.sleep(0.001)  # the first thing main does
    for _ in range(20):  # over the whole start
        time.sleep(0.02)
        watched.process.send_signal(signal.SIGHUP)
    watched.wait_for("weir: ready")
    watched.process.send_signal(signal.SIGHUP)
    watched.wait_for("weir.cfg is in force")
    watched.process.send_signal(signal.SIGTERM)
    for _ in range(20):  # over the whole end
        watched.process.send_signal(signal.SIGHUP)
        time.sleep(0.01)
    watched.end().check_clean()


@case("command line: SIGHUP while a large table is mapped is handled after the start")
def hangup_while_mapping(lab):
    settings = {"swarm.max_torrents": 2000000, "swarm.max_peers": 2000000}
    watched = Watched(lab.weir.start(["-c", write_config(lab, settings)], lab.folder()))
    watched.wait_for("MiB")  # told before it is taken
    watched.process.send_signal(signal.SIGHUP)
    watched.wait_for("weir.cfg is in force")
    watched.process.send_signal(signal.SIGTERM)
    ended = watched.end()
    ended.check_clean()
    check(ended.err.count("is in force") == 1, ended.err)
    check(ended.err.index("weir: ready") < ended.err.index("is in force"), ended.err)


@case("command line: EAL arguments after -- are passed on")
def eal_arguments(lab):
    path = write_config(lab, {"driver.eal": ["--no-pci"]})
    ended = run(lab, "-c", path, "--run-for", "1", "--", "--vdev=net_ring7")
    ended.check_clean()
    ended.said("port net_ring7:")
    ended = run(lab, "-c", path, "--run-for", "1", "--", "--no-such-argument")
    check_status(ended, FAILED)
    check("no-such-argument" in ended.err, ended.err)
    check(len(error_lines(ended)) == 1, ended.err)


@case("command line: too little memory and missing devices are reported, exit status 1")
def start_failures(lab):
    for settings, ports, words in (
        ({"memory.size": 1}, (), ("not enough memory for",)),
        ({"memory.size": 24, "swarm.max_peers": 2000000}, (), ("not enough memory for", "swarm.max_peers")),
        ({"driver.eal": ["--no-pci"]}, (), ("no port",)),
        ({}, ({"device": "net_ring5", **PORT},), ("no port net_ring5",)),
        ({"driver.eal": ["--no-pci", "--vdev=no_such_driver0"]}, (), ("DPDK does not start",)),
    ):
        ended = run(lab, "-c", write_config(lab, settings, ports), "--run-for", "5")
        check_status(ended, FAILED)
        lines = error_lines(ended)
        check(len(lines) == 1, f"{settings}: {len(lines)} sentences, not one\n{ended.err}")
        for word in words:
            check(word in lines[0], f"no {word} in {lines[0]}")
        check("weir: ready" not in ended.err, ended.err)


@case("command line: a CPU that does not exist is reported, exit status 2")
def missing_cpu(lab):
    for name in ("main", "io", "workers"):
        path = write_config(lab, {f"lcores.{name}": [4095]})
        for action in ("--check", "--print-config", None):
            ended = run(lab, "-c", path, *filter(None, [action]))
            check_status(ended, WRONG)
            check(f"lcores.{name}" in ended.err and "4095" in ended.err, ended.err)
            check(len(ended.err.splitlines()) == 1, ended.err)
            check_nothing_started(ended)


@case("command line: a runtime folder that others can write is refused")
def open_runtime_folder(lab):
    weir = lab.another_weir()
    folder = weir.runtime / "dpdk"
    folder.mkdir(mode=0o700)
    path = write_config(lab, {"memory.file_prefix": "open"})
    (folder / "open").mkdir()
    (folder / "open").chmod(0o777)
    ended = weir.run(["-c", path, "--run-for", "5"], lab.folder())
    check_status(ended, FAILED)
    check_nothing_started(ended)
    check(len(error_lines(ended)) == 1 and "is open to others (mode 777)" in ended.err, ended.err)


# --- the key file -------------------------------------------------------------------------------


def _with_key(lab, path, *arguments):
    return run(lab, "-c", write_config(lab, {"tracker.key_file": str(path)}), *arguments)


@case("key file: created if missing, readable by its owner only, and kept")
def key_file_made(lab):
    path = lab.folder() / "key"
    check_status(_with_key(lab, path, "--check"), OK)
    check(not path.exists(), "--check wrote a file")
    _with_key(lab, path, "--run-for", "1").check_clean()
    mode = stat.S_IMODE(path.stat().st_mode)
    check(mode == 0o600, f"mode {mode:o}, not 600")
    text = path.read_text()
    check(re.fullmatch(r"[0-9a-f]{64}\n", text), f"not a key: {text!r}")
    check([entry.name for entry in path.parent.iterdir()] == ["key"], "something else was left")
    _with_key(lab, path, "--run-for", "1").check_clean()
    check(path.read_text() == text, "the key was changed")
    for arguments in (["--check"], ["--run-for", "5"]):
        ended = _with_key(lab, "/no/such/folder/key", *arguments)
        check_status(ended, WRONG)
        check("/no/such/folder/ is missing; make it" in ended.err, ended.err)
    other = lab.folder() / "key"
    _with_key(lab, other, "--run-for", "1").check_clean()
    check(other.read_text() != text, "two keys are the same")


@case("key file: refused if others can read it")
def key_file_open(lab):
    path = lab.folder() / "key"
    path.write_text("ab" * 32)
    for mode in (0o640, 0o604, 0o660, 0o777, 0o620, 0o601):
        path.chmod(mode)
        for arguments in (["--check"], ["--run-for", "5"]):
            ended = _with_key(lab, path, *arguments)
            check_status(ended, WRONG)
            check(str(path) in ended.err and "chmod 600" in ended.err, ended.err)
    path.chmod(0o400)
    check_status(_with_key(lab, path, "--check"), OK)


@case("key file: refused if malformed")
def key_file_malformed(lab):
    path = lab.folder() / "key"
    for text in (
        "",
        "\n",
        "ab" * 31,
        "ab" * 31 + "a",
        "ab" * 32 + "a",
        "ab" * 32 + "\n\n",
        "ab" * 33,
        "zz" * 32,
        " " + "ab" * 32,
        "ab" * 16 + ":" + "ab" * 15 + "a",
        "ab" * 32 + "\r\n",
    ):
        path.write_bytes(text.encode())
        path.chmod(0o600)
        ended = _with_key(lab, path, "--check")
        check(ended.status == WRONG, f"{text!r} was taken for a key")
        check(str(path) in ended.err and "64 hexadecimal digits" in ended.err, ended.err)
    for text in ("ab" * 32, "AB" * 32 + "\n", "0123456789abcdefABCDEF" + "7" * 42):
        path.write_text(text)
        check_status(_with_key(lab, path, "--check"), OK)
    path.unlink()
    path.mkdir()
    ended = _with_key(lab, path, "--check")
    check_status(ended, WRONG)
    check(str(path) in ended.err, ended.err)
