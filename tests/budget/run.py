#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Budget tests: no kind of packet may cost more instructions than its line of budget.txt allows.

Instructions are counted by callgrind, over net_pcap, and do not depend on how busy the machine is. A
kind that is more than 3 % above its line fails; one that is more than 3 % below passes with a note to
lower the line (--update). If compiler, DPDK, valgrind or CPU differ from those of the table, all kinds
are skipped. Writes TAP.
"""

import argparse
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
_tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(_tests / folder) for folder in ("golden", "profile", "clients", "support")]

import callgrind  # noqa: E402
import pcap  # noqa: E402
import process  # noqa: E402
import standard_output  # noqa: E402
import table  # noqa: E402
from kinds import ADDRESSES, FRAMES, KINDS  # noqa: E402
from load import Load  # noqa: E402
from progress import Progress  # noqa: E402

TOLERANCE = 0.03
PACKETS = 40_000
SETTINGS = {"swarm.max_torrents": 1000, "swarm.max_peers": 4000, "swarm.max_peers_ipv6": 2000}
# The limits of sources are on, and reach for all clients, which have one /64.
SETTINGS.update({"limits.peers_per_source": 4000, "limits.peers_per_swarm_and_source": 4000})


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weir",
        type=pathlib.Path,
        help="an optimised build with debug information (default: builds one, as scripts/profile does)",
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="run only kinds with this in their name")
    parser.add_argument("--update", action="store_true", help="write the counts to the table")
    parser.add_argument(
        "--anyway", action="store_true", help="compare even if compiler, DPDK, valgrind or CPU differ"
    )
    parser.add_argument(
        "--packets", type=int, default=PACKETS, help=f"packets counted of each kind ({PACKETS})"
    )
    return parser.parse_args()


def build():
    """Builds what scripts/profile measures, and returns its path."""
    commands = '. scripts/common.sh && build_profile && printf %s "$builds/profile/app/weir/weir"'
    ended = subprocess.run(
        ["bash", "-c", commands], cwd=_tests.parent, stdout=subprocess.PIPE, text=True, check=True
    )
    return pathlib.Path(ended.stdout)


def measure(kind, weir, packets, cpu):
    """Instructions per packet; raises Failure if packets got another verdict than that of the kind."""
    with tempfile.TemporaryDirectory(prefix="weir-budget-") as folder:
        path = pathlib.Path(folder) / "load.pcap"
        pcap.write(path, kind.frames())
        settings = {**SETTINGS, **kind.settings, **files(kind, folder), **on_cpu(cpu)}
        load = Load(path, FRAMES, ADDRESSES, settings)
        counted = callgrind.count(weir, load, folder, Progress(quiet=True), packets=packets)
    if set(counted.verdicts) != {kind.verdict}:
        raise process.Failure(f"not all packets got the verdict {kind.verdict}: {counted.verdicts}")
    return counted.weir


def files(kind, folder):
    """The settings of the kind that name a file, which is written."""
    paths = {setting: pathlib.Path(folder) / setting for setting in kind.files}
    for setting, path in paths.items():
        path.write_text("".join(f"{line}\n" for line in kind.files[setting]))
        path.chmod(0o600)
    return {setting: str(path) for setting, path in paths.items()}


def on_cpu(cpu):
    return {f"lcores.{role}": [cpu] for role in ("main", "io", "workers")}


def measure_all(kinds, weir, packets):
    """Yields (kind, instructions, problem); measures one kind on each CPU at a time."""
    cpus = queue.Queue()
    for cpu in sorted(os.sched_getaffinity(0)):
        cpus.put(cpu)

    def one(kind):
        cpu = cpus.get()
        try:
            return kind, measure(kind, weir, packets, cpu), ""
        except (process.Failure, OSError, subprocess.SubprocessError) as failure:
            return kind, None, str(failure)
        finally:
            cpus.put(cpu)

    with ThreadPoolExecutor(cpus.qsize()) as pool:
        yield from pool.map(one, kinds)


def compare(instructions, budget):
    """Returns (whether the count is within the budget, a line of text)."""
    if budget is None:
        return False, f"{instructions:.1f} instructions, no line in the table: add it with --update"
    excess = instructions / budget - 1
    text = f"{instructions:.1f} instructions, budget {budget:.1f} ({excess:+.1%})"
    if excess > TOLERANCE:
        return False, text
    if excess < -TOLERANCE:
        return True, text + ": below its budget, lower the line with --update"
    return True, text


def reason_to_skip(arguments, made_with):
    for tool in ("valgrind", "callgrind_control", "addr2line", "readelf"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if arguments.update or arguments.anyway:
        return ""
    here = table.setup(arguments.weir)
    differences = [
        f"{name} {made_with.get(name)}, here {value}"
        for name, value in here.items()
        if made_with.get(name) != value
    ]
    return "table measured with " + "; ".join(differences) if differences else ""


def run(arguments, kinds, budget):
    """Prints a line for each kind. Returns the counts and the number of failures."""
    measured, failures = {}, 0
    results = measure_all(kinds, arguments.weir, arguments.packets)
    for number, (kind, instructions, problem) in enumerate(results, 1):
        good, text = False, problem
        if not problem:
            measured[str(kind)] = instructions
            known = instructions if arguments.update else budget.get(str(kind))
            good, text = compare(instructions, known)
        print(f"{'ok' if good else 'not ok'} {number} - {kind}")
        print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)
        print(f"{kind}: {text}", file=sys.stderr)  # meson shows no comments
        failures += not good
    return measured, failures


def main():
    arguments = parse_arguments()
    arguments.weir = (arguments.weir or build()).resolve()
    made_with, budget = table.read()
    kinds = [kind for kind in KINDS if arguments.only in str(kind)]
    print(f"1..{len(kinds)}", flush=True)
    why = reason_to_skip(arguments, made_with)
    if why:
        for number, kind in enumerate(kinds, 1):
            print(f"ok {number} - {kind} # SKIP {why}")
        return 0
    measured, failures = run(arguments, kinds, budget)
    if arguments.update and failures == 0:
        here = table.setup(arguments.weir)
        kept = budget if here == made_with else {}  # counts of different setups do not mix
        table.write(here, KINDS, {**kept, **measured})
        print(f"# written: {table.PATH}")
    return 1 if failures else 0


if __name__ == "__main__":
    standard_output.run(main)
