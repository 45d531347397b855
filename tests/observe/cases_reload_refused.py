# SPDX-License-Identifier: BSD-3-Clause
"""Files that a reload refuses: nothing changes, the log names every mistake, and health tells of it."""

import os
import shutil

import reloading
from reloading import ADDRESS, PORT
from suite import case, check

SETTINGS = {"tracker.interval": 600, "tracker.peers_max_ipv4": 5}


def text_of(prefix, settings=None, ports=(PORT,)):
    return reloading.config_text(prefix, {**SETTINGS, **(settings or {})}, ports)


def line_of(text, group):
    """The number of the line that a group starts in."""
    return 1 + text[: text.index(f"{group} = ")].count("\n")


def check_refused(weir, text, mistakes):
    """`mistakes`: (group in the file, key, words); each has a line, and there are no others."""
    before = len(weir.said())
    weir.refuse(text)
    said = weir.said()[before:].splitlines()
    errors = [line for line in said if line.startswith("weir: error: reload: ")]
    for group, key, words in mistakes:
        start = f"weir: error: reload: {weir.path}:{line_of(text, group)}: {key}: "
        found = [line for line in errors if line.startswith(start)]
        check(len(found) == 1 and words in found[0], f"not once: {start} ... {words}\n" + "\n".join(said))
    check(len(errors) == len(mistakes), "\n".join(errors))


def health_of(weir):
    return weir.weir.ask("/weir/health")["reload_failing"]


def check_failing(laboratory, weir, failing):
    weir.weir.wait_for(lambda: health_of(weir) == failing, f"reload_failing {failing}")
    shown = laboratory.weirctl(weir.weir, "health")
    rows = [line.split() for line in shown.out.splitlines() if "reload_failing" in line]
    check(len(rows) == 1, shown.out)
    status = "degraded" if failing else "ok"
    check(weir.weir.ask("/weir/health")["status"] == status and status in shown.out, shown.out)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@case("reload refused: a file that is missing, not a file, or cannot be read")
def unreadable(laboratory):
    text = text_of(laboratory.file_prefix())
    with reloading.running(laboratory, text) as weir:
        path = weir.path
        for make in (
            lambda: None,
            path.mkdir,
            lambda: path.symlink_to(path.with_name("nowhere")),
            lambda: path.symlink_to(path),
            lambda: os.mkfifo(path),
            lambda: path.symlink_to("/dev/zero"),
        ):
            remove(path)
            make()
            before = len(weir.said())
            weir.refuse()
            said = weir.said()[before:]
            check(f"weir: error: reload: {path}: " in said, said)
            check_failing(laboratory, weir, 1)
        remove(path)
        weir.reload(text)
        check_failing(laboratory, weir, 0)
    weir.weir.ended.said("weir: health: reload_failing: over")
    check(weir.weir.ended.err.count("weir: warning: health: reload_failing: ") == 1, weir.weir.ended.err)


@case("reload refused: a file that ends anywhere before its end")
def half_written(laboratory):
    text = text_of(laboratory.file_prefix())
    last = text.rstrip().rindex("}")  # of the ports, which come last
    with reloading.running(laboratory, text) as weir:
        for at in range(0, last, 7):
            before = len(weir.said())
            weir.refuse(text[:at])
            said = weir.said()[before:]
            check(f"weir: error: reload: {weir.path}:" in said, f"{text[:at]}\n{said}")
        check_failing(laboratory, weir, 1)
        weir.reload(text)
        check_failing(laboratory, weir, 0)


@case("reload refused: every mistake of a file is named, with file, line and key")
def mistakes(laboratory):
    prefix = laboratory.file_prefix()
    good = text_of(prefix)
    wrong = {"tracker.interval": 0, "tracker.peers_max_ipv4": 201, "log.level": "loud"}
    three = [("tracker", "tracker.interval", "1 to 86400"), ("log", "log.level", "must be")]
    three.append(("tracker", "tracker.peers_max_ipv4", "0 to 200"))
    folder = laboratory.folder()
    export = {"export.file": str(folder / "none" / "list")}
    unknown = 'nonsense = 1;\nother = { more = "x"; };\n'
    with reloading.running(laboratory, good) as weir:
        check_refused(weir, text_of(prefix, wrong), three)
        check_refused(weir, good + unknown, [("nonsense", "nonsense", ""), ("other", "other.more", "")])
        missing = ("export", "export.file", "is missing")
        check_refused(weir, text_of(prefix, {**wrong, **export}), [*three, missing])
        far = {"tracker.interval": 5000}
        times = ("swarm", "swarm.peer_timeout", "must be above")
        check_refused(weir, text_of(prefix, {**far, "swarm.peer_timeout": 100}), [times])
        kept = ("tracker", "tracker.interval", "which stays 2700 seconds until a restart")
        check_refused(weir, text_of(prefix, {**far, "swarm.peer_timeout": 9000}), [kept])
        check_failing(laboratory, weir, 1)
        weir.reload(good)
        check_failing(laboratory, weir, 0)
    shutil.rmtree(folder)


@case("reload refused: ports that differ")
def ports(laboratory):
    prefix = laboratory.file_prefix()
    other = {"addresses": ["10.77.0.2/24"]}
    with reloading.running(laboratory, text_of(prefix)) as weir:
        for changed, key in (
            ([other], "ports[0].addresses"),
            ([{"addresses": [f"{ADDRESS}/16"]}], "ports[0].addresses"),
            ([{**PORT, "vlan": 7}], "ports[0].vlan"),
            ([{**PORT, "gateway_ipv4": "10.77.0.9"}], "ports[0].gateway_ipv4"),
            ([{**PORT, "device": "net_ring0"}, {**other, "device": "net_ring1"}], "ports"),
        ):
            text = text_of(prefix, {"tracker.interval": 700}, changed)
            check_refused(weir, text, [("ports", key, "ports need a restart")])
        check_failing(laboratory, weir, 1)
        weir.reload(text_of(prefix, {"tracker.interval": 700}))
        check(weir.weir.ask("/weir/config")["tracker/interval"] == 700, "it does not follow")
        check_failing(laboratory, weir, 0)


@case("reload: what needs a restart is named, and the rest of the file takes effect")
def needs_restart(laboratory):
    prefix = laboratory.file_prefix()
    before = text_of(prefix)
    after = text_of(prefix, {"swarm.max_peers": 2000, "tracker.port": 7000, "tracker.interval": 700})
    with reloading.running(laboratory, before) as weir:
        weir.reload(after)
        told = weir.weir.ask("/weir/config")
        weir.reload(after)
    values = told["swarm/max_peers"], told["tracker/port"], told["tracker/interval"]
    check(values == (1000, 6969, 700), f"{values}")
    for group, words, times in (
        ("swarm", "swarm.max_peers: stays 1000; 2000 needs a restart", 2),
        ("tracker", "tracker.port: stays 6969; 7000 needs a restart", 2),
        ("tracker", "tracker.interval: was 600, is 700", 1),
    ):
        line = f"weir: reload: {weir.path}:{line_of(after, group)}: {words}\n"
        check(weir.weir.ended.err.count(line) == times, f"{line}{weir.weir.ended.err}")
