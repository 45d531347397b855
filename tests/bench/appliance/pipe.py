# SPDX-License-Identifier: BSD-3-Clause
"""Fills the store of a running Weir through a separate port, which reads announces from a pipe.

The io lcore blocks while the pipe is empty. That also holds back the port under measurement, which
would otherwise fill the rings to the worker: each turn of the io lcore takes one burst from each port,
and the next turn begins when the worker has processed a burst.
"""

import mmap
import os
import time

from process import Failed

_PCAP_HEADER = 24
_RECORD_HEADER = 16
_BURST = 32  # frames that an io lcore takes from a port in a turn
_TURN_MAX_S = 0.01  # to wait for a worker; requests that are lost then are sent again
_PASSES_MAX = 10
_SHIFT = 13  # frames; the other port displaces the ends of bursts, so bursts are shifted in each pass
ENOUGH = 0.995  # share of peers in the store at which filling ends


class Pipe:
    """A pipe with the head of a capture file, which Weir reads when it opens the port."""

    def __init__(self, lab, name, fill):
        self.path = lab.place(name) / "pipe"
        self._file = fill
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDWR)  # both ends, so that open() does not block
        with open(fill, "rb") as file:
            os.write(self._end, file.read(_PCAP_HEADER))

    def fill(self, weir, peers, paced, tick):
        """Sends the file until the store has nearly `peers` peers, then closes the pipe. An lcore with both
        roles processes what it receives, so it needs no pacing."""
        try:
            for number in range(_PASSES_MAX):
                self._send(weir, number * _SHIFT % _BURST, paced, tick)
                if weir.peers() >= peers * ENOUGH:
                    return
        finally:
            os.close(self._end)  # else an io lcore that blocks here could not be stopped
        raise Failed(f"only {weir.peers()} of {peers} peers are in the store: is the machine busy?")

    def _send(self, weir, first, paced, tick):
        """Sends the whole file, beginning at frame number `first` and wrapping around."""
        with open(self._file, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            length = int.from_bytes(data[_PCAP_HEADER + 8 : _PCAP_HEADER + 12], "little")
            frame = _RECORD_HEADER + length  # all announces have the same length
            start = _PCAP_HEADER + first * frame
            jobs = weir.stats().value["jobs"]
            for number, at in enumerate(range(start, len(data), _BURST * frame)):
                os.write(self._end, data[at : at + _BURST * frame])
                if paced:
                    jobs = _wait_for_worker(weir, jobs + _BURST)
                if number % 256 == 0:
                    weir.process.check_runs()
                    tick(at / len(data))
            os.write(self._end, data[_PCAP_HEADER:start])


def _wait_for_worker(weir, jobs):
    """Waits until the worker has done `jobs`, with a time limit; returns the number done."""
    deadline = time.monotonic() + _TURN_MAX_S
    while True:
        reply = weir.stats()
        if reply.value["jobs"] >= jobs or reply.when_s > deadline:
            return reply.value["jobs"]
