#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts the table of commands into a completion: complete.py COMMANDS.def TEMPLATE OUTPUT.

@NAMES@ becomes the names, @DESCRIPTIONS@ a line 'name:help' for each, as zsh's _describe wants them.
"""

import pathlib
import re
import sys

ROW = re.compile(r'^COMMAND\((\w+), .*?,\s*"([^"]*)"\)$', re.M | re.S)


def described(name, text):
    quoted = text.replace(":", "\\:").replace("'", "'\\''")
    return f"\t\t'{name}:{quoted}'"


def main():
    table, template, output = map(pathlib.Path, sys.argv[1:])
    rows = ROW.findall(table.read_text())
    text = template.read_text()
    text = text.replace("@NAMES@", " ".join(name for name, _ in rows))
    text = text.replace("@DESCRIPTIONS@", "\n".join(described(*row) for row in rows))
    output.write_text(text)


if __name__ == "__main__":
    main()
