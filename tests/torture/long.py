#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Soaks Weir for some minutes: loads of all kinds, while it is reloaded, edited, stopped and killed
(soak.py).

Ends at the first thing that is not as it should be, and says with which seed to see it again. With --ledger
the run is added to docs/torture/ledger.tsv, and docs/torture.md has the sums.
"""

import argparse
import datetime
import pathlib
import random
import sys
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / folder) for folder in ("golden", "support", "observe", "control")]

from laboratory import Laboratory, Programs  # noqa: E402
from ledger_file import Ledger  # noqa: E402
from soak import Soak  # noqa: E402
from suite import Failed  # noqa: E402

COLUMNS = (
    "date",
    "revision",
    "seed",
    "seconds",
    "requests",
    "answered",
    "junk",
    "events",
    "kills",
    "p99",
    "found",
)
TELL_S = 10


def _table(rows):
    def total(column):
        return sum(int(row[column]) for row in rows)

    yield "| hours | requests | of them answered | bad datagrams | events | kills | findings |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    hours, kinds = total("seconds") / 3600, ("requests", "answered", "junk", "events", "kills", "found")
    yield f"| {hours:.1f} | " + " | ".join(f"{total(kind):,}" for kind in kinds) + " |"


LEDGER = Ledger(TESTS.parent / "docs/torture/ledger.tsv", COLUMNS, TESTS.parent / "docs/torture.md", _table)


class Teller:
    def __init__(self):
        self._next = 0

    def __call__(self, sums):
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TELL_S
        print(f"{_events(sums)} events, {sums.counts['sent']} requests", file=sys.stderr, flush=True)


def _events(sums):
    names = [event.__name__ for event, _, _ in Soak.EVENTS if event is not Soak.nothing]
    return sum(sums.counts[name] for name in names)


def _drift(p99_us):
    """Of the median of the first third to that of the last third."""
    third = len(p99_us) // 3
    if third == 0:
        return "-"
    first, last = sorted(p99_us[:third]), sorted(p99_us[-third:])
    return f"{last[third // 2] / first[third // 2]:.2f}"


def _row(options, sums, found):
    return {
        "date": datetime.date.today().isoformat(),
        "revision": options.ledger,
        "seed": options.seed,
        "seconds": round(sums.seconds),
        "requests": sums.counts["sent"],
        "answered": sums.counts["answered"],
        "junk": sums.counts["junk"],
        "events": _events(sums),
        "kills": sums.counts["kill"],
        "p99": _drift(sums.p99_us),
        "found": int(found != ""),
    }


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=5, help="how long (5)")
    parser.add_argument("--seed", type=int, help="of all random choices (a new one)")
    parser.add_argument("--ledger", metavar="REVISION", help="add the run to the ledger")
    options = parser.parse_args()
    if options.build is None:
        return 0  # the command line is right
    options.seed = random.randrange(1 << 31) if options.seed is None else options.seed
    print(f"seed {options.seed}", file=sys.stderr)
    found = ""
    with Laboratory(Programs.of(options.build)) as laboratory:
        soak = Soak(laboratory, options.seed, Teller())
        began = time.monotonic()
        try:
            soak.run(options.minutes * 60)
        except Failed as failed:
            found = str(failed)
        soak.sums.seconds = time.monotonic() - began
    row = _row(options, soak.sums, found)
    print("\n".join(f"{name:10} {value}" for name, value in row.items()))
    if found:
        print(f"found, with --seed {options.seed}:\n{found}")
    if options.ledger:
        LEDGER.write([*LEDGER.read(), row])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
