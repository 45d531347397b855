# SPDX-License-Identifier: BSD-3-Clause
"""The machine: its description in results, and its CPUs."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    cpu: str
    cpus: int
    kernel: str

    @classmethod
    def read(cls):
        return cls(_cpu_model(), len(allowed_cpus()), platform.release())

    def as_json(self):
        return {"cpu": self.cpu, "cpus": self.cpus, "kernel": self.kernel}

    def __str__(self):
        return f"{self.cpu}, {self.cpus} CPUs, Linux {self.kernel}"


def _cpu_model():
    text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^model name\s*: (.*)$", text, re.M)
    return found[1] if found else "unknown"


def allowed_cpus():
    """The CPUs that this process may run on, in ascending order."""
    return sorted(os.sched_getaffinity(0))
