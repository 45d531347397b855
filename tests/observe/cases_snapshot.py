# SPDX-License-Identifier: BSD-3-Clause
"""Snapshots of a Weir that serves: at intervals, after a kill, on a disk that fails; what is told of them."""

import contextlib
import os
import random
import struct
import time

import frames
import loaded
from suite import Failed, case, check

HASHES = [bytes([n]) * 20 for n in range(1, 9)]
KILLS = int(os.environ.get("WEIR_KILLS", "5"))
RESTORED = ("restored_torrents", "restored_peers", "restored_expired", "restored_dropped")


def keeping(laboratory, path, interval=1):
    settings = {"snapshot.file": str(path), "snapshot.interval": interval}
    return laboratory.scenario(settings=settings)


def fill(scenario):
    for number, info_hash in enumerate(HASHES):
        for client in range(number + 1):
            scenario.announce(frames.client4(11 + client), info_hash, left=client % 2)
            scenario.announce(frames.client6(11 + client), info_hash, left=client % 2)


def told(weir):
    return weir.ask("/weir/snapshot")


def wait_good(weir):
    """Until a snapshot is in place that began after now; returns what is told of it."""
    before = told(weir)
    good = before["runs"] - before["failures"]
    weir.wait_for(lambda: told(weir)["runs"] - told(weir)["failures"] >= good + 2, "two snapshots")
    return told(weir)


@case("snapshot: a kill loses nothing that the last snapshot had, and weirctl shows what was restored")
def killed(laboratory):
    path = laboratory.folder() / "peers"
    scenario = keeping(laboratory, path)
    fill(scenario)
    peers = sum(len(t.peers[f]) for t in scenario.tracker.torrents.values() for f in ("ipv4", "ipv6"))
    report = lasting = None
    with contextlib.suppress(Failed):  # it does not end cleanly
        with laboratory.fed(scenario) as weir:
            report = wait_good(weir)
            lasting = weir.ask("/weir/torrents")
            weir.process.kill()
            weir.process.wait()
    check(lasting is not None, "it did not come as far as the kill")
    check(report["last_torrents"] == len(HASHES) and report["last_peers"] == peers, f"{report}")
    check(report["last_bytes"] == path.stat().st_size, f"{report}")
    check([report[name] for name in RESTORED] == [0, 0, 0, 0], f"{report}")
    check(report["last_s"] == scenario.settings["test.time"], f"{report}")
    again = keeping(laboratory, path, 0)
    again.noise(1)
    with laboratory.fed(again) as weir:
        report = told(weir)
        check([report[name] for name in RESTORED] == [len(HASHES), peers, 0, 0], f"{report}")
        check(report["runs"] == 0, f"{report}")
        check(weir.ask("/weir/torrents") == lasting, "the torrents are others")
        shown = laboratory.weirctl(weir, "snapshots", "--json").json()
        table = laboratory.weirctl(weir, "snapshots").out
    check(shown == report, f"weirctl: {shown}")
    check("restored_peers" in table and str(peers) in table, f"weirctl: {table}")


@case("snapshot: nothing is written or told without a file")
def off(laboratory):
    scenario = laboratory.scenario()
    scenario.noise(1)
    with laboratory.fed(scenario) as weir:
        report = told(weir)
    check(set(report.values()) == {0}, f"{report}")
    check("snapshot" not in weir.ended.err, weir.ended.err)


@case("snapshot: a failure keeps the old file, is logged and counted; later snapshots work")
def failure(laboratory):
    path = laboratory.folder() / "peers"
    scenario = keeping(laboratory, path)
    fill(scenario)
    with laboratory.fed(scenario) as weir:
        wait_good(weir)
        blocker = path.with_name("peers.new")
        weir.wait_for(lambda: not blocker.exists(), "the end of a snapshot")
        good = path.read_bytes()
        hidden = path.parent.with_name("hidden-snapshots")
        path.parent.rename(hidden)  # the folder is gone
        before = told(weir)["failures"]
        weir.wait_for(lambda: told(weir)["failures"] > before + 1, "a failure")
        report = told(weir)
        check(report["failing"] == 1, f"{report}")
        weir.wait_for(lambda: weir.ask("/weir/health")["snapshot_failing"] == 1, "health")
        check(len((hidden / "peers").read_bytes()) == len(good), "the old file was changed")
        hidden.rename(path.parent)
        report = wait_good(weir)
        weir.wait_for(lambda: weir.ask("/weir/health")["snapshot_failing"] == 0, "health")
        check(report["failing"] == 0, f"{report}")
    check("weir: warning: no snapshot, the last one stays: " in weir.ended.err, weir.ended.err)
    check("No such file or directory" in weir.ended.err, weir.ended.err)


@case("snapshot: announces are served and none is lost while snapshots are taken")
def under_load(laboratory):
    path = laboratory.folder() / "peers"
    more = f'snapshot = {{ file = "{path}"; interval = 1; }};'
    with loaded.running(laboratory, more=more) as weir:
        results = weir.load("--count", 100_000, "--window", 32)
        report = wait_good(weir.weir)
        peers = sum(
            row[f"{kind}_{family}"]
            for row in weir.weir.ask("/weir/shards").values()
            for kind in ("seeders", "leechers")
            for family in ("ipv4", "ipv6")
        )
    check(report["failures"] == 0 and report["last_peers"] == peers > 1000, f"{report}, {peers} peers")
    check(results["finished"] and results["loss"] == 0, f"{results}")


def totals(path):
    """Torrents and peers of a snapshot, by its last block."""
    return struct.unpack("=QQ", path.read_bytes()[-32:-16]) if path.exists() else (0, 0)


@case("snapshot: killed again and again under load, Weir serves all that the last snapshot had")
def kills(laboratory):
    path = laboratory.folder() / "peers"
    more = f'snapshot = {{ file = "{path}"; interval = 1; }};'
    moments = random.Random(7)
    starts = []
    for _ in range(KILLS):
        wanted = totals(path)
        with contextlib.suppress(Failed):  # it does not end cleanly
            with loaded.running(laboratory, more=more) as weir:
                starts.append((wanted, told(weir.weir)))
                with weir.loading("--duration", 60):
                    time.sleep(moments.uniform(0.5, 4))
                    weir.weir.process.kill()
                    weir.weir.process.wait()
    check(len(starts) == KILLS, f"{len(starts)} starts")
    for (torrents, peers), report in starts:
        restored = [report[name] for name in RESTORED]
        check(restored[0] == torrents and restored[2:] == [0, 0], f"{restored}, not {torrents} torrents")
        # One that moved in its swarm while the snapshot was taken may be in it twice.
        check(0.999 * peers <= restored[1] <= peers, f"{restored}, not {peers} peers")
    check(starts[-1][0][1] > 1000, "nothing was restored")
