#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a man page: man_page.py TEMPLATE OUTPUT [TABLE].

The line @OPTIONS@ or @SETTINGS@ of the template becomes what the file TABLE has, which a program printed.
Without TABLE, where the build cannot run what it builds, it becomes a sentence that says how to see it. Text
gets lines as mandoc -T lint wants them: up to 80 characters, and each sentence on its own.
"""

import pathlib
import re
import sys
import textwrap

WIDTH = 80
MARK = re.compile(r"^@(OPTIONS|SETTINGS)@\n", re.M)
INSTEAD = {
    "OPTIONS": ".Sh OPTIONS\n.Fl -help\nlists all options.\n",
    "SETTINGS": ".Sh SETTINGS\n.Ic weir --print-options\nlists all settings.\n",
}
SENTENCE = re.compile(r"(?<=[a-z0-9)][.?!]) +(?=[A-Z\\])")


def wrapped(line):
    """The lines of a line of text. None begins as a request of roff does."""
    for sentence in SENTENCE.split(line):
        pieces = textwrap.wrap(sentence, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
        yield from (
            "\\&" + piece if number and piece[0] in ".'" else piece for number, piece in enumerate(pieces)
        )


def laid_out(text):
    literal = False
    for line in text.splitlines():
        if line.startswith((".Bd -literal", ".Ed")):
            literal = line.startswith(".Bd")
        if literal or not line or line[0] in ".'":
            yield line
        else:
            yield from wrapped(line)


def main():
    template, output, *table = map(pathlib.Path, sys.argv[1:])
    text = template.read_text()
    if len(MARK.findall(text)) != 1:
        raise SystemExit(f"{template}: must have one line @OPTIONS@ or @SETTINGS@")
    text = MARK.sub(lambda mark: table[0].read_text() if table else INSTEAD[mark[1]], text)
    output.write_text("\n".join(laid_out(text)) + "\n")


if __name__ == "__main__":
    main()
