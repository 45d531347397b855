# SPDX-License-Identifier: BSD-3-Clause
"""Runs weir under valgrind's callgrind and counts instructions of its polling lcore.

Nothing is counted at first: weir starts, and sees its load at least once, so that every peer of it
is known. Then counting is switched on, in the middle of a steady state. What is counted is divided
by the packets that came in meanwhile, which the profile itself knows: a burst is always full.
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
    file: pathlib.Path  # valgrind's own, of the polling lcore

    def per_packet(self, instructions):
        return instructions / self.packets

    @property
    def weir(self):
        """Instructions a packet, the driver's left out."""
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
        "--fair-sched=try",  # or the control thread waits for the polling lcore for ever
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
    """Each thread has a file of its own; the one wanted asks the driver for frames."""
    for path in sorted(out.parent.glob(out.name + "-*")):
        profile = callgrind_file.read(path)
        summary = costs.summarise(profile, symbols)
        if summary.bursts > 0:
            return summary, path
    raise process.Failure("callgrind has seen no packets")


def count(binary, load, folder, progress, *, packets=0, seconds=0):
    """Counts over at least that many packets, and at least so long. `folder` is private."""
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
        switch(weir.pid, "off")  # or the end would take a minute
        ended = weir.end()
    if ended.stats["rx_packets"] != BURST * ended.stats["io_turns"]:
        raise process.Failure("bursts were not full, so packets cannot be counted by them")
    summary, file = _polling_thread(out, Symbols(binary))
    return Counted(summary, BURST * summary.bursts, verdicts, file)
