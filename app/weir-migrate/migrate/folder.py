# SPDX-License-Identifier: BSD-3-Clause
"""The folder of the output: put together beside its place, then renamed. It is there whole or not at all."""

import os
import pathlib
import shutil
import signal
import tempfile

from .problems import Unwritten

SIGNALS = (signal.SIGINT, signal.SIGTERM)  # that end the program before the folder is kept
MARK = "report.json"  # what a folder of this program has


class Folder:
    """`with Folder(path, force) as folder`: files go to folder.new; folder.keep() puts them in place."""

    def __init__(self, path, force):
        self.path = pathlib.Path(os.path.abspath(path))
        self._force = force
        self.new = None

    def refusal(self):
        """What speaks against the path, or None."""
        if not self.path.parent.is_dir():
            return f"{self.path.parent} is no folder; make it first"
        if not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir())):
            return None
        if not self._force:
            return f"{self.path} is there already; name another folder, or use --force"
        if not (self.path / MARK).is_file():
            return f"{self.path} is no output of weir-migrate (no {MARK} in it), so --force leaves it alone"
        return None

    def __enter__(self):
        try:
            self.new = pathlib.Path(tempfile.mkdtemp(prefix=f".{self.path.name}.", dir=self.path.parent))
        except OSError as error:
            raise Unwritten(f"no folder can be made in {self.path.parent}: {error.strerror}") from None
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.new, ignore_errors=True)  # where it was kept, it is gone

    def keep(self):
        """Puts the new folder in its place, on disk. From then on signals end the program without a word."""
        for path in self.new.rglob("*"):
            sync(path)
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        old = self._move_old_away()
        try:
            self.new.rename(self.path)
        except OSError:
            if old:
                (old / "was").rename(self.path)
                old.rmdir()
            raise
        sync(self.path.parent)
        if old:
            shutil.rmtree(old)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _move_old_away(self):
        """Where the old folder is now, or None."""
        if not self.path.exists() or not any(self.path.iterdir()):
            return None
        old = pathlib.Path(tempfile.mkdtemp(prefix=f".{self.path.name}.old.", dir=self.path.parent))
        self.path.rename(old / "was")
        return old


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
