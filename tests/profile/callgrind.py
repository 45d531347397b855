# SPDX-License-Identifier: BSD-3-Clause
"""Runs weir under valgrind's callgrind and counts the instructions of its polling lcore.

Counting is off at first: weir starts and receives the whole load at least once, so that all its peers
are known. Then counting is switched on in the steady state. The count is divided by the number of
packets received, which the profile contains: bursts are always full.
"""

import pathlib
import shutil
import time
from dataclasses import dataclass

import callgrind_file
import costs
import process
from pipeline import BURST, Pipeline
from symbols import Symbols


@dataclass
class Counted:
    costs: costs.Costs
    packets: int
    verdicts: dict  # name -> packets
    file: pathlib.Path  # written by valgrind, of the polling lcore

    def per_packet(self, instructions):
        return instructions / self.packets

    @property
    def weir(self):
        """Instructions per packet, without the driver."""
        return self.per_packet(self.costs.total - self.costs.driver)

    @property
    def driver(self):
        return self.per_packet(self.costs.driver)


def command(out):
    return [
        "valgrind",
        "--tool=callgrind",
        "--quiet",
        "--instr-atstart=no",
        "--separate-threads=yes",
        "--dump-instr=yes",
        "--fair-sched=try",  # else the polling lcore starves the control thread
        f"--callgrind-out-file={out}",
    ]


def require():
    for tool in ("valgrind", "callgrind_control", "addr2line"):
        if shutil.which(tool) is None:
            raise process.Failure(f"{tool} is not installed")


def switch(pid, state):
    said = process.run(["callgrind_control", f"--instr={state}", str(pid)], timeout=60).stdout
    if "OK" not in said:
        raise process.Failure(f"callgrind_control: {said.strip()}")


def _polling_thread(out, symbols):
    """Finds the file of the thread that receives frames: there is one file for each thread."""
    for path in sorted(out.parent.glob(out.name + "-*")):
        profile = callgrind_file.read(path)
        summary = costs.summarise(profile, symbols)
        if summary.bursts > 0:
            return summary, path
    raise process.Failure("no packets in the profile of callgrind")


def count(binary, load, folder, progress, *, packets=0, seconds=0):
    """Counts over at least `packets` and at least `seconds`. `folder`: a private directory."""
    require()
    out = pathlib.Path(folder) / "callgrind.out"
    with Pipeline(binary, load, folder, wrapper=command(out)) as weir:
        weir.warm_up(progress)
        switch(weir.pid, "on")
        before = weir.ask("/weir/verdicts")
        end = time.monotonic() + seconds
        weir.wait_for_packets(weir.packets() + packets, "counting", progress)
        time.sleep(max(0, end - time.monotonic()))
        verdicts = weir.verdicts_since(before)
        switch(weir.pid, "off")  # else shutdown takes a minute
        ended = weir.end()
    if ended.stats["rx_packets"] != BURST * ended.stats["io_turns"]:
        raise process.Failure("bursts were not full, so the number of packets is unknown")
    summary, file = _polling_thread(out, Symbols(binary))
    return Counted(summary, BURST * summary.bursts, verdicts, file)
