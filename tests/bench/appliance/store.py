# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of the store that are programs of their own, each run once for each size of pages."""

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

import pages
from process import run
from rows import Report

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))

import child  # noqa: E402

HUGE_PAGES_MIB = {"swarm": 4600, "repository": 600}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", add_help=False, allow_abbrev=False)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--json", nargs="?", const="-")
    pages.add_options(parser)
    options, others = parser.parse_known_args()
    report = Report()
    mib = HUGE_PAGES_MIB[options.program.name.removeprefix("bench_")]
    statuses = pages.measure_each(options, mib, report, lambda: _measure(options, others, report))
    report.publish(options.json)
    return max(statuses)


def _measure(options, others, report):
    """Runs the program and takes its rows; returns its exit status."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        path = Path(folder) / "rows.json"
        words = [options.program, *others, "--pages", report.pages, "--no-table", "--json", path]
        process = child.spawn(words, with_signal=signal.SIGKILL, stdout=sys.stderr)
        try:
            status = process.wait()
        finally:
            child.stop(process)
        if not path.exists():  # it has said why
            sys.exit(status or 1)
        report.take(json.loads(path.read_text(encoding="utf-8")))
        return status


if __name__ == "__main__":
    run(main)
