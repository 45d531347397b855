# SPDX-License-Identifier: BSD-3-Clause
"""Runs weir and reads what it says about itself."""

import fcntl
import os
import re
import struct
import subprocess
import termios
import threading
import time
from dataclasses import dataclass, field

from suite import Failed, check

TIMEOUT_S = 180  # for slow builds: sanitizers, valgrind

_VERDICT = re.compile(r"^weir: verdict (\w+) (\w+) (\d+)$", re.M)
_STAT = re.compile(r"^weir: stat (\w+) (\d+)$", re.M)


@dataclass
class Ended:
    """A weir that has ended."""

    status: int
    out: str
    err: str
    verdicts: dict = field(default_factory=dict)  # (family, name) -> packets
    stats: dict = field(default_factory=dict)  # name -> value; zeros are left out

    def __post_init__(self):
        self.verdicts = {(f, name): int(n) for f, name, n in _VERDICT.findall(self.err)}
        self.stats = {name: int(n) for name, n in _STAT.findall(self.err)}

    def check_clean(self):
        """A run that ended as it should, with all of its mbufs."""
        check(self.status == 0, f"exit status {self.status}, not 0\n{self.err}")
        check(" mbufs leaked" not in self.err, f"mbufs leaked\n{self.err}")

    def said(self, text):
        check(text in self.err, f"did not say: {text}\n{self.err}")


class Weir:
    """The binary, the words to start it with, and a private folder for its telemetry socket."""

    def __init__(self, path, wrapper, runtime, owner=None):
        self.path = path
        self.wrapper = wrapper
        self.runtime = runtime
        self.owner = owner  # user id of those who run it, where they are others than we
        self.adopt(runtime)

    def adopt(self, folder):
        """Makes a folder theirs who run it."""
        if self.owner is not None:
            os.chown(folder, self.owner, self.owner)

    def start(self, arguments, folder):
        environment = {**os.environ, "RUNTIME_DIRECTORY": str(self.runtime), "LC_ALL": "C"}
        process = subprocess.Popen(
            [*self.wrapper, self.path, *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _started.append(process)
        return process

    def run(self, arguments, folder):
        process = self.start(arguments, folder)
        try:
            out, err = process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise Failed(f"did not end within {TIMEOUT_S} s\n{err}") from None
        return Ended(process.returncode, out, err)


_started = []  # by this process, since end_left()


def end_left():
    """Kills those that a case has left, because it failed between their start and their end."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
            process.wait()


class Watched:
    """A running weir whose words can be waited for."""

    def __init__(self, process):
        self.process = process
        self._lines = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._lines.append(None)  # nothing more will come
            self._news.notify_all()

    def text(self):
        """What it has said so far."""
        with self._news:
            return self._text()

    def _text(self):
        return "".join(line for line in self._lines if line is not None)

    def wait_for(self, words, times=1):
        def decided():
            return self._text().count(words) >= times or None in self._lines

        with self._news:
            self._news.wait_for(decided, timeout=TIMEOUT_S)
            if self._text().count(words) < times:
                raise Failed(f"never said: {words}\n{self._text()}")

    def wait_until_read(self, pipe):
        """Until it has read all that lies in a pipe, or has ended."""
        end = time.monotonic() + TIMEOUT_S
        while struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0] > 0:
            if self.process.poll() is not None:
                return
            if time.monotonic() > end:
                raise Failed(f"did not read its frames within {TIMEOUT_S} s\n{self._text()}")
            time.sleep(0.01)

    def end(self):
        try:
            self.process.wait(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise Failed(f"did not end within {TIMEOUT_S} s\n{self._text()}") from None
        finally:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        return Ended(self.process.returncode, self.process.stdout.read(), self._text())
