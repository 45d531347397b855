# SPDX-License-Identifier: BSD-3-Clause
"""Completed counts in text files, a torrent a line. Each format is a row: how to know and to read it."""

import re
from dataclasses import dataclass

from .lines import printable
from .snapshot import COMPLETED_MAX

LINE_MAX = 1024
BASE_MIN = 10_000_000  # minutes since 1970: before opentracker existed


@dataclass(frozen=True)
class Format:
    name: str
    line: re.Pattern  # of bytes
    wanted: str
    completed: int  # group of the count; 0: there is none
    info_hash: int = 1
    family: int = 0  # group: 4 or 6; 0: the counts of both together
    base: int = 0  # group of opentracker's time


def _format(name, pattern, wanted, **groups):
    return Format(name, re.compile(pattern), wanted, **groups)


HASH = rb"([0-9a-fA-F]{40})"

# The first that fits the first line is that of the file.
FORMATS = (
    # export.file of Weir.
    _format(
        "export of Weir",
        rb"([46]) " + HASH + rb" (\d{1,20}) (\d{1,20}) (\d{1,20})",
        "4 or 6, info_hash, seeders, leechers and completed, with blanks between them",
        family=1,
        info_hash=2,
        completed=5,
    ),
    # ScrapeExportConfig of aquatic's crates/udp/src/config.rs.
    _format(
        "scrape export of aquatic",
        rb"([46]) " + HASH + rb" (\d{1,20}) (\d{1,20})",
        "",
        info_hash=2,
        completed=0,
    ),
    # opentracker's /stats?mode=statedump (ot_fullscrape.c), which -l reads again.
    _format(
        "state dump of opentracker",
        HASH + rb":(\d{1,20}):(\d{1,20})",
        "info_hash:base:completed, as /stats?mode=statedump of opentracker has it",
        base=2,
        completed=3,
    ),
    # opentracker's /scrape in its format txtp.
    _format(
        "text scrape of opentracker",
        HASH + rb":(\d{1,20}):(\d{1,20}):(\d{1,20})",
        "info_hash:seeders:leechers:completed",
        completed=4,
    ),
    # What a database prints.
    _format(
        "info_hashes with counts",
        HASH + rb"[ \t,:;|]+(\d{1,20})",
        "info_hash and completed, with a blank, a tab or a comma between them",
        completed=2,
    ),
)


def first_line(head):
    """The first line of a head that says something."""
    for line in head.split(b"\n"):
        line = line.strip(b"\r")
        if line.strip() and not line.startswith(b"#"):
            return line
    return b""


def detect(head):
    """The format, or None."""
    line = first_line(head)
    return next((form for form in FORMATS if form.line.fullmatch(line)), None)


def complaint(form, line):
    what = "the line is too long" if line is None else f"is {printable(line)}"
    return f"{what}; must be {form.wanted}"


def base_is_wrong(form, match):
    """Seeders and leechers look like a time and a count, but for their size."""
    return form.base and 0 < int(match[form.base]) < BASE_MIN


def read(form, source, sink, problems):
    """Passes each torrent to `sink`. Raises Wrong where the file cannot be read."""
    fits, completed, family, info_hash = form.line.fullmatch, form.completed, form.family, form.info_hash
    for number, line in source.lines(LINE_MAX):
        match = line is not None and fits(line)
        if match:
            count = int(match[completed])
            if count <= COMPLETED_MAX and not base_is_wrong(form, match):
                sink.add(bytes.fromhex(match[info_hash].decode()), count, match[family] if family else b"")
                continue
        elif line is not None and (not line.strip() or line.startswith(b"#")):
            continue
        problems.add(f"{source.path}:{number}", *why(form, line, match))


def why(form, line, match):
    if not match:
        return "torrent", complaint(form, line)
    if base_is_wrong(form, match):
        return "base", (
            f"is {printable(match[form.base])}; must be minutes since 1970. Of opentracker's formats, "
            "mode=statedump has completed counts"
        )
    return "completed", f"is {printable(match[form.completed])}; must be at most {COMPLETED_MAX}"
