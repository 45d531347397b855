# SPDX-License-Identifier: BSD-3-Clause
"""Branches of C sources that tests have taken, as gcov reads them."""

import csv
import json
import os
import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest


@dataclass(frozen=True)
class Line:
    """A line with branches."""

    path: str
    number: int  # from 1
    function: str
    text: str
    branches: int
    taken: int

    def missing(self):
        return self.branches - self.taken

    def key(self):
        """What stays the same when lines move."""
        return self.path, self.function, self.text


def _report(build, notes):
    """What gcov says about a source that was compiled to `notes`."""
    command = ["gcov", "--json-format", "--stdout", "--branch-probabilities", "--branch-counts", notes]
    # It warns where no program has run. Where the data is of another build, it prints nothing.
    ended = subprocess.run(command, cwd=build, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(ended.stdout) if ended.stdout else {"files": []}


def reports(build, jobs):
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda notes: _report(build, notes), sorted(build.rglob("*.gcno")))


def merge(found, top, folders):
    """Path, line, function -> for each branch whether any program took it.

    A function of a header is compiled by each source that includes it, each time with the same branches.
    """
    merged = {}
    for report in found:
        for file in report["files"]:
            path = os.path.relpath(os.path.join(report["current_working_directory"], file["file"]), top)
            if not path.startswith(folders):
                continue
            for line in file["lines"]:
                taken = [branch["count"] > 0 for branch in line["branches"]]
                key = path, line["line_number"], line.get("function_name", "-")
                known = merged.get(key, [])
                merged[key] = [any(both) for both in zip_longest(known, taken, fillvalue=False)]
    return merged


def lines(merged, top, excluded):
    """All lines with branches, but those that match a pattern of `excluded`."""
    result, sources = [], {}
    for (path, number, function), taken in sorted(merged.items()):
        if path not in sources:
            sources[path] = (pathlib.Path(top) / path).read_text(encoding="utf-8").split("\n")
        text = sources[path][number - 1].strip()
        if taken and not any(pattern.search(text) for pattern in excluded):
            result.append(Line(path, number, function, text, len(taken), sum(taken)))
    return result


def table(path):
    """The rows of a table in the tree."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def share(chosen):
    """Percent of the branches, taken, all."""
    taken, everything = sum(line.taken for line in chosen), sum(line.branches for line in chosen)
    return 100 * taken / everything if everything else 0, taken, everything
