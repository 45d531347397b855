# SPDX-License-Identifier: BSD-3-Clause
"""tagged.py in a namespace: every request of it is judged."""

import json
import os
import pathlib
import subprocess
import sys
import time

import reloading
from suite import check

LEAVES_S = 1.0  # time for a denied torrent to leave the store
TIMEOUT_S = 60
TAGGED = pathlib.Path(__file__).with_name("tagged.py")
TAGS = {tag: bytes([number]) * 20 for number, tag in enumerate(("always", "never", "first", "second"), 1)}


class Announcing:
    """The running program."""

    def __init__(self, inside):
        golden = pathlib.Path(__file__).parents[1] / "golden"
        words = [f"{tag}={info_hash.hex()}" for tag, info_hash in TAGS.items()]
        self.process = subprocess.Popen(
            [*inside, sys.executable, TAGGED, reloading.ADDRESS, *words],
            env={**os.environ, "PYTHONPATH": str(golden), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        check(self.process.stdout.readline() == "ready\n", "it cannot announce")

    def judged(self, tag):
        """How a request that begins now is judged."""
        self.process.stdin.write(f"{tag}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def wait_judged(self, tag, wanted):
        """Until requests for the tag are judged so."""
        deadline = time.monotonic() + LEAVES_S
        while self.judged(tag) != wanted:
            check(time.monotonic() < deadline, f"{tag} is not {wanted} after {LEAVES_S} s")

    def end(self):
        """Tag -> outcome -> count."""
        out, _ = self.process.communicate(timeout=TIMEOUT_S)
        check(self.process.returncode == 0, f"exit status {self.process.returncode}")
        told = {tag: {} for tag in TAGS}
        for tag, outcome, count in json.loads(out):
            told[tag][outcome] = count
        return told

    def close(self):
        self.process.kill()
        self.process.communicate()
