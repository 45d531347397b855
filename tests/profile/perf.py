# SPDX-License-Identifier: BSD-3-Clause
"""Samples of a running program by perf, as stacks that include inlined functions."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass

import costs
import process
from symbols import Symbols

FREQUENCY_HZ = 997  # a prime, to avoid lockstep with periodic work
STACK_BYTES = 16384  # copied with each sample to unwind without frame pointers

_FRAME = re.compile(r"^\s+([0-9a-f]+) (.*) \((.*)\)$")


def require():
    if shutil.which("perf") is None:
        raise process.Failure("perf is not installed; the package is linux-perf")


def choose_event():
    """Cycles, or cpu-clock without a cycle counter, as in most virtual machines."""
    said = process.run(["perf", "stat", "-x,", "-e", "cycles", "true"], check=False)
    counted = said.returncode == 0 and re.search(r"^\d+,", said.stdout, re.M)
    return "cycles" if counted else "cpu-clock"


def record(
    path,
    event,
    seconds,
    *,
    threads=None,
    command=None,
    frequency_hz=FREQUENCY_HZ,
    stack_bytes=STACK_BYTES,
):
    """Samples threads for `seconds`, or a command until it exits, within `seconds` at most."""
    what = ["--tid", ",".join(map(str, threads))] if threads else []
    process.run(
        [
            *("perf", "record", "--quiet", "--event", event, "--freq", frequency_hz),
            *("--call-graph", f"dwarf,{stack_bytes}", "--output", path, *what, "--"),
            *(command or ["sleep", seconds]),
        ],
        timeout=seconds + 60,
    )


@dataclass
class Stacks:
    counts: Counter  # (function, ...), outermost first -> samples
    layers: dict  # name of a function -> layer
    truncated: int  # samples whose stack does not reach `root`

    @property
    def samples(self):
        return sum(self.counts.values())

    def write_folded(self, path):
        with open(path, "w", encoding="utf-8") as out:
            for stack, count in sorted(self.counts.items()):
                out.write(";".join(stack) + f" {count}\n")

    def own(self):
        counts = Counter()
        for stack, count in self.counts.items():
            counts[stack[-1]] += count
        return counts

    def with_callees(self):
        counts = Counter()
        for stack, count in self.counts.items():
            for name in set(stack):
                counts[name] += count
        return counts


def _samples(text):
    """Yields lists of (address, symbol, binary), innermost first."""
    sample = []
    for line in [*text.splitlines(), ""]:
        match = _FRAME.match(line)
        if match:
            address, symbol, binary = match.groups()
            symbol = re.sub(r"\+0x[0-9a-f]+$", "", symbol)
            sample.append((int(address, 16), symbol, binary.strip("[]")))
        elif sample:
            yield sample
            sample = []


class _Folder:
    def __init__(self, symbols):
        self._symbols = symbols
        self.layers = {}

    def is_weir(self, binary):
        return binary == str(self._symbols.binary)

    def names(self, address, symbol, binary):
        frames = self._symbols.chain(address) if self.is_weir(binary) else []
        for frame in frames or [costs.library_frame(binary, symbol)]:
            name = frame.function.replace(";", ":")
            self.layers[name] = costs.layer(frame.file)
            yield name

    def fold(self, sample):
        """A stack, outermost first. Return addresses point after the call, so one is subtracted."""
        stack = []
        for depth, (address, symbol, binary) in reversed(list(enumerate(sample))):
            stack += self.names(address - (depth > 0), symbol, binary)
        return stack


def read(path, binary, root):
    """Reads stacks from the function `root` on. Samples that do not reach it were truncated, or are of
    another thread."""
    result = subprocess.run(
        ["perf", "script", "--input", path, "--no-inline", "--fields", "ip,sym,symoff,dso"],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise process.Failure(f"perf script: {result.stderr.strip()}")
    symbols = Symbols(binary)
    folder = _Folder(symbols)
    samples = list(_samples(result.stdout))
    symbols.load(
        address - (depth > 0)
        for sample in samples
        for depth, (address, _, dso) in enumerate(sample)
        if folder.is_weir(dso)
    )
    counts = Counter()
    truncated = 0
    for sample in samples:
        stack = folder.fold(sample)
        if root in stack:
            counts[tuple(stack[stack.index(root) :])] += 1
        else:
            truncated += 1
    return Stacks(counts, folder.layers, truncated)
