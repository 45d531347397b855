#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What branches.py counts and what reasons.py demands."""

import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import branches  # noqa: E402
import reasons  # noqa: E402

SOURCE = """struct point {
\tint x;
};

static int table[] = {1, 2};

static bool
first(int a)
{
\tif (a)
\t\treturn true;
\tRTE_VERIFY(a);
}

int
second(
\tint a,
\tint b
)
{
\tif (a)
\t\treturn 1;
\tif (a)
\t\treturn 2;
}
"""


def _entry(number, function, *counts):
    return {
        "line_number": number,
        "function_name": function,
        "branches": [{"count": count} for count in counts],
    }


def _lines(*programs):
    """Lines of f.c by what each program took of it."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "lib").mkdir()
        (pathlib.Path(folder) / "lib/f.c").write_text(SOURCE, encoding="utf-8")
        build = pathlib.Path(folder) / "build"
        reports = [
            {
                "current_working_directory": str(build),
                "files": [{"file": "../lib/f.c", "lines": entries}, {"file": "/usr/f.h", "lines": entries}],
            }
            for entries in programs
        ]
        return branches.lines(branches.merge(reports, folder, ("lib/",)), folder, [re.compile("RTE_VERIFY")])


def _judge(lines, *rows):
    return reasons.judge(lines, [reasons.parse(dict(zip(reasons.COLUMNS, row))) for row in rows])


def _refuses(*row):
    try:
        reasons.parse(dict(zip(reasons.COLUMNS, row)))
    except ValueError:
        return True
    return False


def checks():
    once = [
        _entry(3, "first"),
        _entry(10, "first", 5, 0),
        _entry(12, "first", 1, 0),
        _entry(21, "second", 0, 0),
        _entry(23, "second", 1, 1),
    ]
    lines = _lines(once)
    yield "lines with branches, without excluded ones", [line.number for line in lines] == [10, 21, 23], lines
    yield "the share", branches.share(lines) == (50, 3, 6), branches.share(lines)
    found = [line.taken for line in _lines(once, [_entry(10, "first", 0, 1), _entry(21, "second", 1, 0)])]
    yield "what one of several programs takes", found == [2, 1, 2], found

    first = ("lib/f.c", "first", "if (a)", "1", "because")
    second = ("lib/f.c", "second", "if (a)", "2", "because")
    found = _judge(lines)
    wanted = ["lib/f.c:10: branches not taken: 1: if (a)", "lib/f.c:21: branches not taken: 2: if (a)"]
    yield "each line needs a reason", found == wanted, found
    found = _judge(lines, first, second)
    yield "with reasons all is well", found == [], found
    found = _judge(lines, first, (*second[:3], "1", "because"))
    yield "more branches than the reason has", len(found) == 1 and "1 of them for a reason" in found[0], found
    found = _judge(lines, (*first[:3], "2", "because"), second)
    yield "fewer branches than the reason has", len(found) == 1 and "more branches than" in found[0], found
    found = _judge(lines, (*first[:3], "0-2", "because"), second)
    yield "a range for what differs", found == [], found
    found = _judge(lines, first, second, ("lib/f.c", "third", "if (a)", "1", "because"))
    yield "a line that went", len(found) == 1 and "not there" in found[0], found
    found = _judge(lines, first, first, second)
    yield "a line twice", len(found) == 1 and "twice" in found[0], found
    yield "no reason is none", _refuses(*first[:4], " "), ""
    yield "zero branches are none", _refuses(*first[:3], "0", "because"), ""
    for name in ("reasons.tsv", "excluded.tsv"):
        rows = branches.table(HERE / name)
        yield f"{name} can be read", all(None not in row and all(row.values()) for row in rows), rows


def main():
    rows = list(checks())
    print(f"1..{len(rows)}")
    for number, (name, good, found) in enumerate(rows, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}" + ("" if good else f"\n# {found}"))
    return 0 if all(good for _, good, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
