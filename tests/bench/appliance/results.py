# SPDX-License-Identifier: BSD-3-Clause
"""Results of a benchmark, read from a file."""

import json

from pages import NAMES
from process import Failed
from rows import HUGE

ORDER = ("pipeline", "observation", "scale", "scale-model", "wire", "latency")
ORDER += ("idle", "peers", "swarm", "repository")


def bench_of(stem):
    """The benchmark that the name of a file begins with: its own name, or that and a hyphen."""
    return max((bench for bench in ORDER if f"{stem}-".startswith(f"{bench}-")), key=len, default=None)


class Result:
    def __init__(self, path):
        self.bench = bench_of(path.stem)
        if self.bench is None:
            raise Failed(f"{path}: the name must begin with that of a benchmark: {', '.join(ORDER)}")
        try:
            self.content = json.loads(path.read_text(encoding="utf-8"))
            self.rows = self.content["rows"]
            self._machine = self.content["machine"]
            self._by_key = {(row["name"], row["metric"]): row for row in self.rows}
        except OSError as error:
            raise Failed(f"{path}: {error.strerror}") from None
        except (ValueError, KeyError, TypeError):
            raise Failed(f"{path} was not written by --json of a benchmark") from None

    @property
    def pages(self):
        """The sizes of pages of its rows, as in rows."""
        return {row.get("pages") for row in self.rows} - {None}

    @property
    def _ending(self):
        return f"_{HUGE}" if self.pages == {HUGE} else ""

    @property
    def pages_text(self):
        """The pages of the rows that get() finds; empty if results do not say it."""
        if not self.pages:
            return ""
        return f", pages of {NAMES[HUGE if self._ending else '4k']}"

    @property
    def machine_text(self):
        machine = self._machine
        revision = self.content["revision"]
        return f"{machine['cpu']}, {machine['cpus']} CPUs, Linux {machine['kernel']}, revision {revision}"

    def get(self, name, metric, what="value"):
        """A number of a row; None if there is no such row. Of rows with both sizes of pages it is that with
        4 KiB; results that have pages of 2 MiB alone are asked without the end of their names, too."""
        row = self._by_key.get((name, metric)) or self._by_key.get((f"{name}{self._ending}", metric))
        return None if row is None else row[what]


def newest_of_each(folder):
    """The newest results of each benchmark, in the order of presentation."""
    newest = {}
    paths = [path for path in folder.glob("*.json") if path.name != "results.json"]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime):
        result = Result(path)
        newest[result.bench] = result
    return [newest[bench] for bench in ORDER if bench in newest]
