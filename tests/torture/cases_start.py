# SPDX-License-Identifier: BSD-3-Clause
"""Each call that can fail while Weir starts fails in turn: Weir ends with a sentence, or goes on."""

import concurrent.futures
import csv
import os
import pathlib
import re
import subprocess
from collections import Counter

from suite import Skipped, case, check

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
UNREACHED = HERE / "unreached.tsv"
SOURCES = ("app/weir", "app/common", "lib")
RUN_S = 60
AT_ONCE = 2
CONFIG = """
driver = {{ virtual = true; eal = [ "--no-pci", "--vdev=net_null0,no-rx=1", "--vdev=net_null1,no-rx=1" ];
    rx_descriptors = 64; tx_descriptors = 64; }};
lcores = {{ io = [ 0 ]; workers = [ 0, 1 ]; }};
memory = {{ file_prefix = "{prefix}"; }};
swarm = {{ max_torrents = 1000; max_peers = 1000; }};
tracker = {{ key_file = "{folder}/key"; }};
snapshot = {{ file = "{folder}/peers"; }};
access = {{ mode = "deny"; file = "{folder}/torrents"; clients_file = "{folder}/clients"; }};
sources = {{ deny_file = "{folder}/networks"; }};
keys = {{ file = "{folder}/keys"; }};
ports = ( {{ device = "net_null0"; addresses = [ "10.77.0.1/24" ]; }},
          {{ device = "net_null1"; addresses = [ "fd77::1/64" ]; vlan = 5; }} );
"""


def _functions():
    text = (HERE / "faults.def").read_text()
    return re.findall(r"^FAULT\((\w+),", text, re.M)


def _start(laboratory, shim, **environment):
    """A start, and an end a second later."""
    folder = laboratory.folder()
    for name in ("torrents", "clients", "networks", "keys"):
        (folder / name).touch(mode=0o600)
    config = folder / "weir.cfg"
    config.write_text(CONFIG.format(prefix=laboratory.file_prefix(), folder=folder))
    variables = {"RUNTIME_DIRECTORY": str(folder), "LD_PRELOAD": str(shim), **environment}
    return subprocess.run(
        [laboratory.programs.weir, "-c", config, "--run-for", "1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **variables},
        timeout=RUN_S,
        check=False,
        text=True,
        errors="replace",
    )


def _places(laboratory, shim):
    """(function, offset, file, line) of each call of a start."""
    log = laboratory.folder() / "log"
    ended = _start(laboratory, shim, WEIR_FAULT_LOG=str(log))
    check(ended.returncode == 0, ended.stderr)
    rows = [line.split() for line in log.read_text().splitlines()]
    # The place is where the function returns to: the byte before is in the call.
    addresses = [hex(int(offset, 16) - 1) for _, offset in rows]
    said = subprocess.run(
        ["addr2line", "-e", laboratory.programs.weir, *addresses], capture_output=True, check=True, text=True
    )
    found = []
    for (function, offset), where in zip(rows, said.stdout.splitlines()):
        path, _, line = where.partition(" ")[0].rpartition(":")
        short = re.sub(r"^.*?((app|lib)/.*)$", r"\1", path)
        found.append((function, offset, short, line))
    return found


def _in_code(functions):
    """(file, function) of each call in the sources."""
    pattern = re.compile(r"(?<![\w>.])(" + "|".join(name.removesuffix("64") for name in functions) + r")\(")
    calls = set()
    for folder in SOURCES:
        for path in (TOP / folder).rglob("*.[ch]"):
            text = re.sub(r"//[^\n]*|\"(\\.|[^\"\\])*\"", "", path.read_text())
            calls |= {(str(path.relative_to(TOP)), name) for name in pattern.findall(text)}
    return calls


def _reasons():
    with UNREACHED.open(encoding="ascii", newline="") as file:
        return {(row["file"], row["function"]): row["reason"] for row in csv.DictReader(file, delimiter="\t")}


def _judge(place, ended):
    """How a start with one failing call ended, and what is wrong with that."""
    function, _, path, line = place
    what = f"{path}:{line}: {function}"
    if ended is None:
        return "hangs", f"{what}: it does not end"
    said = ended.stderr.strip() + ended.stdout.strip()
    if ended.returncode == 0:
        return "goes on", ""
    if ended.returncode < 0 or ended.returncode > 2:
        return "crashes", f"{what}: status {ended.returncode}\n{ended.stderr[-1500:]}"
    last = said.splitlines()[-1] if said else ""
    if len(last) < 10:
        return "silent", f"{what}: status {ended.returncode} without a sentence"
    return "ends with a sentence", ""


def _fail(laboratory, shim, place):
    try:
        return place, _start(laboratory, shim, WEIR_FAULT=place[1])
    except subprocess.TimeoutExpired:
        return place, None


@case("fault: every call of a start that can fail does, one after the other: a sentence, or it goes on")
def starts(laboratory):
    shim = laboratory.programs.weir.parents[2] / "tests/torture/libfault_shim.so"
    if not shim.exists():
        raise Skipped(f"needs {shim}")
    places = _places(laboratory, shim)
    check(len(places) >= 90, f"{len(places)} calls")
    counts, problems = Counter(), []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for place, ended in pool.map(lambda place: _fail(laboratory, shim, place), places):
            how, problem = _judge(place, ended)
            counts[how] += 1
            problems += [problem] if problem else []
    print(f"# {len(places)} calls: {dict(counts)}")
    check(not problems, "\n".join(problems))
    reached = {(path, function.removesuffix("64")) for function, _, path, _ in places}
    code = _in_code(_functions())
    missing = code - reached
    reasons = _reasons()
    unknown = sorted(f"{path}\t{function}" for path, function in missing - set(reasons))
    stale = sorted(f"{path}\t{function}" for path, function in set(reasons) - code)
    check(
        not unknown, "not called by this start, and without a reason in unreached.tsv:\n" + "\n".join(unknown)
    )
    check(not stale, "in unreached.tsv, but not in the code:\n" + "\n".join(stale))
