# SPDX-License-Identifier: BSD-3-Clause
"""Runs weir-load and reads its results."""

import json
from pathlib import Path

from process import Failed

OVERHEAD_S = 120  # start and generating the load, besides the measurement


class Load:
    """weir-load on one CPU, with a device as its port; without a device it only writes files."""

    def __init__(self, lab, program, cpu, vdev=None, hugepages=False):
        self._lab = lab
        self._program = Path(program).resolve()
        eal = [f"--lcores=0@{cpu},1@{cpu}"]
        if vdev is not None:
            eal += ["--no-pci", f"--vdev={vdev}"]
        if hugepages:
            eal += ["--in-memory"]
        self._eal = eal

    def run(self, options, seconds=0, tick=None):
        """Runs weir-load; returns its results. Raises Failed if replies were wrong."""
        folder = self._lab.place("load")
        path = folder / "load.json"
        words = [self._program, *options, "--quiet", "--json", path, "--", *self._eal]
        process = self._lab.start(words, folder)
        status = process.wait(seconds + OVERHEAD_S, tick)
        result = _read(path)
        if status != 0:
            raise Failed(f"weir-load ended with status {status}\n{_why(process, result)}")
        return result


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _why(process, result):
    examples = [f"  {text}" for text in result.get("wrong_examples", [])]
    if result.get("wrong"):
        examples.insert(0, f"  wrong replies: {result['wrong']} {result.get('wrong_reasons')}")
    return "\n".join(examples or [f"  {line}" for line in process.errors().splitlines()[-12:]])
