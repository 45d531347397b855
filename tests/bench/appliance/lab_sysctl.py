# SPDX-License-Identifier: BSD-3-Clause
"""Raises two limits of the kernel that are not per namespace, temporarily."""

import contextlib
from pathlib import Path

_FOLDER = Path("/proc/sys/net/core")
BUFFER_BYTES = 104_857_600  # as aquatic's documentation recommends


@contextlib.contextmanager
def large_socket_buffers():
    """Raises net.core.rmem_max and rmem_default; restores them at the end."""
    before = {name: (_FOLDER / name).read_text() for name in ("rmem_max", "rmem_default")}
    try:
        for name in before:
            (_FOLDER / name).write_text(f"{BUFFER_BYTES}\n")
        yield
    finally:
        for name, value in before.items():
            (_FOLDER / name).write_text(value)
