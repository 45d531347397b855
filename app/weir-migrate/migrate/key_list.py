# SPDX-License-Identifier: BSD-3-Clause
"""Keys of users: KEY, then perhaps the Unix time of its end, a line. They are secrets: messages show none."""

import re

from .lines import Input
from .problems import Wrong

LINE_MAX = 1024
LINE = re.compile(rb"([0-9A-Za-z]{32})(?:[ \t,]+(\d{1,10}|NULL|\\N))?\s*")
KEY = re.compile(r"[0-9A-Za-z]{32}")
UNTIL_MAX = 0xFFFFFFFF
NEVER = ("NULL", "\\N")


def key_line(key, until, check_end):
    """A line of Weir's list. `until`: Unix time, or None; an end in the past stays one."""
    if until is None or not check_end:
        return f"{key}\n"
    return f"{key}  until={max(until, 1)}\n"


def is_key(key):
    return isinstance(key, str) and KEY.fullmatch(key) is not None


def is_end(until):
    return until is None or (isinstance(until, int) and 0 <= until <= UNTIL_MAX)


def convert(path, out, check_end, progress, problems):
    """Writes the keys of a text file to `out`. Returns their number."""
    count = 0
    try:
        with Input(path, progress) as source:
            for number, line in source.lines(LINE_MAX):
                if line is not None and (not line.strip() or line.startswith(b"#")):
                    continue
                match = line is not None and LINE.fullmatch(line)
                if not match or (match[2] and match[2].isdigit() and int(match[2]) > UNTIL_MAX):
                    wanted = (
                        "must be a key of 32 letters and digits, then nothing or the Unix time of its end"
                    )
                    problems.add(f"{path}:{number}", "key", wanted)
                    continue
                until = int(match[2]) if match[2] and match[2].isdigit() else None
                out.write(key_line(match[1].decode(), until, check_end))
                count += 1
    except Wrong as wrong:
        problems.add(path, "", str(wrong))
    return count
