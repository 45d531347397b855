# SPDX-License-Identifier: BSD-3-Clause
"""Mutations of C sources: one operator, constant or word in one place."""

import random
import re
from dataclasses import dataclass

# A token, and its replacements. Longer tokens first.
SWAPS = {
    "==": ["!="],
    "!=": ["=="],
    "<=": ["<", ">"],
    ">=": [">", "<"],
    "&&": ["||"],
    "||": ["&&"],
    "<<": [">>"],
    ">>": ["<<"],
    "++": ["--"],
    "--": ["++"],
    "+=": ["-="],
    "-=": ["+="],
    "|=": ["&="],
    "&=": ["|="],
    "^=": ["|="],
    " < ": [" <= ", " > "],
    " > ": [" >= ", " < "],
    " + ": [" - "],
    " - ": [" + "],
    " & ": [" | "],
    " | ": [" & "],
    " ^ ": [" | "],
    " % ": [" / "],
    "true": ["false"],
    "false": ["true"],
    "continue;": ["break;"],
    "break;": ["continue;"],
    "!": [""],
    "0": ["1"],
    "1": ["2", "0"],
}
TOKEN = re.compile(
    r"->|==|!=|<=|>=|&&|\|\||<<=?|>>=?|\+\+|--|[+\-|&^]=| [<>+\-&|^%] "
    r"|\b(?:true|false|0|1)\b|\b(?:continue|break);|!"
)
# What no test could judge: preprocessor lines, assertions of the compiler, prefetches, tables of text.
SKIPPED = re.compile(r"^\s*(#|//|/\*|\*|static_assert|assert\(|rte_prefetch|VERDICT\(|SOURCE_)|prefetch")


@dataclass(frozen=True)
class Mutant:
    path: str
    line: int  # from 1
    column: int
    old: str
    new: str
    text: str  # the line before

    def title(self):
        change = f"{self.old.strip()} -> {self.new.strip() or 'nothing'}"
        return f"{self.path}:{self.line}:{self.column + 1}: {change}"

    def key(self):
        """What stays the same when lines move."""
        return self.path, self.text.strip(), self.old.strip(), self.new.strip()

    def apply(self, source):
        lines = source.split("\n")
        line = lines[self.line - 1]
        after = line[self.column + len(self.old) :]
        lines[self.line - 1] = line[: self.column] + self.new + after
        return "\n".join(lines)


def _without_comments_and_texts(source):
    """The same length, with blanks in place of comments and string literals."""
    pattern = r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), source, flags=re.S)


def _is_in_function(lines):
    """For each line, whether it is in a body: style has bodies between braces in the first column."""
    inside, flags = False, []
    for line in lines:
        if line.startswith("}"):
            inside = False
        flags.append(inside)
        if line.startswith("{"):
            inside = True
    return flags


def mutants(path, source):
    """All single mutations of a file."""
    found = []
    real = source.split("\n")
    bare = _without_comments_and_texts(source).split("\n")
    for number, (text, line, inside) in enumerate(zip(real, bare, _is_in_function(bare)), 1):
        if not inside or SKIPPED.search(text):
            continue
        for token in TOKEN.finditer(line):
            for new in SWAPS.get(token[0], []):
                found.append(Mutant(path, number, token.start(), token[0], new, text))
    return found


def choose(sources, count, seed):
    """`count` mutants of files {path: source}, at random, the same for the same seed."""
    everything = [mutant for path, source in sorted(sources.items()) for mutant in mutants(path, source)]
    return random.Random(seed).sample(everything, min(count, len(everything))), len(everything)
