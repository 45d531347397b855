# SPDX-License-Identifier: BSD-3-Clause
"""Rows of results, as a table and as JSON, in the format of tests/bench/support/report.c.

(name, metric) is the key of a row. `ratio` is how much better than the baseline, above 1 is better. `pages`
is the size of the pages of memory, where it matters: "4k" or "2m"; names of rows with "2m" end in _2m.
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
    "cpu_share",
    "hand_overs",
}


HUGE = "2m"


@dataclass
class Row:
    name: str
    metric: str
    unit: str
    value: Optional[float]
    baseline: Optional[float] = None
    ratio: Optional[float] = None
    pages: Optional[str] = None

    def __post_init__(self):
        if self.ratio is None and self.value and self.baseline:
            lower = self.metric in LOWER_IS_BETTER
            self.ratio = self.baseline / self.value if lower else self.value / self.baseline

    @property
    def base_name(self):
        return self.name.removesuffix(f"_{HUGE}") if self.pages == HUGE else self.name


class Report:
    """The results of a benchmark, with the machine and the revision of the project."""

    def __init__(self):
        self.machine = Machine.read()
        self.revision = os.environ.get("BENCH_REVISION", "unknown")
        self.pages = None  # of rows that are added from now on
        self._rows = []

    @property
    def rows(self):
        """In the order in which they were added first, and with 4 KiB before 2 MiB."""
        places = {}
        for row in self._rows:
            places.setdefault((row.base_name, row.metric), len(places))
        return sorted(self._rows, key=lambda row: (places[row.base_name, row.metric], row.pages == HUGE))

    def append(self, row):
        if any((other.name, other.metric) == (row.name, row.metric) for other in self._rows):
            raise ValueError(f"a second row {row.name} {row.metric}")
        self._rows.append(row)

    def add(self, name, metric, unit, value, baseline=None):
        name = f"{name}_{HUGE}" if self.pages == HUGE else name
        self.append(Row(name, metric, unit, value, baseline, pages=self.pages))

    def take(self, content):
        """Adds the rows of another report, as JSON. Those that it has already are of no size of pages."""
        known = {(row.name, row.metric) for row in self._rows}
        for row in content["rows"]:
            if row["pages"] is not None or (row["name"], row["metric"]) not in known:
                self.append(Row(**row))

    def as_json(self):
        return {
            "schema": 1,
            "machine": self.machine.as_json(),
            "revision": self.revision,
            "rows": [_row_as_json(row) for row in self.rows],
        }

    def print(self, out):
        print(f"{self.machine}, revision {self.revision}\n", file=out)
        numbers = ("value", "baseline", "ratio")
        lines = [("name", "metric", "unit", *numbers, "pages")]
        for row in self.rows:
            texts = (number_text(getattr(row, number)) for number in numbers)
            lines.append((row.name, row.metric, row.unit, *texts, row.pages or "-"))
        widths = [max(map(len, column)) for column in zip(*lines)]
        for line in lines:
            cells = [
                f"{text:>{width}}" if column in numbers else f"{text:<{width}}"
                for text, width, column in zip(line, widths, lines[0])
            ]
            print("  ".join(cells).rstrip(), file=out)

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
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2g}" if 0 < abs(value) < 0.1 else f"{value:.2f}"  # a loss is small, but not 0
