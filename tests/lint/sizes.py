#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Files and functions that are longer than CONTRIBUTING.md allows.

Lines of files in app/ and lib/: 300 of code, which includes private headers (*_inline.h); 180 of other
headers, which should have about 120. In tests/ and scripts/: 600. Tables (.def) may have any length. Lines
of a function in C: 60, from the brace that opens it to the one that closes it, both at the start of a line.
"""

import pathlib
import sys

from repository import REPOSITORY, files

PRODUCT = ("app", "lib")
CODE_LINES_MAX = 300
HEADER_LINES_MAX = 180
TEST_LINES_MAX = 600
FUNCTION_LINES_MAX = 60

# Everything that lcores share: who writes and who reads each field can be compared in one place.
EXEMPT = pathlib.Path("app/weir/datapath/loops.h")


def lines_max(path):
    if path.parts[0] not in PRODUCT:
        return TEST_LINES_MAX
    is_header = path.suffix == ".h" and not path.stem.endswith("_inline")
    return HEADER_LINES_MAX if is_header and path != EXEMPT else CODE_LINES_MAX


def functions(lines):
    """(line, name, length) of each function of a C file."""
    begin = 0
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number
        elif line == "}" and begin:
            yield begin, lines[begin - 2].partition("(")[0], number - begin + 1
            begin = 0


def check(path):
    lines = (REPOSITORY / path).read_text().splitlines()
    if len(lines) > lines_max(path):
        yield f"{path}: {len(lines)} lines, at most {lines_max(path)}"
    for number, name, length in functions(lines) if path.suffix in (".c", ".h") else ():
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{number}: {name} has {length} lines, at most {FUNCTION_LINES_MAX}"


def main():
    paths = files("*.c", "*.h", "*.py", "*.js", "scripts/*")
    wrong = [line for path in paths for line in check(path)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
