# SPDX-License-Identifier: BSD-3-Clause
"""Torrust's database: counts, whitelist and keys, from SQLite or a dump of mysqldump.

The tables are in packages/tracker-core/migrations of Torrust; their names changed once.
"""

import os
import sqlite3
import urllib.parse

from . import mysql_dump
from .lines import Input
from .problems import Wrong

SQLITE_MAGIC = b"SQLite format 3\0"
TELL_EVERY = 8192
# Name of the table, and its columns; the first table that is there is read.
COUNTS = (("torrents", ("info_hash", "completed")), ("completed_v1", ("info_hash", "count")))
WHITELIST = (("whitelist", ("info_hash",)), ("whitelist_v1", ("info_hash",)))
KEYS = (("keys", ("key", "valid_until")),)


def is_sqlite(head):
    return head.startswith(SQLITE_MAGIC)


class Sqlite:
    """Read only, and no views, which could run for ever. Raises Wrong where it is no database of Torrust."""

    def __init__(self, path, progress):
        self.path = path
        self._progress = progress
        name = "file:" + urllib.parse.quote(os.path.abspath(path)) + "?mode=ro"
        try:
            self._connection = sqlite3.connect(name, uri=True)
            self._connection.text_factory = lambda content: content.decode("utf-8", "replace")
            self._connection.execute("PRAGMA trusted_schema = OFF")
            rows = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            self._tables = {row[0] for row in rows}
        except sqlite3.Error as error:
            raise Wrong(f"is no database that SQLite can read: {error}") from None

    def rows(self, tables):
        """(where, row) of the first of these tables that is there."""
        for table, columns in tables:
            if table in self._tables:
                yield from self._rows_of(table, columns)
                return
        names = " or ".join(table for table, _ in tables)
        have = ", ".join(sorted(self._tables)[:20]) or "none"
        raise Wrong(f"has no table {names}; must be the database of Torrust (its tables: {have})")

    def _rows_of(self, table, columns):
        words = ", ".join(f'"{column}"' for column in columns)
        have = {row[1] for row in self._connection.execute(f'PRAGMA table_info("{table}")')}
        lacking = [column for column in columns if column not in have]
        if lacking:  # SQLite would take its name for a text
            raise Wrong(f"has no column {lacking[0]} in table {table}; must be the database of Torrust")
        self._progress.step(f"reading {self.path}, table {table}", 0, "rows")
        try:
            for number, row in enumerate(self._connection.execute(f'SELECT {words} FROM "{table}"'), 1):
                if number % TELL_EVERY == 0:
                    self._progress.at(number)
                yield f"{self.path}, table {table}, row {number}", row
        except sqlite3.Error as error:
            raise Wrong(f"cannot be read to the end of table {table}: {error}") from None

    def close(self):
        self._connection.close()


class Dump:
    """The same from a text with INSERT statements."""

    def __init__(self, path, progress):
        self.path = path
        self._progress = progress

    def rows(self, tables):
        found = False
        with Input(self.path, self._progress) as source:
            for where, row in mysql_dump.rows(source, dict(tables)):
                found = True
                yield where, row
        if not found and not mysql_dump.names_table(
            self.path, [table for table, _ in tables], self._progress
        ):
            names = " or ".join(table for table, _ in tables)
            raise Wrong(f"has no table {names}; must be a dump of Torrust's database")

    def close(self):
        pass


def open_database(path, progress):
    """A reader. Raises Wrong where the file is of no known kind."""
    with Input(path, progress) as source:
        head = source.head
    if is_sqlite(head):
        return Sqlite(path, progress)
    if mysql_dump.is_dump(head):
        return Dump(path, progress)
    raise Wrong("is no database of SQLite and no dump of mysqldump; must be one of them")
