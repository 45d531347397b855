# SPDX-License-Identifier: BSD-3-Clause
"""Reads an options.def, the table of a program's options (app/common/option.h), for completions."""

import re

OPTION = re.compile(
    r"""^OPTION\(\w+,\s+\w+,\s+('.'|0),\s+"([\w-]+)",\s+"([^"]*)",\s+"[^"]*",\s+[^,]+,\s+[^,]+,\s+"""
    r"""((?:"[^"]*"\s*)+)\)$""",
    re.M,
)


class Option:
    def __init__(self, letter, name, argument, texts):
        self.words = [f"--{name}"] if letter == "0" else [f"-{letter[1]}", f"--{name}"]
        self.name, self.argument = name, argument
        self.help = "".join(re.findall(r'"([^"]*)"', texts))


def read(path):
    """The rows of the table, in its order."""
    text = path.read_text()
    rows = [Option(*found) for found in OPTION.findall(text)]
    if len(rows) != len(re.findall(r"^OPTION\(", text, re.M)):
        raise SystemExit(f"{path}: a row is not as app/completion/option_table.py reads it")
    return rows


def quoted(text):
    """Inside of single quotes of a shell."""
    return text.replace("'", "'\\''")


def bracketed(text):
    """A description in a specification of zsh's _arguments."""
    return "[" + re.sub(r"([\[\]])", r"\\\1", quoted(text)) + "]"
