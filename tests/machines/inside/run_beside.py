#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""run_beside.py LINK CARD: scripts/run --beside CARD, where CARD is the only interface that the kernel has.
It runs in a tree that was built for this system, which the machine has by the tag "tree": once it is ended by
Ctrl-C, once its Weir by kill -9. LINK is the interface of the clients. JSON:

  shown              what it said that it would do
  ready_s, modes     of each start: seconds until Weir served, and the mode of XDP
  words, pings, lost as beside.py
"""

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time

from beside import BOTH, Talk, World, answers
from hub import process

import bep15
import tests_beside
from tests_host import ping

PLACE = "/var/tmp/tree"
ROOT = f"{PLACE}/root"
READY_S, ENDS_S = 900, 60
PR_SET_TIMERSLACK, SLACK_NS = (
    29,
    5_000_000,
)  # lcores that sleep, on CPUs that are one or two of the emulator's
_libc = ctypes.CDLL(None)


@contextlib.contextmanager
def mounted_tree():
    """A root with the tree in it; what is written there is gone with the machine."""
    layers = {name: f"{PLACE}/{name}" for name in ("lower", "upper", "work", "root")}
    for path in layers.values():
        os.makedirs(path, exist_ok=True)
    options = "trans=virtio,version=9p2000.L,msize=262144,ro"
    process.run(["mount", "-t", "9p", "-o", options, "tree", layers["lower"]])
    options = f"lowerdir={layers['lower']},upperdir={layers['upper']},workdir={layers['work']}"
    process.run(["mount", "-t", "overlay", "-o", options, "overlay", ROOT])
    try:
        for name in ("proc", "sys", "dev"):
            process.run(["mount", "--rbind", "--make-rslave", f"/{name}", f"{ROOT}/{name}"])
        process.run(["mount", "-t", "tmpfs", "tmpfs", f"{ROOT}/run"])
        yield
    finally:
        process.run(["umount", "--recursive", "--lazy", ROOT], check=False)
        process.run(["umount", "--lazy", layers["lower"]], check=False)


class Script:
    """scripts/run --beside CARD."""

    def __init__(self, card, log):
        self.log = log
        inside = [
            "chroot",
            ROOT,
            "env",
            "-i",
            "HOME=/root",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL=C.UTF-8",
        ]
        command = f"cd /root/weir && exec scripts/run --beside {card} --page none"
        self._began = time.monotonic()
        with open(log, "w", encoding="utf-8") as said:
            self.process = subprocess.Popen(
                [*inside, "bash", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=lambda: _libc.prctl(PR_SET_TIMERSLACK, SLACK_NS),
            )
        self.ready_s = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        process.stop(self.process)

    def wait(self):
        process.wait_until(self._is_ready, "Weir is ready", READY_S, 0.5)
        self.ready_s = time.monotonic() - self._began

    def said(self):
        return process.read_text(self.log)

    def _is_ready(self):
        if self.process.poll() is not None:
            raise process.Failure(f"scripts/run has ended with {self.process.returncode}:\n{self.said()}")
        return "Weir is ready." in self.said()

    def end(self):
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(ENDS_S)

    def kill_weir(self):
        os.kill(int(process.run(["pidof", "-s", "weir"]).stdout), signal.SIGKILL)
        return self.process.wait(ENDS_S)


def once(world, card, end, status):
    """A start, service, and an end that leaves nothing; the script."""
    settings = process.run(["ethtool", "-k", card]).stdout
    with Script(card, f"{PLACE}/log") as script:
        script.wait()
        for address in BOTH:
            answers(world, address)
            ping(world.client, address, world.link)
            closed = tests_beside.refuses_datagrams(world.client, address)
            bep15.expect(f"{address}: a closed port", closed, True)
        bep15.expect("the program is on", world.has_program(), True)
        bep15.expect("exit status", end(script), status)
    process.wait_until(lambda: not world.has_program(), "an interface without a program", 20)
    bep15.expect("settings of the interface", process.run(["ethtool", "-k", card]).stdout, settings)
    bep15.expect("processes left", process.run(["pidof", "weir"], check=False).stdout, "")
    return script


def run(world, card):
    scripts = []
    with Talk(world) as talk:
        for end, status in ((Script.end, 130), (Script.kill_weir, 128 + signal.SIGKILL)):
            script = once(world, card, end, status)
            scripts.append((script.ready_s, script.said()))
    modes = [re.search(r"beside the kernel on \S+, (\w+) XDP", said)[1] for _, said in scripts]
    shown = scripts[0][1].partition("\n\n")[0]
    return {"ready_s": [ready for ready, _ in scripts], "modes": modes, "shown": shown, **talk.end()}


def main():
    link, card = sys.argv[1:]
    try:
        with mounted_tree(), World(link, card) as world:
            print(json.dumps(run(world, card)))
    except (process.Failure, OSError, subprocess.TimeoutExpired) as failure:
        print(failure)
        with contextlib.suppress(OSError):
            print(process.read_text(f"{PLACE}/log")[-2000:])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
