#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The ledger of fuzzing: docs/fuzzing/ledger.tsv has a row for each fuzzer and revision, docs/fuzzing.md
sums.

  ledger.py --write    brings the table of docs/fuzzing.md up to date
  ledger.py --check    fails unless it is, and describes each fuzzer
"""

import argparse
import datetime
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests/support"))

from ledger_file import Ledger  # noqa: E402

COLUMNS = ("fuzzer", "revision", "date", "seconds", "executions", "findings")
DOCUMENT = TOP / "docs/fuzzing.md"


def fuzzers():
    """All there are, by the sources."""
    return sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c"))


def _table(rows):
    yield "| fuzzer | executions | hours of CPU | revisions | last |"
    yield "|---|---:|---:|---:|---|"
    for name in fuzzers():
        own = [row for row in rows if row["fuzzer"] == name]
        total = sum(int(row["executions"]) for row in own)
        hours = sum(int(row["seconds"]) for row in own) / 3600
        last = max((row["date"] for row in own), default="never")
        yield f"| `{name}` | {total:,} | {hours:.1f} | {len(own)} | {last} |"


LEDGER = Ledger(TOP / "docs/fuzzing/ledger.tsv", COLUMNS, DOCUMENT, _table)


def add(revision, trials):
    """Adds runs. `trials` have a name, took (s), executions, failed."""
    rows = {(row["fuzzer"], row["revision"]): row for row in LEDGER.read()}
    for trial in trials:
        empty = {"fuzzer": trial.name, "revision": revision, "seconds": 0, "executions": 0, "findings": 0}
        row = rows.setdefault((trial.name, revision), empty)
        row["date"] = datetime.date.today().isoformat()
        for column, more in (
            ("seconds", trial.took),
            ("executions", trial.executions),
            ("findings", int(trial.failed)),
        ):
            row[column] = int(row[column]) + more
    LEDGER.write(rows.values())


def _check():
    right = LEDGER.is_summed()
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [name for name in fuzzers() if text.count(f"`{name}`") < 2]
    print("1..2")
    print(f"{'ok' if right else 'not ok'} 1 - the sums of docs/fuzzing.md are those of the ledger")
    print(f"{'not ok' if missing else 'ok'} 2 - docs/fuzzing.md describes each fuzzer")
    for name in missing:
        print(f"# not described: {name}")
    return 0 if right and not missing else 1


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--write", action="store_true")
    group.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        return _check()
    LEDGER.write_sums()
    return 0


if __name__ == "__main__":
    sys.exit(main())
