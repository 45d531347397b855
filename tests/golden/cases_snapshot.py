# SPDX-License-Identifier: BSD-3-Clause
"""Torrents and peers that outlive their Weir: what the next one answers is what the last one would have."""

import os
import re
import stat

import bep15
from cases_command_line import FAILED, WRONG, check_nothing_started, check_status, run, write_config
from cases_lcores import HASHES, two_cpus
from cases_settings import VIRTUAL
from frames import client4, client6
from suite import case, check

FINISHED = b"\x7f" * 20  # nobody is left in it, but it was downloaded
AT_TIME = 1_700_000_000
# All IPv6 clients here are in one /64, so they are one source.
UNLIMITED = {
    "limits.peers_per_source": 0,
    "limits.peers_per_swarm_and_source": 0,
    "limits.torrents_per_source": 0,
}


def _fill(scenario):
    """Swarms of both families, from one peer to more than are in a line, seeders and leechers."""
    for client_of in (client4, client6):
        scenario.connect(client_of(2))
        for number, info_hash in enumerate(HASHES):
            for other in range(number % 13 + 1):
                scenario.announce(client_of(10 + other), info_hash, left=other % 2)
            if number % 3 == 0:  # a download that is counted, and must not be again
                scenario.announce(client_of(10), info_hash, left=5)
                scenario.announce(client_of(11), info_hash, left=0, event=bep15.COMPLETED)
                scenario.announce(client_of(11), info_hash, left=5)
    scenario.announce(client4(18), FINISHED, left=5)
    scenario.announce(client4(18), FINISHED, left=0, event=bep15.COMPLETED)
    scenario.announce(client4(18), FINISHED, left=0, event=bep15.STOPPED)


def _ask(scenario):
    """Announces that get the peers from before, then scrapes of everything."""
    for client_of in (client4, client6):
        for number, info_hash in enumerate(HASHES):
            scenario.announce(client_of(11), info_hash, left=0)
            scenario.announce(client_of(200), info_hash, left=number % 2)
    for client_of, most in ((client4, 72), (client6, 71)):
        for first in range(0, len(HASHES), most):
            scenario.scrape(client_of(2), HASHES[first : first + most])
        scenario.scrape(client_of(2), [FINISHED, b"\0" * 20])


def _settings(path, more=None):
    return {"snapshot.file": str(path), "test.time": AT_TIME, **UNLIMITED, **(more or {})}


def _next(lab, before, path, more=None):
    """A scenario for the next Weir, with what the last one knew."""
    before.tracker.completed = 0  # downloads are counted since the start
    return lab.scenario(settings=_settings(path, more), tracker=before.tracker)


def _check_modes(folder):
    for entry in folder.iterdir():
        mode = stat.S_IMODE(entry.stat().st_mode)
        check(mode == 0o600, f"{entry} has mode {mode:o}")


@case("snapshot: peers and counts outlive three Weirs with other workers and details")
def outlive(lab):
    first, second = two_cpus()
    path = lab.folder() / "peers"
    workers = {"lcores.main": [first], "lcores.io": [second], "lcores.workers": [first, second]}
    ways = (
        {},
        {"swarm.peer_detail": True, **workers},
        {"swarm.peer_detail": True},
        {"swarm.peer_detail": False, **workers},
    )
    scenario = lab.scenario(settings=_settings(path, ways[0]))
    _fill(scenario)
    ended = scenario.run()
    ended.said(f"no snapshot yet: {path}")
    for way in ways[1:]:
        peers = sum(len(t.peers[f]) for t in scenario.tracker.torrents.values() for f in ("ipv4", "ipv6"))
        scenario = _next(lab, scenario, path, way)
        scenario.in_order = "lcores.io" not in way
        _ask(scenario)
        ended = scenario.run()
        torrents = len(HASHES) + 1
        ended.said(f"restored {torrents} torrents and {peers} peers in ")
    check(sorted(entry.name for entry in path.parent.iterdir()) == ["peers", "peers.1"], "left behind")
    _check_modes(path.parent)


def _seed(lab, path):
    """Two snapshots; returns the scenario whose state both hold."""
    scenario = lab.scenario(settings=_settings(path))
    _fill(scenario)
    scenario.run()
    again = _next(lab, scenario, path)
    again.noise(1)
    again.run()
    return again


@case("snapshot: a damaged file is named with block and byte, kept aside, and the one before it is loaded")
def damaged(lab):
    path = lab.folder() / "peers"
    scenario = _seed(lab, path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    scenario = _next(lab, scenario, path)
    _ask(scenario)
    ended = scenario.run()
    words = rf"weir: warning: {path}: block 0 at byte 64 is damaged: loading {path}\.1 instead"
    check(re.search(words, ended.err), ended.err)
    check(path.with_name("peers.refused").read_bytes() == content, "it was not kept")
    names = sorted(entry.name for entry in path.parent.iterdir())
    check(names == ["peers", "peers.1", "peers.refused"], f"{names}")
    _check_modes(path.parent)
    scenario = _next(lab, scenario, path)  # and the new one is good
    _ask(scenario)
    check("is damaged" not in scenario.run().err, "damaged still")
    path.unlink()  # the old one serves alone
    scenario.tracker.completed = 0
    ended = run(lab, "-c", write_config(lab, _settings(path)), "--run-for", "1")
    ended.said(f" from {path}.1, ")


@case("snapshot: with both files damaged Weir serves without torrents, or stops, as it was told")
def both_damaged(lab):
    path = lab.folder() / "peers"
    _seed(lab, path)
    for wrong in (path, path.with_name("peers.1")):
        wrong.write_bytes(wrong.read_bytes()[:-1])
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    stop = write_config(lab, _settings(path, {"snapshot.on_failure": "stop"}))
    ended = run(lab, "-c", stop, "--run-for", "5")
    check_status(ended, FAILED)
    check_nothing_started(ended)
    check("is cut off" in ended.err and "; move it away, or set snapshot.on_failure" in ended.err, ended.err)
    after = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    check(after == before, "files were changed")
    empty = lab.scenario(settings=_settings(path))
    empty.noise(1)
    ended = empty.run()
    check("serving without torrents (snapshot.on_failure)" in ended.err, ended.err)
    check(path.with_name("peers.refused").read_bytes() == before["peers"], "it was not kept")


@case("snapshot: files that are no snapshots of ours are refused before anything starts")
def refused(lab):
    folder = lab.folder()
    os.mkfifo(folder / "fifo", 0o600)
    (folder / "link").symlink_to("plain")
    (folder / "open").write_bytes(b"")
    (folder / "open").chmod(0o620)
    (folder / "key").write_bytes(b"")
    for name, words in (
        ("fifo", "is a FIFO; a regular file is needed"),
        ("link", "is a symbolic link; name the file itself"),
        ("open", "can be read or changed by others than its owner: chmod 600"),
        ("none/x", "/none/ is missing; make it with mkdir -p -m 700"),
        ("open/x", "lies below a file"),
        ("key", "would overwrite export.file"),
    ):
        path = folder / "weir.cfg"
        export = f'export = {{ file = "{folder}/key.1"; }}; ' if name == "key" else ""
        path.write_text(VIRTUAL + f'{export}snapshot = {{ file = "{folder}/{name}"; }};')
        ended = run(lab, "-c", path, "--check", folder=folder)
        check_status(ended, WRONG)
        check(words in ended.err and "snapshot.file: " in ended.err, f"{name}: {ended.err}")
