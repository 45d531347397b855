# SPDX-License-Identifier: BSD-3-Clause
"""Completed counts in text files, a torrent a line. Each format is a row: how to know and to read it."""

import re
from dataclasses import dataclass

from .lines import printable
from .snapshot import COMPLETED_MAX

LINE_MAX = 1024


@dataclass(frozen=True)
class Format:
    name: str
    line: re.Pattern  # of bytes
    wanted: str  # what a line must be; of a format without counts: why there are none
    completed: int  # group of the count; 0: there is none
    info_hash: int = 1
    family: int = 0  # group: 4 or 6; 0: the counts of both together


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
        "aquatic does not count downloads",
        info_hash=2,
        completed=0,
    ),
    # opentracker's /stats?mode=statedump (ot_fullscrape.c), which -l reads again. The base is in minutes
    # since 1970, and has had eight digits since 1989.
    _format(
        "state dump of opentracker",
        HASH + rb":\d{8,20}:(\d{1,20})",
        "info_hash:base:completed, as /stats?mode=statedump of opentracker has it",
        completed=2,
    ),
    # Seeders and leechers: opentracker's /stats?mode=tpbs&format=txt.
    _format(
        "short scrape of opentracker",
        HASH + rb":\d{1,7}:\d{1,20}",
        "/stats?mode=statedump of opentracker has them",
        completed=0,
    ),
    # opentracker's /stats?mode=tpbs&format=txtp.
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


def read(form, source, sink, problems):
    """Passes each torrent to `sink`. Raises Wrong where the file cannot be read."""
    fits, completed, family, info_hash = form.line.fullmatch, form.completed, form.family, form.info_hash
    for number, line in source.lines(LINE_MAX):
        match = line is not None and fits(line)
        if match:
            count = int(match[completed])
            if count <= COMPLETED_MAX:
                sink.add(bytes.fromhex(match[info_hash].decode()), count, match[family] if family else b"")
                continue
        elif line is not None and (not line.strip() or line.startswith(b"#")):
            continue
        problems.add(f"{source.path}:{number}", *why(form, line, match))


def why(form, line, match):
    if not match:
        return "torrent", complaint(form, line)
    return "completed", f"is {printable(match[form.completed])}; must be at most {COMPLETED_MAX}"
