# SPDX-License-Identifier: BSD-3-Clause
"""Completed counts of any source, into a snapshot."""

from . import bencode, count_lines, database, mysql_dump
from .lines import Input, printable
from .problems import Wrong, shorten
from .snapshot import COMPLETED_MAX

FORMATS = (
    "a state dump or a scrape of opentracker, a full scrape (bencoded), an export of Weir, a database of "
    "Torrust (SQLite, or a dump of mysqldump), or lines of info_hash and count"
)


class Sink:
    """Passes torrents with downloads on to the writer, and counts them."""

    def __init__(self, writer):
        self.torrents = self.downloads = self.without = 0
        self._writer = writer

    def add(self, info_hash, completed, family):
        """`family`: b"4", b"6", or b"" for both together; scrapes get the sum of both."""
        if completed == 0:
            self.without += 1
            return
        if family == b"6":
            self._writer.add(info_hash, 0, completed)
        else:
            self._writer.add(info_hash, completed, 0)
        self.torrents += 1
        self.downloads += completed


def read_text(source, sink, problems):
    form = count_lines.detect(source.head)
    if form is None:
        line = printable(count_lines.first_line(source.head))
        raise Wrong(f"is of no known format, it starts with {line or 'nothing'}; must be {FORMATS}")
    if not form.completed:
        raise Wrong(f"is a {form.name}, which has no completed counts: {form.wanted}")
    count_lines.read(form, source, sink, problems)
    return form.name


def read_database(path, sink, progress, problems):
    reader = database.open_database(path, progress)
    try:
        for where, (info_hash, completed) in reader.rows(database.COUNTS):
            if not is_hash(info_hash):
                problems.add(where, "info_hash", f"is {shorten(info_hash)}; must be 40 hexadecimal digits")
            elif not isinstance(completed, int) or not 0 <= completed <= COMPLETED_MAX:
                wanted = f"must be a whole number from 0 to {COMPLETED_MAX}"
                problems.add(where, "completed", f"is {shorten(completed)}; {wanted}")
            else:
                sink.add(bytes.fromhex(info_hash), completed, b"")
    finally:
        reader.close()
    return "database of Torrust"


def is_hash(value):
    return (
        isinstance(value, str)
        and len(value) == 40
        and all(char in "0123456789abcdefABCDEF" for char in value)
    )


def read(path, sink, progress, problems):
    """Reads one source. Returns what it is; "" where a problem was added."""
    try:
        with Input(path, progress) as source:
            head = source.head
            if head.startswith(b"d"):
                bencode.read(source, sink)
                return "full scrape"
            if not database.is_sqlite(head) and not mysql_dump.is_dump(head):
                return read_text(source, sink, problems)
        return read_database(path, sink, progress, problems)
    except Wrong as wrong:
        add_wrong(problems, path, wrong)
        return ""


def add_wrong(problems, path, wrong):
    """A Wrong may know the line."""
    problems.add(wrong.args[1] if len(wrong.args) > 1 else path, "", wrong.args[0])
