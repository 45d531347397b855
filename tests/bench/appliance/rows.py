# SPDX-License-Identifier: BSD-3-Clause
"""Rows of results, as a table and as JSON, in the format of tests/bench/support/report.c.

(name, metric) is the key of a row. `ratio` is how much better than the baseline, above 1 is better.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from machine import Machine

LOWER_IS_BETTER = {
    "time_us",
    "time_ns",
    "loss",
    "bytes",
    "instructions",
    "moves",
    "device_moves",
    "empty_polls",
}


@dataclass
class Row:
    name: str
    metric: str
    unit: str
    value: Optional[float]
    baseline: Optional[float] = None
    ratio: Optional[float] = None

    def __post_init__(self):
        if self.ratio is None and self.value and self.baseline:
            lower = self.metric in LOWER_IS_BETTER
            self.ratio = self.baseline / self.value if lower else self.value / self.baseline


class Report:
    """The results of a benchmark, with the machine and the revision of the project."""

    def __init__(self):
        self.machine = Machine.read()
        self.revision = os.environ.get("BENCH_REVISION", "unknown")
        self.rows = []

    def add(self, name, metric, unit, value, baseline=None):
        if any((row.name, row.metric) == (name, metric) for row in self.rows):
            raise ValueError(f"a second row {name} {metric}")
        self.rows.append(Row(name, metric, unit, value, baseline))

    def as_json(self):
        return {
            "schema": 1,
            "machine": self.machine.as_json(),
            "revision": self.revision,
            "rows": [_row_as_json(row) for row in self.rows],
        }

    def print(self, out):
        print(f"{self.machine}, revision {self.revision}\n", file=out)
        print(
            f"{'name':<32} {'metric':<12} {'unit':<12} {'value':>14} {'baseline':>14} {'ratio':>8}", file=out
        )
        for row in self.rows:
            numbers = (
                f"{number_text(row.value):>14} {number_text(row.baseline):>14} {number_text(row.ratio):>8}"
            )
            print(f"{row.name:<32} {row.metric:<12} {row.unit:<12} {numbers}", file=out)

    def publish(self, json_path=None):
        """Prints the table; writes the JSON to a file, or for "-" to standard output instead of the table."""
        text = json.dumps(self.as_json(), indent=1) + "\n"
        if json_path == "-":
            sys.stdout.write(text)
            return
        self.print(sys.stdout)
        if json_path is not None:
            Path(json_path).write_text(text, encoding="ascii")


def _row_as_json(row):
    return {
        key: float(f"{value:.6g}") if isinstance(value, float) else value
        for key, value in asdict(row).items()
    }


def number_text(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
