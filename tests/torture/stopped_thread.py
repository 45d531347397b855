# SPDX-License-Identifier: BSD-3-Clause
"""Stops one thread of a process, by ptrace, as a host does with a virtual CPU that it takes away."""

import contextlib
import ctypes
import os
import pathlib
import re

from suite import Failed, Skipped

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
WALL = 0x40000000
LCORE = re.compile(r"(?:rte-worker-|lcore-worker-|dpdk-worker)(\d+)$")  # by versions of DPDK
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def thread_of(pid, lcore):
    """The thread of an lcore other than the main one."""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        found = LCORE.match((task / "comm").read_text().strip())
        if found and int(found[1]) == lcore:
            return int(task.name)
    raise Failed(f"lcore {lcore} has no thread")


def _ptrace(request, thread):
    if _libc.ptrace(request, thread, None, None) != 0:
        why = os.strerror(ctypes.get_errno())
        raise Skipped(f"ptrace: {why}") if request == PTRACE_SEIZE else Failed(f"ptrace: {why}")


@contextlib.contextmanager
def stopped(thread):
    """The thread does not run meanwhile."""
    _ptrace(PTRACE_SEIZE, thread)
    _ptrace(PTRACE_INTERRUPT, thread)
    os.waitpid(thread, WALL)
    try:
        yield
    finally:
        _ptrace(PTRACE_DETACH, thread)
