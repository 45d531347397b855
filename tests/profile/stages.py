# SPDX-License-Identifier: BSD-3-Clause
"""Cycles of each stage of packet processing, as a running Weir counts them (/weir/stages).

The reply is a flat dictionary: for each stage `<stage>_cycles` and `<stage>_items`, in processing
order, summed over lcores, sampled one turn in `stage_turns`. The names of stages are taken from the
reply.
"""

import itertools
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

import process

COMMAND = "/weir/stages"
LOOPS = ("io", "worker")
WORKER_BEGINS = "dequeue"  # the first stage of a worker's turn; earlier ones are of io lcores
PACKETS = {"io": "receive", "worker": "dequeue"}  # the stage that sees each packet once

_CYCLES = re.compile(r"^(\w+)_cycles$")


@dataclass(frozen=True)
class Stage:
    name: str
    loop: str
    cycles: int
    items: int


@dataclass
class Interval:
    stages: list
    seconds: float
    stage_turns: int  # one turn in this number was sampled

    def of(self, loop):
        return [stage for stage in self.stages if stage.loop == loop]

    def packets(self, loop):
        return next((s.items for s in self.of(loop) if s.name == PACKETS[loop]), 0)

    def cycles(self, loop):
        return sum(stage.cycles for stage in self.of(loop))

    def per_packet(self, stage):
        packets = self.packets(stage.loop)
        return stage.cycles / packets if packets > 0 else 0.0

    def print(self):
        for loop in LOOPS:
            packets, cycles = self.packets(loop), self.cycles(loop)
            if packets == 0:
                print(f"\n{loop}: no packets")
                continue
            print(
                f"\n{loop}: {cycles / packets:,.0f} cycles per packet; {packets:,} packets sampled "
                f"in {self.seconds:.1f} s, one turn in {self.stage_turns}\n\n"
                "  stage          cycles/packet    share  cycles/item  items/packet"
            )
            for stage in self.of(loop):
                print(
                    f"  {stage.name:<12} {self.per_packet(stage):>15,.1f} "
                    f"{stage.cycles / cycles if cycles else 0:>8.1%} "
                    f"{stage.cycles / stage.items if stage.items else 0:>12,.1f} "
                    f"{stage.items / packets:>13.3f}"
                )


def _read(ask):
    reply = ask(COMMAND)
    if not reply:
        raise process.Failure(f"Weir does not have the telemetry command {COMMAND}")
    if not reply["stage_turns"]:
        raise process.Failure("Weir samples no turns: telemetry.stage_turns is 0")
    return reply


def _loop_of(names):
    """The loop of each stage, by the order of the reply."""
    worker = names.index(WORKER_BEGINS) if WORKER_BEGINS in names else len(names)
    return {name: LOOPS[at >= worker] for at, name in enumerate(names)}


def difference(before, after):
    """The stages between two replies."""
    names = [match[1] for match in map(_CYCLES.match, after) if match]
    loops = _loop_of(names)

    def grown(key):
        return after.get(key, 0) - before.get(key, 0)

    return [Stage(n, loops[n], grown(f"{n}_cycles"), grown(f"{n}_items")) for n in names]


def watch(ask, seconds):
    before, start = _read(ask), time.monotonic()
    time.sleep(seconds)
    after, end = _read(ask), time.monotonic()
    return Interval(difference(before, after), end - start, after["stage_turns"])


# --- the picture --------------------------------------------------------------------------------

# Light enough for black text on them.
_COLOURS = "#8dd3c7 #fdb462 #bebada #b3de69 #80b1d3 #fb8072 #ffed6f #d9d9d9 #fccde5 #ccebc5".split()
_ROW = 1.5  # from one bar to the next; a bar is 0.6 high
_TERMINALS = {
    ".svg": "svg size 1000,340 dynamic font 'sans-serif,13' background '#ffffff'",
    ".png": "pngcairo size 1000,340 font 'sans,11' background '#ffffff'",
}


def _rows():
    """The position of each loop's bar, the first at the top."""
    return [(number * _ROW, loop) for number, loop in enumerate(reversed(LOOPS))]


def _boxes(interval):
    """gnuplot objects: a row for each loop, a box for each stage, and a label if it fits."""
    widest = max(sum(interval.per_packet(s) for s in interval.of(loop)) for loop in LOOPS)
    number = 0
    for row, loop in _rows():
        at = 0.0
        for colour, stage in zip(itertools.cycle(_COLOURS), interval.of(loop)):
            number += 1
            width = interval.per_packet(stage)
            yield (
                f"set object {number} rectangle from {at:.2f},{row - 0.3} to {at + width:.2f},"
                f"{row + 0.3} fillcolor rgb '{colour}' fillstyle solid border rgb '#ffffff'"
            )
            middle = at + width / 2
            turn = "" if width > widest / 10 else " rotate by 45 left"
            y = row if not turn else row + 0.33
            if width > widest / 100:
                yield (
                    f"set label {number} '{stage.name} {width:.0f}' at {middle:.2f},{y} "
                    f"{'center' if not turn else turn} textcolor rgb '#000000' front"
                )
            at += width


def gnuplot():
    return shutil.which("gnuplot")


def plot(interval, path, title):
    """Draws a bar for each loop as .svg or .png, by the suffix of `path`."""
    path = pathlib.Path(path)
    if path.suffix not in _TERMINALS:
        raise process.Failure(f"--plot requires a file name that ends in {' or '.join(_TERMINALS)}")
    if not gnuplot():
        raise process.Failure("gnuplot is not installed: package gnuplot-nox")
    rows = ", ".join(f"'{loop}' {row}" for row, loop in _rows())
    widest = max(sum(interval.per_packet(s) for s in interval.of(loop)) for loop in LOOPS)
    script = [
        f"set terminal {_TERMINALS[path.suffix]}",
        f"set output '{path.resolve()}'",
        f"set title '{title}: cycles per packet, by stage'",
        f"set xrange [0:{widest * 1.05:.2f}]",
        f"set yrange [-0.6:{_ROW + 1.2}]",
        f"set ytics ({rows})",
        "set xlabel 'cycles per packet'",
        "set border 1",
        "set xtics nomirror",
        "set ytics scale 0",
        "unset key",
        *_boxes(interval),
        "plot -10 notitle",
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".gnuplot") as file:
        file.write("\n".join(script) + "\n")
        file.flush()
        result = subprocess.run(["gnuplot", file.name], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise process.Failure(f"gnuplot: {result.stderr.strip()}")
