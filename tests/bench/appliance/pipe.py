# SPDX-License-Identifier: BSD-3-Clause
"""Fills a running Weir's store through a port of its own, which reads announces from a pipe.

The io lcore waits where the pipe is empty. That holds back the port that is to be measured, too,
which would otherwise flood the way to the worker: each turn of the io lcore takes one burst from
either port, and the next turn comes when the worker has served a burst.
"""

import mmap
import os
import time

from process import Failed

_PCAP_HEADER = 24
_RECORD_HEADER = 16
_BURST = 32  # frames an io lcore takes from a port in a turn
_TURN_MAX_S = 0.01  # to wait for a worker; what is lost then is sent again
_PASSES_MAX = 10
_SHIFT = 13  # frames; what the other port crowds out is the end of a burst, so bursts move
ENOUGH = 0.995  # of the peers; requests that were lost are sent again until so many are there


class Pipe:
    """Exists before Weir starts, since opening a port reads the head of its file."""

    def __init__(self, lab, name, fill):
        self.path = lab.place(name) / "pipe"
        self._file = fill
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDWR)  # both ends, so that nobody waits for the other
        with open(fill, "rb") as file:
            os.write(self._end, file.read(_PCAP_HEADER))

    def fill(self, weir, peers, paced, tick):
        """Sends the file until the store has nearly so many peers. Then the port is at its end. An
        lcore that has both roles serves what it receives and needs no pace."""
        try:
            for number in range(_PASSES_MAX):
                self._send(weir, number * _SHIFT % _BURST, paced, tick)
                if weir.peers() >= peers * ENOUGH:
                    return
        finally:
            os.close(self._end)  # an io lcore that waits here could not end
        raise Failed(f"of {peers} peers only {weir.peers()} are in the store: is the machine busy?")

    def _send(self, weir, first, paced, tick):
        """The whole file, from frame number `first` on and round."""
        with open(self._file, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            length = int.from_bytes(data[_PCAP_HEADER + 8 : _PCAP_HEADER + 12], "little")
            frame = _RECORD_HEADER + length  # announces are all of one length
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
    """Until it has done so many, but not for ever; how many it has done."""
    late = time.monotonic() + _TURN_MAX_S
    while True:
        answer = weir.stats()
        if answer.value["jobs"] >= jobs or answer.when_s > late:
            return answer.value["jobs"]
