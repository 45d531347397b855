# SPDX-License-Identifier: BSD-3-Clause
"""The full scrape that Weir writes to a file: what stands in it, and that it is always whole."""

import collections
import contextlib
import os
import re
import stat
import time

import bep15
import frames
import loaded
from suite import case, check

TIMEOUT_S = 60
ONLY4, ONLY6, BOTH, LEFT, FINISHED = (bytes([n]) * 20 for n in range(1, 6))


class Model:
    """Lines that the announces of a scenario make. Downloads are told by family, which the model of
    golden does not keep apart."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.completed = collections.Counter()

    def announce(self, client, info_hash, **how):
        before = self.scenario.tracker.completed
        self.scenario.announce(client, info_hash, **how)
        more = self.scenario.tracker.completed - before
        self.completed[client.family, info_hash] += more

    def lines(self):
        lines = set()
        for info_hash, torrent in self.scenario.tracker.torrents.items():
            for digit in "46":
                family = f"ipv{digit}"
                seeders, leechers = torrent.counts(family)
                completed = self.completed[family, info_hash]
                if seeders or leechers or completed:
                    lines.add(f"{digit} {info_hash.hex()} {seeders} {leechers} {completed}")
        return lines


def fill(model):
    client4, client6 = frames.client4, frames.client6
    model.announce(client4(11), ONLY4, left=0)
    model.announce(client4(12), ONLY4, left=5)
    model.announce(client6(13), ONLY6, left=5)
    model.announce(client4(14), BOTH, left=5)
    model.announce(client6(15), BOTH, left=5)
    model.announce(client6(15), BOTH, left=0, event=bep15.COMPLETED)
    model.announce(client6(16), BOTH, left=9)
    model.announce(client4(17), LEFT, left=5)  # gone, nothing downloaded
    model.announce(client4(17), LEFT, left=5, event=bep15.STOPPED)
    model.announce(client4(18), FINISHED, left=5)  # gone, but downloaded
    model.announce(client4(18), FINISHED, left=0, event=bep15.COMPLETED)
    model.announce(client4(18), FINISHED, left=0, event=bep15.STOPPED)


def wait_runs(ask, count):
    """Until so many exports have ended; returns the report."""
    deadline = time.monotonic() + TIMEOUT_S
    while (told := ask("/weir/export"))["runs"] < count:
        check(time.monotonic() < deadline, f"{told}")
        time.sleep(0.05)
    return told


def wait_health(ask, failing):
    """Until health says that exports fail, or no longer."""
    deadline = time.monotonic() + TIMEOUT_S
    while (told := ask("/weir/health"))["export_failing"] != failing:
        check(time.monotonic() < deadline, f"{told}")
        time.sleep(0.05)


def wait_good(ask):
    """Until an export is in place that began after now; returns the report."""
    deadline = time.monotonic() + TIMEOUT_S
    good = None
    while True:
        told = ask("/weir/export")
        good = told["runs"] - told["failures"] if good is None else good
        if told["runs"] - told["failures"] >= good + 2:
            return told
        check(time.monotonic() < deadline, f"{told}")
        time.sleep(0.05)


def exporting(laboratory, more=None):
    """A scenario with an export every second, its model, and the file."""
    path = laboratory.folder() / "scrape"
    settings = {"export.file": str(path), "export.interval": 1, **(more or {})}
    scenario = laboratory.scenario(settings=settings)
    return scenario, Model(scenario), path


@case("export: one line for each address family with peers or downloads")
def content(laboratory):
    scenario, model, path = exporting(laboratory)
    fill(model)
    wanted = model.lines()
    check(len(wanted) == 5, f"{wanted}")
    check(f"4 {FINISHED.hex()} 0 0 1" in wanted and f"6 {BOTH.hex()} 1 1 1" in wanted, f"{wanted}")
    with laboratory.fed(scenario) as weir:
        told = wait_good(weir.ask)
        text = path.read_text()
        mode = stat.S_IMODE(path.stat().st_mode)
        shown = laboratory.weirctl(weir, "export", "--json").json()
        table = laboratory.weirctl(weir, "export").out
    lines = text.splitlines()
    check(sorted(lines) == sorted(wanted), f"{lines}\nnot\n{wanted}")
    check(text.endswith("\n"), "the last line does not end")
    check(mode == 0o644, f"mode {mode:o}")
    check([entry.name for entry in path.parent.iterdir()] == ["scrape"], "something was left")
    torrents = len({line.split()[1] for line in wanted})
    wanted = {"file": str(path), "interval_s": 1, "last_torrents": torrents}
    check({name: shown[name] for name in wanted} == wanted, f"weirctl: {shown}")
    check(str(path) in table and "failures" in table, f"weirctl: {table}")
    for name, value in wanted.items():
        check(told[name] == value, f"{name} is {told[name]}, not {value}")
    check(told["last_s"] == scenario.settings["test.time"], f"{told}")
    check(set(told) == {*wanted, "runs", "failures", "last_s", "last_ms"}, f"{told}")


@case("export: nothing is exported or logged without a file")
def off(laboratory):
    scenario = laboratory.scenario()
    scenario.noise(1)
    with laboratory.fed(scenario) as weir:
        told = weir.ask("/weir/export")
    wanted = {
        "file": "",
        "interval_s": 600,
        "runs": 0,
        "failures": 0,
        "last_s": 0,
        "last_torrents": 0,
        "last_ms": 0,
    }
    check(told == wanted, f"{told}")


@case("export: a failure keeps the old file, is logged and counted; later exports work")
def failure(laboratory):
    scenario, model, path = exporting(laboratory)
    model.announce(frames.client4(11), ONLY4, left=0)
    with laboratory.fed(scenario) as weir:
        wait_good(weir.ask)
        good = path.read_text()
        hidden = path.parent.with_name("hidden")
        path.parent.rename(hidden)  # the folder is gone
        before = weir.ask("/weir/export")
        told = wait_runs(weir.ask, before["runs"] + 2)
        wait_health(weir.ask, failing=1)
        failures = told["failures"]
        check(failures > before["failures"], f"{told}")
        check((hidden / "scrape").read_text() == good, "the old file was changed")
        hidden.rename(path.parent)
        blocker = path.with_name("scrape.new")
        with contextlib.suppress(FileNotFoundError):
            blocker.unlink()
        blocker.mkdir()  # what cannot be cleared away
        told = wait_runs(weir.ask, weir.ask("/weir/export")["runs"] + 2)
        check(told["failures"] > failures, f"{told}")
        failures = told["failures"]
        check(path.read_text() == good, "the old file was changed")
        blocker.rmdir()
        failures = wait_good(weir.ask)["failures"]
        wait_health(weir.ask, failing=0)
        check(path.read_text() == good, path.read_text())
    said = weir.ended.err.count(f"weir: warning: export failed, {path} is not updated: ")
    check(said == failures, f"said {said} times, not {failures}\n{weir.ended.err}")
    check("No such file or directory" in weir.ended.err, weir.ended.err)


@case("export: a full file system keeps the old file")
def no_room(laboratory):
    scenario, model, path = exporting(laboratory)
    for number in range(200):
        model.announce(frames.client4(11), bytes([7, number]) * 10, left=0)
    path.write_text("old\n")
    limit = 8192  # of a line for each torrent, but not of all that Weir sends back
    with laboratory.fed(scenario) as weir:
        words = ["prlimit", f"--pid={weir.process.pid}", f"--fsize={limit}:unlimited"]
        check(laboratory.run(*words).status == 0, "prlimit")
        told = wait_runs(weir.ask, weir.ask("/weir/export")["runs"] + 2)
        text = path.read_text()
        laboratory.run(*words[:2], "--fsize=unlimited")
        wait_good(weir.ask)
    check(told["failures"] >= 1, f"{told}")
    check(text == "old\n" or len(text.splitlines()) == 200, text)
    check(len(path.read_text().splitlines()) == 200, "it does not work again")
    check("File too large" in weir.ended.err, weir.ended.err)


LINE = re.compile(r"[46] [0-9a-f]{40} \d+ \d+ \d+")


def check_whole(text):
    lines = text.splitlines()
    check(text.endswith("\n"), "a partial file")
    check(all(map(LINE.fullmatch, lines)), "a line that is none")
    check(len({row[:42] for row in lines}) == len(lines), "a torrent stands twice")


def read_again_and_again(path, enough):
    """Checks each version of the file until enough() is; returns how many there were."""
    versions, last = 0, None
    while not enough():
        with open(path, encoding="ascii") as file:
            status = os.fstat(file.fileno())
            version = status.st_ino, status.st_mtime_ns
            if version == last:
                time.sleep(0.001)
                continue
            check_whole(file.read())
        versions, last = versions + 1, version
    return versions


SMALL = ["--torrents", 2000, "--peers", 20000]


@case("export: readers never see a partial file under load")
def under_load(laboratory):
    path = laboratory.folder() / "scrape"
    path.write_text(f"4 {ONLY4.hex()} 0 0 1\n")
    hashes = laboratory.folder() / "hashes"
    laboratory.run(laboratory.programs.weir_load, "--print-hashes", hashes, *SMALL)
    more = f'export = {{ file = "{path}"; interval = 1; }};'
    with loaded.running(laboratory, more=more) as weir_on_memif:
        weir = weir_on_memif.weir
        with weir_on_memif.loading("--duration", 5, *SMALL) as load:
            versions = read_again_and_again(path, lambda: load.poll() is not None)
        check(load.returncode == 0, f"weir-load: exit status {load.returncode}")
        wait_good(weir.ask)
        stats = weir.ask("/weir/stats")
        lines = [line.split() for line in path.read_text().splitlines()]
    check(versions >= 3, f"{versions} versions")
    known = set(hashes.read_text().split())
    check({line[1] for line in lines} <= known, "a torrent that nobody announced")
    for digit in "46":
        for column, role in ((2, "seeders"), (3, "leechers")):
            peers = sum(int(line[column]) for line in lines if line[0] == digit)
            check(peers == stats[f"{role}_ipv{digit}"] > 0, f"{peers} {role}, not {stats}")
    completed = sum(int(line[4]) for line in lines)
    check(completed == stats["completed"], f"{completed} downloads, not {stats}")


@case("export: --check reports a wrong path")
def wrong_path(laboratory):
    folder = laboratory.folder()
    (folder / "plain").write_text("")
    for value, words in (
        (folder / "none" / "scrape", "/none/ is missing; make it with mkdir -p -m 700"),
        (folder / "plain" / "scrape", "/plain/ is not a folder, or lies below a file"),
        (folder, "not a regular file"),
        ("/dev/null", "not a regular file"),
    ):
        path = folder / "weir.cfg"
        path.write_text(f'driver = {{ virtual = true; }};\n\nexport = {{ file = "{value}"; }};\n')
        for action in (["--check"], ["--print-config"], []):
            ended = laboratory.run(laboratory.programs.weir, "-c", path, *action)
            check(ended.status == 2, f"exit status {ended.status}\n{ended.err}")
            check(ended.err.startswith(f"{path}:3: export.file: "), ended.err)
            check(words in ended.err and len(ended.err.splitlines()) == 1, ended.err)
    path.write_text(f'driver = {{ virtual = true; }};\nexport = {{ file = "{folder}/scrape"; }};\n')
    ended = laboratory.run(laboratory.programs.weir, "-c", path, "--check")
    check(ended.status == 0 and not (folder / "scrape").exists(), ended.err)
