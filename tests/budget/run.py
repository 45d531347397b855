#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Budget tests: no kind of packet may cost more instructions than its line of budget.txt says.

Counts with callgrind, over net_pcap; the same number on a busy machine. A kind more than 3 % above
its line fails; one that has become cheaper says so, and wants a new line (--update). Where the
compiler, DPDK, valgrind or the CPU differ from the table's, all kinds are skipped. Writes TAP.
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


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weir",
        type=pathlib.Path,
        required=True,
        help="an optimised build with debug information, as scripts/test makes it",
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="the kinds that have this in their name")
    parser.add_argument("--update", action="store_true", help="write what is measured to the table")
    parser.add_argument("--anyway", action="store_true", help="compare, whatever the table was measured with")
    parser.add_argument("--packets", type=int, default=PACKETS, help=f"a kind ({PACKETS})")
    return parser.parse_args()


def measure(kind, weir, packets, cpu):
    """Instructions a packet; a Failure where the packets did not end as the kind says."""
    with tempfile.TemporaryDirectory(prefix="weir-budget-") as folder:
        path = pathlib.Path(folder) / "load.pcap"
        pcap.write(path, kind.frames())
        load = Load(path, FRAMES, ADDRESSES, {**SETTINGS, **on_cpu(cpu)})
        counted = callgrind.count(weir, load, folder, Progress(quiet=True), packets=packets)
    if set(counted.verdicts) != {kind.verdict}:
        raise process.Failure(f"not all packets ended as {kind.verdict}: {counted.verdicts}")
    return counted.weir


def on_cpu(cpu):
    return {f"lcores.{role}": [cpu] for role in ("main", "io", "workers")}


def measure_all(kinds, weir, packets):
    """Yields (kind, instructions, problem), as many at a time as there are CPUs."""
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


def judge(instructions, budget):
    """(whether it is within its line, what to say)."""
    if budget is None:
        return False, f"{instructions:.1f}, and no line in the table: --update"
    excess = instructions / budget - 1
    text = f"{instructions:.1f} instructions, budget {budget:.1f} ({excess:+.1%})"
    if excess > TOLERANCE:
        return False, text
    if excess < -TOLERANCE:
        return True, text + ": cheaper than its line, lower it (--update)"
    return True, text


def reason_to_skip(arguments, made_with):
    for tool in ("valgrind", "callgrind_control", "addr2line", "readelf"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if arguments.update or arguments.anyway:
        return ""
    here = table.circumstances(arguments.weir)
    differences = [
        f"{name} {made_with.get(name)}, here {value}"
        for name, value in here.items()
        if made_with.get(name) != value
    ]
    return "measured with " + "; ".join(differences) if differences else ""


def run(arguments, kinds, budget):
    """Prints a line a kind. Returns what was measured, and how many failed."""
    measured, failures = {}, 0
    results = measure_all(kinds, arguments.weir, arguments.packets)
    for number, (kind, instructions, problem) in enumerate(results, 1):
        good, text = False, problem
        if not problem:
            measured[str(kind)] = instructions
            known = instructions if arguments.update else budget.get(str(kind))
            good, text = judge(instructions, known)
        print(f"{'ok' if good else 'not ok'} {number} - {kind}")
        print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)
        failures += not good
    return measured, failures


def main():
    arguments = parse_arguments()
    arguments.weir = arguments.weir.resolve()
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
        here = table.circumstances(arguments.weir)
        kept = budget if here == made_with else {}  # numbers of other circumstances do not mix
        table.write(here, KINDS, {**kept, **measured})
        print(f"# written: {table.PATH}")
    return 1 if failures else 0


if __name__ == "__main__":
    standard_output.run(main)
