# SPDX-License-Identifier: BSD-3-Clause
"""Lists in files: at start, with --check, and when a running Weir reads them again."""

import contextlib
import json
import random

import mixture
import reloading
from suite import case, check

MANY = 200_000
RELOADS = 20
MORE_BYTES = 8 << 20  # what a process may grow by
NAMES = ("access", "clients", "sources", "keys")
KEY = "abcdefghijklmnopqrstuvwxyz012345"
FILES = {
    "access": f"{1:040x}\n{2:040x} until=2100-01-01 # by mail\n",
    "clients": "-XX\n",
    "sources": "192.0.2.0/24 # noisy\nallow 192.0.2.1\n2001:db8::/32\n",
    "keys": f"{KEY} # somebody\n",
}
THINGS = {"access": "2 torrents", "clients": "1 client programs", "sources": "3 networks", "keys": "1 keys"}
OFF = {"mode": "off", "file": "", "entries": 0, "loaded_s": 0, "load_ms": 0, "failing": 0, "error": ""}


class Files:
    """The files of lists, and the settings that name them."""

    def __init__(self, laboratory):
        self.folder = laboratory.folder()
        for name, text in FILES.items():
            self.write(name, text)

    def path(self, name):
        return self.folder / f"{name}.list"

    def write(self, name, text):
        """In one step."""
        new = self.folder / "new"
        new.write_bytes(text if isinstance(text, bytes) else text.encode())
        new.chmod(0o600)
        new.rename(self.path(name))

    def settings(self, mode="deny"):
        return {
            "access.mode": mode,
            "access.file": str(self.path("access")),
            "access.clients_mode": mode,
            "access.clients_file": str(self.path("clients")),
            "sources.deny_file": str(self.path("sources")),
            "keys.required": True,
            "keys.file": str(self.path("keys")),
        }


def rows_of(weir):
    return {row["name"]: row for row in weir.weir.ask("/weir/lists").values()}


def wait_for(weir, name, **fields):
    """Until a list has these fields."""

    def has_them():
        row = rows_of(weir)[name]
        return all(row[field] == value for field, value in fields.items())

    weir.weir.wait_for(has_them, f"{name}: {fields}, not {rows_of(weir)[name]}")
    return rows_of(weir)[name]


def run_weir(laboratory, *arguments):
    return laboratory.run(laboratory.programs.weir, *arguments)


@case("lists: --check and a start name every wrong line, with all other mistakes, and exit with 2")
def refused_at_start(laboratory):
    files = Files(laboratory)
    files.write("access", f"{1:040x}\nxyz\n{2:040x} until=never\n".encode() + b"\0\xff\n")
    files.write("sources", "10.0.0.1/8\r\n# fine\n10.0.0.0/33")
    files.write("keys", f"{KEY}-secret\n")
    files.path("clients").unlink()
    settings = {**files.settings(), "tracker.interval": 0}
    config = files.folder / "weir.cfg"
    config.write_text(reloading.config_text(laboratory.file_prefix(), settings))
    wanted = (
        ("weir.cfg:", "tracker.interval: must be"),
        ("access.list:2: ", "xyz: must be"),
        ("access.list:3: ", "until=never: must"),
        ("access.list:4: ", r"\x00\xff: must be"),
        ("weir.cfg:", "access.clients_file: " + str(files.path("clients")) + " cannot be read"),
        ("sources.list:1: ", "10.0.0.1/8: must"),
        ("sources.list:3: ", "10.0.0.0/33: must"),
        ("keys.list:1: ", "must be"),
    )
    for words in (["--check"], ["--run-for", "1"]):
        ended = run_weir(laboratory, "-c", config, *words)
        check(ended.status == 2, f"{words}: exit status {ended.status}\n{ended.err}")
        lines = ended.err.splitlines()
        for place, text in wanted:
            found = [line for line in lines if line.startswith(f"{files.folder}/{place}") and text in line]
            check(len(found) == 1, f"not once: {place} … {text}\n{ended.err}")
        check(len(lines) == len(wanted), ended.err)
        check("secret" not in ended.err, f"tells a secret: {ended.err}")
    told = json.loads(run_weir(laboratory, "-c", config, "--check", "--json").out)
    check(len(told["errors"]) == len(wanted), f"{told}")


@case("lists: all four are in force at start, and telemetry, weirctl and the log say so")
def at_start(laboratory):
    files = Files(laboratory)
    text = reloading.config_text(laboratory.file_prefix(), files.settings())
    with reloading.running(laboratory, text) as weir:
        rows = rows_of(weir)
        check(tuple(rows) == NAMES, f"{rows}")
        for name in NAMES:
            row, mode = rows[name], "required" if name == "keys" else "deny"
            check(row["entries"] == int(THINGS[name].split()[0]), f"{row}")
            check((row["mode"], row["file"]) == (mode, str(files.path(name))), f"{row}")
            check((row["failing"], row["error"]) == (0, "") and row["loaded_s"] > 0, f"{row}")
            line = f"weir: {name} list: {THINGS[name]} from {files.path(name)} in 0."
            check(line in weir.said(), f"no line: {line}\n{weir.said()}")
        check(weir.weir.ask("/weir/lists,2") == rows["sources"], "the row of one list")
        shown = mixture.table(laboratory.weirctl(weir.weir, "lists").out)
        check([row[1] for row in shown] == list(NAMES), f"{shown}")
        check([row[3] for row in shown] == ["2", "1", "3", "1"], f"{shown}")
        check(weir.weir.ask("/weir/health")["list_failing"] == 0, "it fails")


@case("lists: what a SIGHUP finds is in force; a damaged file, or none, keeps the list before")
def reloaded(laboratory):
    files, prefix = Files(laboratory), laboratory.file_prefix()
    with reloading.running(laboratory, reloading.config_text(prefix, files.settings())) as weir:
        files.write("access", "".join(f"{number:040x}\n" for number in range(MANY)))
        weir.reload()
        wait_for(weir, "access", entries=MANY, failing=0)
        damaged = "".join(f"wrong {number}\n" for number in range(1005))
        files.write("access", damaged)
        weir.reload()
        row = wait_for(weir, "access", failing=1)
        check(row["entries"] == MANY and ":1: wrong 0: must be" in row["error"], f"{row}")
        weir.weir.wait_for(lambda: weir.weir.ask("/weir/health")["list_failing"] == 1, "list_failing")
        weir.weir.watched.wait_for("access.list: 5 more lines are wrong; weir --check names all")
        told = [line for line in weir.said().splitlines() if ": wrong " in line and ": must be" in line]
        check(len(told) == 1000, f"{len(told)} lines")
        check("access list: what was in force stays" in weir.said(), "it does not say what stays")
        files.path("access").unlink()
        weir.reload()
        weir.weir.wait_for(lambda: "make an empty one" in rows_of(weir)["access"]["error"], "no file")
        files.write("access", "")
        weir.reload(reloading.config_text(prefix, files.settings("allow")))
        wait_for(weir, "access", entries=0, failing=0, mode="allow")
        weir.weir.wait_for(lambda: weir.weir.ask("/weir/health")["list_failing"] == 0, "it is over")
        weir.reload(reloading.config_text(prefix))
        for name in NAMES:
            wait_for(weir, name, **OFF)
        weir.refuse(reloading.config_text(prefix, {"access.mode": "allow"}))
        check("access.mode: needs access.file" in weir.said(), weir.said())


@case("lists: a large list that is replaced again and again takes no more memory")
def replaced(laboratory):
    files = Files(laboratory)
    text = reloading.config_text(laboratory.file_prefix(), {**files.settings(), "log.rate": 0})
    with contextlib.ExitStack() as stack:
        weir = stack.enter_context(reloading.running(laboratory, text))
        before = None
        for number in range(RELOADS):
            bits = random.Random(number)
            count = MANY + number
            files.write("access", "".join(f"{bits.getrandbits(160):040x}\n" for _ in range(count)))
            weir.reload()
            wait_for(weir, "access", entries=count, failing=0)
            if number == 2:
                before = settled_bytes(weir)
        grown = settled_bytes(weir) - before
        check(grown < MORE_BYTES, f"it grew by {grown} bytes")


def settled_bytes(weir):
    """Memory once two ticks have freed what was retired."""
    tick = weir.weir.ask("/weir/info")["uptime_s"]
    weir.weir.wait_for(lambda: weir.weir.ask("/weir/info")["uptime_s"] > tick, "a second")
    return weir.rss_bytes()
