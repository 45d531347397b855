# SPDX-License-Identifier: BSD-3-Clause
"""Lists that are replaced and edited while every request is tagged."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import zlib

import reloading
from cases_reload import Footprint, private_network
from full import times
from suite import case, check

ENTRIES = 1_000_000
REPLACEMENTS = times(100, 8)
EDITS = times(100, 15)
LEAVES_S = 1.0  # time for a denied torrent to leave the store
TIMEOUT_S = 60
TAGGED = pathlib.Path(__file__).with_name("tagged.py")
TAGS = {tag: bytes([number]) * 20 for number, tag in enumerate(("always", "never", "first", "second"), 1)}


class Announcing:
    """tagged.py in a namespace."""

    def __init__(self, inside):
        golden = pathlib.Path(__file__).parents[1] / "golden"
        words = [f"{tag}={info_hash.hex()}" for tag, info_hash in TAGS.items()]
        self.process = subprocess.Popen(
            [*inside, sys.executable, TAGGED, reloading.ADDRESS, *words],
            env={**os.environ, "PYTHONPATH": str(golden), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        check(self.process.stdout.readline() == "ready\n", "it cannot announce")

    def judged(self, tag):
        """How a request that begins now is judged."""
        self.process.stdin.write(f"{tag}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def wait_judged(self, tag, wanted):
        """Until requests for the tag are judged so."""
        deadline = time.monotonic() + LEAVES_S
        while self.judged(tag) != wanted:
            check(time.monotonic() < deadline, f"{tag} is not {wanted} after {LEAVES_S} s")

    def end(self):
        """Tag -> outcome -> count."""
        out, _ = self.process.communicate(timeout=TIMEOUT_S)
        check(self.process.returncode == 0, f"exit status {self.process.returncode}")
        told = {tag: {} for tag in TAGS}
        for tag, outcome, count in json.loads(out):
            told[tag][outcome] = count
        return told

    def close(self):
        self.process.kill()
        self.process.communicate()


def write_list(path, tags, entries):
    """A list of some tagged torrents before and behind many others; other ones for each path."""
    filler = f"{zlib.crc32(path.name.encode()):08x}"
    lines = [f"{filler}{number:032x}\n" for number in range(entries)]
    tagged = [f"{TAGS[tag].hex()} # {tag}\n" for tag in tags]
    path.write_text("".join([*tagged[:1], *lines, *tagged[1:]]))


@contextlib.contextmanager
def allowing(laboratory, tags, entries=ENTRIES):
    """A Weir that allows some tagged torrents, and all of them announced without pause."""
    with contextlib.ExitStack() as stack:
        inside = stack.enter_context(private_network())
        path = laboratory.folder() / "torrents.list"
        write_list(path, tags, entries)
        settings = {
            "driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"],
            "access.mode": "allow",
            "access.file": str(path),
            "limits.budget": 0,
        }
        text = reloading.config_text(laboratory.file_prefix(), settings)
        weir = stack.enter_context(reloading.running(laboratory, text, inside))
        announcing = stack.enter_context(contextlib.closing(Announcing(inside)))
        yield weir.weir, path, announcing


def check_outcomes(told, verdicts):
    """What both lists say alike held for every request, and none was lost."""
    check(set(told["always"]) == {"served"}, f"{told}")
    check(set(told["never"]) == {"denied"}, f"{told}")
    for tag in ("first", "second"):
        check(set(told[tag]) == {"served", "denied"}, f"{told}")
    served = sum(outcomes.get("served", 0) for outcomes in told.values())
    denied = sum(outcomes.get("denied", 0) for outcomes in told.values())
    check(verdicts["announce"] == served, f"{verdicts} of {served}")
    check(verdicts["announce_denied"] == denied, f"{verdicts} of {denied}")


def weirctl(laboratory, weir, *words):
    ended = laboratory.weirctl(weir, *words)
    check(ended.status == 0, f"weirctl {words}: {ended.err}")
    return ended.out


class ListFootprint(Footprint):
    """Memory of a Weir, which a list that is not freed would show."""

    def __init__(self, weir):
        super().__init__(reloading.Reloading(weir, None))


@case(
    "lists: a list of a million torrents is replaced under load, each request is judged by one or the other"
)
def replaced(laboratory):
    with allowing(laboratory, ("always", "first")) as (weir, path, announcing):
        other = path.with_name("other.list")
        write_list(other, ("always", "second"), ENTRIES)
        served, denied = "second", "first"
        for number in range(REPLACEMENTS):
            both = path.with_name("spare.list")
            path.rename(both)
            other.rename(path)
            both.rename(other)
            weirctl(laboratory, weir, "access", "reload")
            check(announcing.judged(served) == "served", f"list {number}: {served} is denied")
            announcing.wait_judged(denied, "denied")
            served, denied = denied, served
            if number == 1:
                footprint = ListFootprint(weir)
        footprint.check()
        told = announcing.end()
        verdicts = weir.ask("/weir/verdicts")
    check_outcomes(told, verdicts)


@case("lists: a list of a million torrents is edited under load, each edit is in the file and in force")
def edited(laboratory):
    with allowing(laboratory, ("always", "first")) as (weir, path, announcing):
        for number in range(EDITS):
            tag = ("first", "second")[number % 2]
            other = ("second", "first")[number % 2]
            weirctl(laboratory, weir, "access", "add", TAGS[tag].hex(), "--reason", f"edit {number}")
            check(announcing.judged(tag) == "served", f"edit {number}: {tag} is denied")
            weirctl(laboratory, weir, "access", "remove", TAGS[other].hex())
            announcing.wait_judged(other, "denied")
        told = announcing.end()
        verdicts = weir.ask("/weir/verdicts")
        lines = path.read_text().splitlines()
    check_outcomes(told, verdicts)
    check(len(lines) == ENTRIES + 2, f"{len(lines)} lines")
    check(f"{TAGS[tag].hex()} # edit {EDITS - 1}" in lines, "the last edit is not in the file")
    check(not any(line.startswith(TAGS[other].hex()) for line in lines), "what was removed is in the file")
