# SPDX-License-Identifier: BSD-3-Clause
"""Processes of a benchmark, which never outlive it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import progress

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))

import child  # noqa: E402

END_S = 5  # from SIGTERM to SIGKILL


class Failed(Exception):
    """The reason why a benchmark cannot continue, as a sentence for its user."""


class Process:
    """A running program. Its output goes to files in its folder."""

    def __init__(self, words, folder, environment=None, cpus=None):
        self.name = Path(str(words[0])).name
        self.out_path = Path(folder) / f"{self.name}.out"
        self.err_path = Path(folder) / f"{self.name}.err"
        if cpus is not None:
            words = ["taskset", "--cpu-list", ",".join(map(str, cpus)), *words]
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            # Standard input stays open until end(), for programs that exit when it is closed.
            self.popen = child.spawn(
                words,
                with_signal=signal.SIGKILL,
                cwd=folder,
                env={**os.environ, "LC_ALL": "C", **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
            )

    @property
    def pid(self):
        return self.popen.pid

    def output(self):
        return self.out_path.read_text(errors="replace")

    def errors(self):
        return self.err_path.read_text(errors="replace")

    def runs(self):
        return self.popen.poll() is None

    def check_runs(self):
        if not self.runs():
            raise Failed(f"{self.name} ended with status {self.popen.returncode}:\n{self._last_output()}")

    def _last_output(self):
        words = (self.errors().strip() or self.output().strip()).splitlines()
        return "\n".join(f"  {line}" for line in words[-12:])

    def wait_for(self, condition, what, timeout_s=60):
        """Waits until condition() is true; fails if the process exits."""
        end = time.monotonic() + timeout_s
        while not condition():
            self.check_runs()
            if time.monotonic() > end:
                raise Failed(f"{self.name}: {what}: not within {timeout_s} s\n{self._last_output()}")
            time.sleep(0.02)

    def wait(self, timeout_s, tick=None):
        """Waits for the exit of the process; returns its exit status."""
        end = time.monotonic() + timeout_s
        while self.runs():
            if time.monotonic() > end:
                self.end()
                raise Failed(f"{self.name} did not end within {timeout_s} s\n{self._last_output()}")
            if tick is not None:
                tick()
            time.sleep(0.05)
        self.popen.stdin.close()
        return self.popen.returncode

    def pause(self):
        self.popen.send_signal(signal.SIGSTOP)

    def resume(self):
        self.popen.send_signal(signal.SIGCONT)

    def end(self):
        self.popen.stdin.close()
        if self.runs():
            self.resume()  # a paused process does not handle SIGTERM
        child.stop(self.popen, timeout=END_S)


class Lab:
    """The processes of a benchmark, and a folder for its files: both are removed at the end."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="weir-bench-")
        self.folder = Path(self._temporary.name)
        self.folder.chmod(0o711)  # users may pass, to what is theirs
        self._processes = []
        self._count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.end()
        self._temporary.cleanup()

    def place(self, name):
        """Creates a folder, with a short name, because paths of sockets are limited."""
        self._count += 1
        folder = self.folder / f"{self._count}-{name}"
        folder.mkdir()
        return folder

    def start(self, words, folder, environment=None, cpus=None):
        process = Process(words, folder, environment, cpus)
        self._processes.append(process)
        return process

    def end(self, process):
        process.end()
        self._processes.remove(process)


def run(main):
    """Runs the main function of a benchmark: turns failures and Ctrl-C into messages and exit statuses.
    After other signals that end a program, it cleans up, too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        status = main()
    except Failed as failure:
        progress.done()
        print(f"{Path(sys.argv[0]).stem}: {failure}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        progress.done()
        status = 128 + signal.SIGINT
    sys.exit(status)
