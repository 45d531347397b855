# SPDX-License-Identifier: BSD-3-Clause
"""A program on a pseudo terminal, whose screen can be read. Wants python3-pyte."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import pyte
from suite import Failed, check

TIMEOUT_S = 60

# Has colours, and no sequence that pyte does not know (xterm repeats characters by one).
TERM = "linux"


class Terminal:
    def __init__(self, words, rows, columns, environment, term=TERM):
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""  # all that was written
        self.status = None  # what waitpid said, once it has ended
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._become(words, rows, columns, {**environment, "TERM": term})
        os.set_blocking(self._fd, False)

    def _become(self, words, rows, columns, environment):
        """The child."""
        try:
            self._set_size(0, rows, columns)
            for name in ("LINES", "COLUMNS"):  # they would hide the size
                environment.pop(name, None)
            words = [str(word) for word in words]
            os.execve(words[0], words, environment)
        finally:
            os._exit(127)

    @staticmethod
    def _set_size(fd, rows, columns):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self._set_size(self._fd, rows, columns)  # the kernel sends SIGWINCH

    def press(self, keys):
        os.write(self._fd, keys.encode())

    def settings(self):
        """Of the terminal: what tcgetattr says."""
        return termios.tcgetattr(self._fd)

    def _read(self, seconds):
        if not select.select([self._fd], [], [], seconds)[0]:
            return
        with contextlib.suppress(BlockingIOError, OSError):  # OSError: it has hung up
            news = os.read(self._fd, 1 << 16)
            self.raw += news
            self._stream.feed(news)

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def read_for(self, seconds):
        """Lets the program go on for that long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def wait_until(self, is_there, what):
        """Until `is_there(text of the screen)`; returns what that says."""
        deadline = time.monotonic() + TIMEOUT_S
        while not (found := is_there(self.text())):
            check(time.monotonic() < deadline, f"never on the screen: {what}\n{self.text()}")
            self._read(0.1)
        return found

    def wait_for(self, words):
        self.wait_until(lambda text: words in text, words)

    def end(self):
        """Waits for its end; returns the exit status, or the negative number of a signal."""
        deadline = time.monotonic() + TIMEOUT_S
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise Failed(f"did not end\n{self.text()}")
            self._read(0.05)
        self.read_for(0.1)
        return self.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)
