# SPDX-License-Identifier: BSD-3-Clause
"""Lists of torrents: an info_hash a line, into Weir's list (docs/lists.md).

opentracker takes what follows the 40 digits for a comment, aquatic wants nothing behind them. Blank lines and
lines that begin with # are passed over.
"""

import re

from .lines import Input, printable
from .problems import Wrong

LINE_MAX = 1024
LINE = re.compile(rb"\s*([0-9a-fA-F]{40})(?:[^0-9a-zA-Z](.*))?", re.S)
COMMENT_MAX = 200


def comment_text(rest):
    """What stood behind an info_hash, as a comment of Weir's list."""
    text = rest.decode("utf-8", "replace").strip().lstrip("#;").strip()
    return "".join(char if char.isprintable() else "?" for char in text)[:COMMENT_MAX]


def list_line(match):
    comment = comment_text(match[2]) if match[2] else ""
    digits = match[1].decode().lower()
    return f"{digits}  # {comment}\n" if comment else f"{digits}\n"


def convert(path, out, progress, problems):
    """Writes the lines of the list to `out`. Returns their number."""
    count = 0
    try:
        with Input(path, progress) as source:
            for number, line in source.lines(LINE_MAX):
                match = line is not None and LINE.fullmatch(line)
                if match:
                    out.write(list_line(match))
                    count += 1
                elif line is None or (line.strip() and not line.lstrip().startswith(b"#")):
                    problems.add(f"{path}:{number}", "info_hash", complaint(line))
    except Wrong as wrong:
        problems.add(path, "", str(wrong))
    return count


def complaint(line):
    what = "the line is too long" if line is None else f"is {printable(line.strip())}"
    return f"{what}; must be 40 hexadecimal digits, then nothing or a comment"
