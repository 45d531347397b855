# SPDX-License-Identifier: BSD-3-Clause
"""Rows of INSERT statements as mysqldump writes them: a statement a line, whatever the number of its rows."""

import re

from .lines import Input, printable
from .problems import Wrong

LINE_MAX = 64 << 20  # mysqldump ends a statement long before
INSERT = re.compile(rb"INSERT INTO `(\w+)`(?: \(([^)]*)\))? VALUES\s*")
CREATE = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`(\w+)`")
VALUE = rb"(NULL|-?\d+|'[^'\\]*')"
ROW = re.compile(rb"\(" + VALUE + rb"(?:," + VALUE + rb")?(?:," + VALUE + rb")?\)([,;])\s*")
# Columns in the order of the tables, for statements that do not name them.
ORDER = {
    "torrents": ("id", "info_hash", "completed"),
    "completed_v1": ("info_hash", "count"),
    "whitelist": ("id", "info_hash"),
    "whitelist_v1": ("info_hash",),
    "keys": ("id", "key", "valid_until"),
}


def is_dump(head):
    return (
        head.startswith((b"-- MySQL dump", b"-- MariaDB dump", b"/*M!999999"))
        or INSERT.search(head) is not None
    )


def names_table(path, names, progress):
    """Whether the dump makes one of these tables, which may be empty."""
    with Input(path, progress) as source:
        for _, line in source.lines(LINE_MAX):
            match = line is not None and CREATE.match(line)
            if match and match[1].decode() in names:
                return True
    return False


def value_of(content):
    if content is None or content == b"NULL":
        return None
    return content[1:-1].decode("utf-8", "replace") if content.startswith(b"'") else int(content)


def rows(source, wanted):
    """(where, values) of the tables in `wanted`, name -> columns. Raises Wrong with a line that is no row."""
    for number, line in source.lines(LINE_MAX):
        match = line is not None and INSERT.match(line)
        if match and match[1].decode() in wanted:
            table = match[1].decode()
            yield from rows_of(f"{source.path}:{number}", line, match, table, wanted[table])


def rows_of(where, line, match, table, columns):
    named = [name.strip(b"` ").decode() for name in match[2].split(b",")] if match[2] else ORDER[table]
    places = [named.index(column) if column in named else -1 for column in columns]
    at = match.end()
    if -1 in places:
        raise Wrong(f"INSERT INTO {table} has no column {columns[places.index(-1)]}", where)
    while at < len(line):
        row = ROW.match(line, at)
        if row is None:
            found = printable(line[at:], 40) if table != "keys" else "something else"
            raise Wrong(f"byte {at} of the line is {found}; must be a row of table {table}", where)
        at = row.end()
        yield where, tuple(value_of(row[place + 1]) for place in places)
