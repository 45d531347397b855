# SPDX-License-Identifier: BSD-3-Clause
"""Reads files that valgrind's callgrind writes with --dump-instr=yes.

Format: https://valgrind.org/docs/manual/cl-format.html. Names are numbered at their first use;
addresses and lines are relative to the previous ones.
"""

import re
from dataclasses import dataclass

_NAME = re.compile(r"^(?:fn|cfn|ob|cob)=\((\d+)\)(?: (.*))?$")


@dataclass(frozen=True)
class Place:
    """An instruction: its binary, symbol, and address in the file of the binary."""

    binary: str
    symbol: str
    address: int


@dataclass
class Call:
    site: Place
    callee: Place
    count: int
    cost: int  # of the calls, with all they call


@dataclass
class Profile:
    costs: dict  # Place -> instructions executed there
    calls: list


class _Reader:
    def __init__(self):
        self.profile = Profile({}, [])
        self._names = {"fn": {}, "ob": {}}
        self._binary = self._symbol = ""
        self._callee_binary = self._callee_symbol = ""
        self._call = None  # (count, address) of a call whose cost is on the next line
        self._address = 0

    def _name(self, line):
        number, name = _NAME.match(line).groups()
        names = self._names["fn" if "fn=" in line[:4] else "ob"]
        if name is not None:
            names[number] = name
        return names[number]

    def _relative(self, text):
        if text == "*":
            return self._address
        if text[0] in "+-":
            return self._address + int(text, 0)
        return int(text, 0)

    def _cost(self, line):
        fields = line.split()
        self._address = self._relative(fields[0])
        cost = int(fields[2]) if len(fields) > 2 else 0
        place = Place(self._binary, self._symbol, self._address)
        if self._call is None:
            self.profile.costs[place] = self.profile.costs.get(place, 0) + cost
            return
        count, address = self._call
        callee = Place(self._callee_binary, self._callee_symbol, address)
        self.profile.calls.append(Call(place, callee, count, cost))
        self._call = None
        self._callee_binary = self._binary

    def read(self, line):
        first = line[:1]
        if first.isdigit() or first in ("+", "-", "*"):
            self._cost(line)
        elif line.startswith("calls="):
            count, address, _ = line[6:].split()
            self._call = int(count), self._relative(address)
        elif line.startswith("fn="):
            self._symbol = self._name(line)
        elif line.startswith("ob="):
            self._binary = self._callee_binary = self._name(line)
        elif line.startswith("cfn="):
            self._callee_symbol = self._name(line)
        elif line.startswith("cob="):
            self._callee_binary = self._name(line)


def read(path):
    reader = _Reader()
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            reader.read(line.rstrip("\n"))
    return reader.profile
