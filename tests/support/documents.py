# SPDX-License-Identifier: BSD-3-Clause
"""Markdown documents as tests read them: fenced blocks, and the commands in those of consoles.

A block's first line is a word, which says what it is, and attributes: ```cfg file=/etc/weir/weir.cfg
In a block `console`, a line that starts with a prompt, "# " for root or "$ " for any user, is a command. One
that ends with a backslash goes on in the next line. Other lines are what a command says.

Attributes:
  file=PATH      what a reader is told to write there
  from=source    a step of the other way of installing
  status=N       exit status of the last command, where it is not 0
  shows=WORD     what the last command's output has
  when=end       runs after all documents
  needs=memlock  locks memory beyond the usual limit, which a container may be unable to raise
"""

import pathlib
import re
from dataclasses import dataclass, field

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    document: str  # from the top of the repository
    line: int
    root: bool
    text: str

    def __str__(self):
        return f"{self.document}:{self.line}: {self.text.splitlines()[0]}"


@dataclass(frozen=True)
class Block:
    document: str
    line: int  # of the fence
    word: str
    text: str
    attributes: dict = field(default_factory=dict, hash=False)

    def commands(self):
        return list(_commands(self))


def _commands(block):
    lines = iter(enumerate(block.text.splitlines(), block.line + 1))
    for number, line in lines:
        if line[:2] not in ("# ", "$ "):
            continue
        root, text = line[0] == "#", line[2:]
        while text.endswith("\\"):
            text += "\n" + next(lines)[1]
        yield Command(block.document, number, root, text)


def read(path):
    """The fenced blocks of a document, without the indentation of their fences."""
    whole = path.read_text()
    for found in FENCE.finditer(whole):
        words = found[2].split()
        yield Block(
            str(path.relative_to(REPOSITORY)),
            whole.count("\n", 0, found.start()) + 1,
            words[0] if words and "=" not in words[0] else "",
            re.sub(rf"^{found[1]}", "", found[3], flags=re.M),
            dict(word.split("=", 1) for word in words if "=" in word),
        )


def documents():
    yield REPOSITORY / "README.md"
    yield REPOSITORY / "CONTRIBUTING.md"
    yield from sorted((REPOSITORY / "docs").rglob("*.md"))
    yield REPOSITORY / "drivers-config" / "README.md"
