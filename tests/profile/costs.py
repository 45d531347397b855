# SPDX-License-Identifier: BSD-3-Clause
"""Turns costs of instructions into costs of source functions, including inlined ones.

An optimised Weir is a few large functions with the rest inlined. Debug information maps each
instruction to its source function, so costs are attributed to the innermost one, and "with callees"
treats inlined functions as calls.
"""

import os
from collections import Counter
from dataclasses import dataclass, field

from symbols import Frame, plain_name

# Calls of these functions are the work of the driver.
RECEIVE = "rte_eth_rx_burst"
SEND = "rte_eth_tx_burst"

_LAYERS = (  # (part of the path of a binary or source file, layer)
    ("/dpdk/pmds-", "driver"),
    ("libpcap", "driver"),
    ("librte_", "DPDK"),
    ("/dpdk/", "DPDK"),
    ("ld-linux", "C library"),
    ("libc.so", "C library"),
    ("kernel", "kernel"),
    ("vdso", "kernel"),
)


def layer(path):
    return next((name for part, name in _LAYERS if part in path), "Weir")


@dataclass(frozen=True)
class Function:
    name: str
    file: str  # source file, or binary without debug information

    @property
    def layer(self):
        return layer(self.file)


@dataclass
class Edge:
    """Calls from one function to another; inlined ones have a cost, but no count."""

    count: int = 0
    cost: int = 0


@dataclass
class Costs:
    own: Counter = field(default_factory=Counter)  # (Function, line) -> instructions
    edges: dict = field(default_factory=dict)  # (caller, line, callee) -> Edge
    with_callees: Counter = field(default_factory=Counter)  # Function -> instructions
    bursts: int = 0  # calls of RECEIVE
    total: int = 0
    driver: int = 0  # in calls of RECEIVE and SEND

    def own_by_function(self):
        sums = Counter()
        for (function, _), cost in self.own.items():
            sums[function] += cost
        return sums


def library_frame(binary, symbol):
    """The frame of a function without debug information: symbol, or only library if stripped."""
    library = os.path.basename(binary).partition(".so")[0]
    if symbol.startswith("0x") or symbol in ("", "[unknown]"):
        symbol = f"({library}, no symbol)"
    return Frame(plain_name(symbol), binary, 0)


class _Summary:
    def __init__(self, symbols):
        self._symbols = symbols
        self.costs = Costs()

    def _frames(self, place):
        frames = self._symbols.chain(place.address) if self._is_weir(place) else []
        return frames or [library_frame(place.binary, place.symbol)]

    def _is_weir(self, place):
        return os.path.realpath(place.binary) == os.path.realpath(self._symbols.binary)

    def _edge(self, caller, line, callee):
        return self.costs.edges.setdefault((caller, line, callee), Edge())

    def _walk(self, place, cost, without=None):
        """Adds a cost to all functions of an inlined chain except `without`: recursive functions, and
        nameless ones of a library that call each other, are counted once. Returns functions and line."""
        frames = self._frames(place)
        functions = [Function(frame.function, frame.file) for frame in frames]
        for at, inner in enumerate(functions[1:]):
            self._edge(functions[at], frames[at].line, inner).cost += cost
        for function in set(functions) - {without}:
            self.costs.with_callees[function] += cost
        return functions, frames[-1].line

    def add_cost(self, place, cost):
        functions, line = self._walk(place, cost)
        self.costs.own[functions[-1], line] += cost
        self.costs.total += cost

    def add_call(self, call):
        frame = self._frames(call.callee)[0]
        callee = Function(frame.function, frame.file)
        functions, line = self._walk(call.site, call.cost, without=callee)
        names = {function.name for function in functions}
        edge = self._edge(functions[-1], line, callee)
        edge.cost += call.cost
        edge.count += call.count
        if RECEIVE in names:
            self.costs.bursts += call.count
        if names & {RECEIVE, SEND}:
            self.costs.driver += call.cost


def summarise(profile, symbols):
    summary = _Summary(symbols)
    places = [*profile.costs]
    for call in profile.calls:
        places += call.site, call.callee
    symbols.load(place.address for place in places if summary._is_weir(place))
    for place, cost in profile.costs.items():
        summary.add_cost(place, cost)
    for call in profile.calls:
        summary.add_call(call)
    return summary.costs


def write_callgrind(path, costs, command):
    """Writes costs in callgrind's format, for kcachegrind, with inlined functions as functions."""
    edges = {}
    for (caller, line, callee), edge in costs.edges.items():
        edges.setdefault(caller, []).append((line, callee, edge))
    own = {}
    for (function, line), cost in costs.own.items():
        own.setdefault(function, []).append((line, cost))
    with open(path, "w", encoding="utf-8") as out:
        out.write("# callgrind format\nversion: 1\ncreator: scripts/profile\n")
        out.write(f"cmd: {command}\npositions: line\nevents: Ir\nsummary: {costs.total}\n\n")
        for function in sorted(own.keys() | edges.keys(), key=lambda f: (f.file, f.name)):
            out.write(f"ob={function.layer}\nfl={function.file}\nfn={function.name}\n")
            for line, cost in sorted(own.get(function, [])):
                out.write(f"{line} {cost}\n")
            for line, callee, edge in edges.get(function, []):
                out.write(f"cob={callee.layer}\ncfi={callee.file}\ncfn={callee.name}\n")
                out.write(f"calls={edge.count} 0\n{line} {edge.cost}\n")
            out.write("\n")
