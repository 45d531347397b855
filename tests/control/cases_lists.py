# SPDX-License-Identifier: BSD-3-Clause
"""Lists that are replaced and edited while every request is tagged."""

import contextlib
import zlib

import reloading
from announcing import TAGS, Announcing
from cases_reload import Footprint
from full import times
from private_network import private_network
from suite import case, check

ENTRIES = 1_000_000
REPLACEMENTS = times(100, 8)
EDITS = times(100, 15)


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
