#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Which mistakes mutate.py makes, and which not."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import mutate  # noqa: E402

SOURCE = """// 1 == 1
#define ONE 1
static const int table[] = {1, 2};

bool
f(int a)
{
\tassert(a == 1);
\tif (a == 10) // a == 1
\t\treturn "a == 1"[a - 1] != '1';
\trte_prefetch0(p + 1);
\tp->x++;
\treturn true;
}
"""
WANTED = ["==->!=", " - -> + ", "1->2", "1->0", "!=->==", "++->--", "true->false"]


def checks():
    found = mutate.mutants("f.c", SOURCE)
    yield "one of each operator in code", [f"{m.old}->{m.new}" for m in found] == WANTED, found
    changed = found[0].apply(SOURCE).split("\n")
    yield "one place changes", changed[8] == "\tif (a != 10) // a == 1", changed[8]
    same = [a == b for a, b in zip(changed, SOURCE.split("\n"))]
    yield "and no other", same.count(False) == 1 and len(same) == len(changed), same
    first, total = mutate.choose({"f.c": SOURCE}, 3, 7)
    second, _ = mutate.choose({"f.c": SOURCE}, 3, 7)
    yield "a seed chooses the same", first == second and total == len(WANTED), first


def main():
    rows = list(checks())
    print(f"1..{len(rows)}")
    for number, (name, good, found) in enumerate(rows, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}" + ("" if good else f"\n# {found}"))
    return 0 if all(good for _, good, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
