# SPDX-License-Identifier: BSD-3-Clause
"""One thread of another process is stopped while the others go on: ptrace(2)."""

import contextlib
import ctypes
import os
import pathlib

from suite import check

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # waitpid(2) for threads
_libc = ctypes.CDLL(None, use_errno=True)


def _ptrace(request, thread):
    done = _libc.ptrace(request, thread, None, None)
    check(done == 0, f"ptrace: {os.strerror(ctypes.get_errno())}")


def thread_of(process, name):
    """The number of the thread with this name."""
    tasks = pathlib.Path(f"/proc/{process}/task")
    found = [int(task.name) for task in tasks.iterdir() if (task / "comm").read_text().strip() == name]
    check(len(found) == 1, f"{len(found)} threads {name}")
    return found[0]


@contextlib.contextmanager
def stopped(thread):
    """The caller's thread is its tracer, and has to be the one that leaves the context."""
    _ptrace(SEIZE, thread)
    _ptrace(INTERRUPT, thread)
    os.waitpid(thread, WALL)
    try:
        yield
    finally:
        _ptrace(DETACH, thread)
