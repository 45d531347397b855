# SPDX-License-Identifier: BSD-3-Clause
"""Tables and plots of results."""

import argparse
import json
import sys
from pathlib import Path

import plots
from process import Failed, run
from results import Result, newest_of_each
from rows import number_text

DESCRIPTION = """\
Reads JSON files of benchmarks and writes to docs/bench/: results.json with all of them, results.md with
a table for each, and plots as SVG and PNG. Without FILES it reads the newest file of each benchmark in
docs/bench/. File names begin with the name of the benchmark: pipeline.json, pipeline-12cores.json.

  for b in swarm pipeline scale wire latency; do
      sudo scripts/bench $b --json docs/bench/$b.json
  done
  scripts/bench report
"""

HEAD = """\
# Results

This file is the output of `scripts/bench report`. [benchmarking.md](../benchmarking.md) explains the rows.
The ratio compares the value with the baseline of the same run; above 1 is better. Rows that end in `_2m` are
with pages of 2 MiB, the others of such a benchmark with pages of 4 KiB.
"""


def write_json(results, folder):
    text = json.dumps({"schema": 1, "benches": {r.bench: r.content for r in results}}, indent=1)
    (folder / "results.json").write_text(text + "\n", encoding="ascii")


def write_tables(results, drawn, folder):
    parts = [HEAD]
    for result in results:
        parts.append(f"## {result.bench}\n\n{result.machine_text}\n")
        parts += [f"![{plot.title}]({plot.name}.svg)\n" for plot in drawn if plot.bench == result.bench]
        lines = ["| row | metric | unit | value | baseline | ratio |", "|---|---|---|---:|---:|---:|"]
        for row in result.rows:
            numbers = " | ".join(number_text(row[key]) for key in ("value", "baseline", "ratio"))
            lines.append(f"| {row['name']} | {row['metric']} | {row['unit']} | {numbers} |")
        parts.append("\n".join(lines) + "\n")
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/bench report",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--docs", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    results = [Result(path) for path in options.files] or newest_of_each(options.docs)
    if not results:
        raise Failed(f"no results: name FILES, or put them in {options.docs}")
    options.docs.mkdir(parents=True, exist_ok=True)
    drawn = plots.draw(results, options.docs)
    write_json(results, options.docs)
    write_tables(results, drawn, options.docs)
    print(f"{options.docs}: results.json, results.md, {len(drawn)} plots", file=sys.stderr)


if __name__ == "__main__":
    run(main)
