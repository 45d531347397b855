# SPDX-License-Identifier: BSD-3-Clause
"""Runs weir-migrate and reads what it made."""

import json
import re
import sqlite3
import subprocess

from cases_output import program
from lab import REPOSITORY
from suite import check

DATA = REPOSITORY / "tests" / "migrate"
TIMEOUT_S = 120
PORT = ("--driver", "net_ring", "--addresses", "10.77.0.1/24,fd77::1/64")


def migrate(lab, *words, folder=None, status=0):
    """Ends with this status, or the case fails."""
    ended = subprocess.run(
        [program(lab, "weir-migrate"), *map(str, words)],
        cwd=folder or lab.folder(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    check(ended.returncode == status, f"{words}: status {ended.returncode}, not {status}\n{ended.stderr}")
    check("Traceback" not in ended.stderr, ended.stderr)
    return ended


def report(folder):
    return json.loads((folder / "report.json").read_text())


def settings(folder):
    """Of weir.cfg, by "group.name", as texts."""
    found, group = {}, ""
    for line in (folder / "weir.cfg").read_text().splitlines():
        head = re.match(r"(\w+) = \{$", line)
        group = head[1] if head else group
        value = re.match(r"    (\w+) = (.*?);( #.*)?$", line)
        if value:
            found[f"{group}.{value[1]}"] = value[2].strip('"')
    return found


def fates(told):
    """Fate by key; of a key with several, the first."""
    found = {}
    for line in told["settings"]:
        found.setdefault(line["key"], line["fate"])
    return found


def torrust_database(path, whitelist=(), keys=(), torrents=(), newer=False):
    """The tables of packages/tracker-core/migrations/sqlite in Torrust; `newer`: those of 2026."""
    counts, allowed = ("completed_v1", "whitelist_v1") if newer else ("torrents", "whitelist")
    column = "count" if newer else "completed"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE {allowed} (info_hash TEXT NOT NULL UNIQUE)")
    connection.execute(f"CREATE TABLE {counts} (info_hash TEXT NOT NULL UNIQUE, {column} INTEGER NOT NULL)")
    connection.execute("CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL, valid_until INTEGER)")
    connection.executemany(f"INSERT INTO {allowed} VALUES (?)", [(row,) for row in whitelist])
    connection.executemany(f"INSERT INTO {counts} VALUES (?, ?)", torrents)
    connection.executemany("INSERT INTO keys (key, valid_until) VALUES (?, ?)", keys)
    connection.commit()
    connection.close()
    return path
