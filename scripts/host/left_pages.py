# SPDX-License-Identifier: BSD-3-Clause
"""Huge pages that processes of DPDK have left behind: files in hugetlbfs that hold them, and that no living
process has locked. A Weir that ends removes its own; one that was killed does not, and each start of DPDK
looks for them as here.
"""

import fcntl
import re

from read import text_of

NAME = re.compile(r".*map_\d+$")


def _is_held(path):
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _mounts(root):
    for line in text_of(root / "proc/self/mounts").splitlines():
        _, place, kind, *_ = line.split()
        if kind == "hugetlbfs":
            yield root / place.lstrip("/")


def remove(root):
    """Removes them, so that their pages are free."""
    for mount in _mounts(root):
        for path in mount.glob("*map_*"):
            if NAME.fullmatch(path.name) and path.is_file() and not _is_held(path):
                path.unlink(missing_ok=True)
