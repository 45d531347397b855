# SPDX-License-Identifier: BSD-3-Clause
"""Many lcores in one thread: instructions, jobs a burst and cache lines that move, for each packet."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import arguments
import progress
from process import Failed, run
from rows import Report

SIZES, QUICK_SIZES = (1, 2, 4, 8, 16, 32, 64), (1, 2, 16)
BASELINE = 2  # lcores of a kind
TIMEOUT_S = 600
KINDS = ("split", "shared", "steered")
METRICS = ("hand_overs", "instructions", "moves", "device_moves", "empty_polls", "jobs_a_burst")

DESCRIPTION = f"""\
Plays up to {SIZES[-1]} io lcores and {SIZES[-1]} workers in one thread, turn by turn, over Weir's own
structures and rings, with ports made of memory. So the numbers are exact, and the same on every machine
with the same instruction sets; times are not measured. Each io lcore receives a full burst a round, of
announces for 4,096 torrents with two peers each.

  split_N    N io lcores and N workers
  shared_N   N lcores with both roles
  steered_N  the same, with a NIC that brings each announce to the owner of its torrent
             (driver.steering = "flow"): a model, not measured on hardware

Rows, for each announce; the baseline is that of {BASELINE} of the same kind:

  hand_overs     that went to another lcore
  instructions   in turns of both kinds, counted by valgrind's callgrind
  moves          cache lines that an lcore reads but has not, or writes, while another lcore has them;
                 caches are taken to be endless
  device_moves   the same, while only the port has them
  empty_polls    looks of workers into a request ring with nothing in it
  jobs_a_burst   jobs that a worker finds in a request ring where there are any

Then moves by what the lines hold.
"""


def program_json(words):
    ended = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if ended.returncode != 0:
        raise Failed(f"{' '.join(map(str, words))}: status {ended.returncode}\n{ended.stderr}")
    return json.loads(ended.stdout)


def instructions(program, size):
    """For each announce."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        tool = ["valgrind", "--quiet", "--tool=callgrind", "--collect-atstart=no"]
        told = program_json([*tool, f"--callgrind-out-file={out}", program, *size])
        return int(re.search(r"^(?:summary|totals): (\d+)$", out.read_text(), re.M)[1]) / told["packets"]


def measure(options, kind, count):
    size = (count, count) if kind == "split" else (count, count, kind)
    told = program_json([options.lines, *size])
    lines = told.pop("lines")
    return {
        "hand_overs": told["hand_overs"],
        "instructions": instructions(options.model, size),
        "moves": sum(sums["moves"] for sums in lines.values()),
        "device_moves": sum(sums["device_moves"] for sums in lines.values()),
        "empty_polls": told["empty_polls"],
        "jobs_a_burst": told["jobs_a_burst"],
        "by_name": {name: sums["moves"] for name, sums in lines.items()},
    }


def add_rows(report, kind, measured):
    baseline = measured[BASELINE]
    for count, values in measured.items():
        for metric in METRICS:
            report.add(f"{kind}_{count}", metric, "per packet", values[metric], baseline[metric])
        for name, moves in values["by_name"].items():
            if moves > 0:
                report.add(
                    f"{kind}_{count}: {name}", "moves", "per packet", moves, baseline["by_name"].get(name)
                )


def main():
    parser = arguments.parser("scale-model", DESCRIPTION, programs=("--model", "--lines"))
    options = parser.parse_args()
    report = Report()
    for kind in KINDS:
        measured = {}
        for count in QUICK_SIZES if options.quick else SIZES:
            progress.say(f"{kind}_{count}")
            measured[count] = measure(options, kind, count)
        add_rows(report, kind, measured)
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    run(main)
