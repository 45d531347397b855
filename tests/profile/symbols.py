# SPDX-License-Identifier: BSD-3-Clause
"""Maps addresses of a binary to source functions, including inlined ones, by addr2line of binutils."""

import os
import re
import subprocess
from dataclasses import dataclass

import process

_INTRINSICS = "/lib/gcc/"  # functions of one instruction each: attributed to their callers

# Suffixes that compilers and the linker append to the names of copies.
_COPY = re.compile(r"(\.(lto_priv|constprop|isra|part|cold)(\.\d+)*)+$")


def plain_name(name):
    return _COPY.sub("", name)


@dataclass(frozen=True)
class Frame:
    """A source function; `line`: the line in it."""

    function: str
    file: str
    line: int


class Symbols:
    """Symbols of a binary with debug information. Addresses are those of the file."""

    def __init__(self, binary):
        self.binary = binary
        self._chains = {}

    def load(self, addresses):
        """Looks up addresses in one run, which is much faster than one by one."""
        wanted = sorted(set(addresses) - self._chains.keys())
        if not wanted:
            return
        result = subprocess.run(
            ["addr2line", "-a", "-i", "-f", "-e", self.binary],
            input="".join(f"{address:#x}\n" for address in wanted),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise process.Failure(f"addr2line: {result.stderr.strip()}")
        self._read(result.stdout.splitlines())

    def _read(self, lines):
        chain = []
        at = 0
        while at < len(lines):
            if lines[at].startswith("0x"):
                chain = self._chains.setdefault(int(lines[at], 16), [])
                at += 1
                continue
            file, _, line = lines[at + 1].partition(" ")[0].rpartition(":")
            number = int(line) if line.isdigit() else 0
            if _INTRINSICS not in file:
                chain.insert(0, Frame(plain_name(lines[at]), os.path.normpath(file), number))
            at += 2

    def chain(self, address):
        """Frames, from the outermost function to the innermost inlined one; empty if unknown."""
        frames = self._chains.get(address, [])
        return [] if frames and frames[0].function == "??" else frames
