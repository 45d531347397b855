# SPDX-License-Identifier: BSD-3-Clause
"""Load of a CPU, and of a process on it."""

import os
import re
import time
from dataclasses import astuple, dataclass
from pathlib import Path

_TICKS_S = os.sysconf("SC_CLK_TCK")
_ROUNDING = 0.02  # of shares
_EDGE = 0.1  # share cut off at both ends: start and end of the load


@dataclass(frozen=True)
class Busy:
    """CPU seconds up to a moment, or shares of the time between two moments."""

    cpu: float  # user, nice, system, interrupts of both kinds
    interrupts: float  # of the CPU
    process: float  # user and system
    helpers: float  # kernel threads that work for the process

    @property
    def others(self):
        """Share of the CPU that was used neither by the process nor by interrupts.

        A kernel with tick-based accounting has charged interrupts to the interrupted thread already:
        then the rest is less than the time in interrupts.
        """
        rest = self.cpu - self.process - self.helpers
        return rest if rest < self.interrupts - _ROUNDING else rest - self.interrupts


class Meter:
    """tick() takes a sample; shares() returns the shares over the last seconds."""

    def __init__(self, cpu, pid, helpers=()):
        self._cpu = cpu
        self._pid = pid
        self._helpers = helpers
        self._samples = []  # (moment, Busy)

    def tick(self):
        now = Busy(*_cpu_s(self._cpu), process_s(self._pid), sum(map(process_s, self._helpers)))
        self._samples.append((time.monotonic(), now))

    def shares(self, seconds):
        """Shares over the middle part of the last `seconds`."""
        end = self._samples[-1][0]
        low, high = end - seconds * (1 - _EDGE), end - seconds * _EDGE
        inner = [sample for sample in self._samples if low <= sample[0] <= high]
        (start, before), (stop, after) = inner[0], inner[-1]
        elapsed = stop - start
        return Busy(*((late - early) / elapsed for early, late in zip(astuple(before), astuple(after))))


def _cpu_s(cpu):
    """Returns (busy, interrupts) in seconds."""
    text = Path("/proc/stat").read_text(encoding="ascii")
    numbers = re.search(rf"^cpu{cpu} (.*)$", text, re.M)[1].split()
    user, nice, system, _idle, _iowait, irq, softirq = map(int, numbers[:7])
    interrupts = irq + softirq
    return (user + nice + system + interrupts) / _TICKS_S, interrupts / _TICKS_S


def process_s(pid):
    """CPU seconds of a process, user and system."""
    # The second field is a name in parentheses that may contain any character.
    fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_S


def resident_mib(pid):
    """Resident memory, huge pages included."""
    text = Path(f"/proc/{pid}/status").read_text(errors="replace")
    kib = re.findall(r"^(?:VmRSS|HugetlbPages):\s+(\d+) kB$", text, re.M)
    return sum(map(int, kib)) / 1024
