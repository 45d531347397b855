# SPDX-License-Identifier: BSD-3-Clause
"""Branches that no test takes, and why: reasons.tsv, by the text of their lines."""

import re
from collections import Counter
from dataclasses import dataclass

COLUMNS = ("file", "function", "line", "branches", "reason")


@dataclass(frozen=True)
class Reason:
    """Why between `least` and `most` branches of a line are not taken."""

    path: str
    function: str
    text: str
    least: int
    most: int
    reason: str

    def key(self):
        return self.path, self.function, self.text


def parse(row):
    """A row of the table; ValueError says what is wrong."""
    if set(row) != set(COLUMNS) or not all((row[name] or "").strip() for name in COLUMNS):
        raise ValueError(f"needs {', '.join(COLUMNS)}: {row}")
    found = re.fullmatch(r"(?:(\d+)-)?(\d+)", row["branches"])
    if not found or int(found[2]) == 0:
        raise ValueError(f"a number or a range of branches: {row}")
    least, most = int(found[1] or found[2]), int(found[2])
    return Reason(row["file"], row["function"], row["line"], least, most, row["reason"])


def judge(lines, reasons):
    """What is not in order, as sentences.

    Equal lines of a function are taken together.
    """
    problems = []
    missing, numbers = Counter(), {}
    for line in lines:
        missing[line.key()] += line.missing()
        if line.missing():
            numbers.setdefault(line.key(), f"{line.path}:{line.number}")
    known = {reason.key(): reason for reason in reasons}
    for key in (key for key, times in Counter(reason.key() for reason in reasons).items() if times > 1):
        problems.append(f"reasons.tsv has a line twice: {': '.join(key)}")
    for key, left in missing.items():
        reason = known.get(key)
        if left > (reason.most if reason else 0):
            more = f", {reason.most} of them for a reason" if reason else ""
            problems.append(f"{numbers[key]}: branches not taken: {left}{more}: {key[2]}")
    for key, reason in known.items():
        if key not in missing:
            problems.append(f"reasons.tsv names a line that is not there: {': '.join(key)}")
        elif missing[key] < reason.least:
            where = ": ".join(key)
            problems.append(f"reasons.tsv excuses more branches than are not taken ({missing[key]}): {where}")
    return problems
