# SPDX-License-Identifier: BSD-3-Clause
"""The two limits of the kernel that no namespace has for itself, raised for a time."""

import contextlib
from pathlib import Path

_FOLDER = Path("/proc/sys/net/core")
BUFFER_BYTES = 104_857_600  # what aquatic's documentation advises


@contextlib.contextmanager
def large_socket_buffers():
    """net.core.rmem_max and rmem_default, given back at the end."""
    before = {name: (_FOLDER / name).read_text() for name in ("rmem_max", "rmem_default")}
    try:
        for name in before:
            (_FOLDER / name).write_text(f"{BUFFER_BYTES}\n")
        yield
    finally:
        for name, value in before.items():
            (_FOLDER / name).write_text(value)
