# SPDX-License-Identifier: BSD-3-Clause
"""Weir's lists: from what the configuration names, files of the command line, and Torrust's database."""

import os
import pathlib

from . import client_list, counts, database, hash_list, kinds, key_list
from .problems import Wrong, shorten

TORRENTS, CLIENTS, KEYS = "lists/torrents", "lists/clients", "lists/keys"


def candidates(draft, options, name):
    """Where a path of the configuration may be: below --root or the tracker's own root, beside the file."""
    beside = pathlib.Path(options.config or ".").parent
    inside = name.lstrip("/")
    for root in (options.root, draft.root):
        if root:
            yield beside / root / inside
    yield beside / name


def find(draft, options, name):
    """The path that exists, or the last candidate."""
    path = None
    for path in candidates(draft, options, name):
        if path.exists():
            break
    return os.path.normpath(path)


class Lists:
    """Writes lists into the folder that becomes the output."""

    def __init__(self, draft, options, folder, progress, problems):
        self._draft = draft
        self._options = options
        self._folder = folder
        self._progress = progress
        self._problems = problems

    def write(self):
        self._check_use(self._options.torrents, "--torrents", self._draft.torrents, "list of torrents")
        self._check_use(self._options.keys, "--keys", self._draft.keys, "need for keys")
        if self._draft.torrents:
            self._write_torrents(*self._draft.torrents[-1])
        if self._draft.clients:
            self._write_clients(*self._draft.clients[-1])
        if self._draft.keys:
            self._write_keys(*self._draft.keys[-1])

    def _check_use(self, path, option, found, what):
        """A list whose meaning the configuration does not tell."""
        if path and not found:
            text = f"is of no use: the configuration has no {what}; leave {option} out, or turn it on there"
            self._problems.add(path, option, text)

    def _open(self, name):
        path = self._folder / name
        path.parent.mkdir(exist_ok=True)
        return open(os.devnull if self._options.check else path, "w", encoding="utf-8")

    def _set(self, settings, source):
        for setting, value in settings.items():
            self._draft.set(setting, value, source)

    def _note(self, name, what, count):
        self._draft.report.files[name] = f"{what}: {count:,} entries"
        self._draft.report.counts[what] = count

    def _write_torrents(self, mode, content, source):
        with self._open(TORRENTS) as out:
            if self._options.torrents:
                count = hash_list.convert(self._options.torrents, out, self._progress, self._problems)
            elif isinstance(content, list):
                count = self._hash_items(content, out)
            elif content is not None:
                count = self._hash_file(content, source, out)
            else:
                count = self._from_database(source, database.WHITELIST, self._whitelist_row, out)
        self._set({"access.mode": mode, "access.file": self._options.state_path(TORRENTS)}, source)
        self._note(
            TORRENTS, "torrents that are served" if mode == "allow" else "torrents that are not served", count
        )

    def _hash_file(self, name, source, out):
        path = find(self._draft, self._options, name)
        if not os.path.exists(path):
            text = (
                f"{path} is missing; name the list with --torrents, or where relative paths start with --root"
            )
            self._problems.add(source.where or source.name, source.name, text)
            return 0
        return hash_list.convert(path, out, self._progress, self._problems)

    def _hash_items(self, items, out):
        for value, where in items:
            try:
                out.write(kinds.info_hash(value) + "\n")
            except Wrong as wrong:
                self._problems.add(where, "info_hash", str(wrong))
        return len(items)

    def _write_clients(self, mode, items, source):
        with self._open(CLIENTS) as out:
            count = client_list.convert(items, out, self._problems)
        self._set(
            {"access.clients_mode": mode, "access.clients_file": self._options.state_path(CLIENTS)}, source
        )
        self._note(CLIENTS, "client programs", count)

    def _write_keys(self, check_end, source):
        with self._open(KEYS) as out:
            if self._options.keys:
                count = key_list.convert(self._options.keys, out, check_end, self._progress, self._problems)
            else:
                count = self._from_database(source, database.KEYS, self._key_row(check_end), out)
        self._set({"keys.required": True, "keys.file": self._options.state_path(KEYS)}, source)
        self._note(KEYS, "keys of users", count)

    # --- Torrust's database -----------------------------------------------------------------------

    def _from_database(self, source, tables, write_row, out):
        path = self._database(source)
        if path is None:
            return 0
        count, reader = 0, None
        try:
            reader = database.open_database(path, self._progress)
            for where, row in reader.rows(tables):
                count += write_row(where, row, out)
        except Wrong as wrong:
            counts.add_wrong(self._problems, path, wrong)
        if reader is not None:
            reader.close()
        return count

    def _database(self, source):
        """The path, or None where a problem was added."""
        if self._options.database:
            return self._options.database
        driver, _ = self._draft.kept.get("core.database.driver", ("sqlite3", None))
        name, _ = self._draft.kept.get(
            "core.database.path", ("./storage/tracker/lib/database/sqlite3.db", None)
        )
        path = find(self._draft, self._options, name) if driver == "sqlite3" else ""
        if os.path.exists(path):
            return path
        what = f"{path} is missing" if driver == "sqlite3" else f"the database is one of {driver}, a server"
        text = f"needs a database, and {what}; name a file of SQLite or a dump of mysqldump with --database"
        self._problems.add(
            source.where or source.name, source.name, f"{text}, or lists with --torrents, --keys"
        )
        return None

    def _whitelist_row(self, where, row, out):
        if not counts.is_hash(row[0]):
            self._problems.add(where, "info_hash", f"is {shorten(row[0])}; must be 40 hexadecimal digits")
            return 0
        out.write(row[0].lower() + "\n")
        return 1

    def _key_row(self, check_end):
        def write(where, row, out):
            key, until = row
            if not key_list.is_key(key):
                self._problems.add(where, "key", "must be 32 letters and digits")
            elif not key_list.is_end(until):
                wanted = f"must be NULL or Unix seconds up to {key_list.UNTIL_MAX}"
                self._problems.add(where, "valid_until", f"is {shorten(until)}; {wanted}")
            else:
                out.write(key_list.key_line(key, until, check_end))
                return 1
            return 0

        return write
