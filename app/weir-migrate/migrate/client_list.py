# SPDX-License-Identifier: BSD-3-Clause
"""Client programs by Chihaya's ids: six characters, behind the dash of the peer id if it starts with one."""

from .problems import shorten

ID_BYTES = 6


def prefix_text(content):
    """The start of a peer id as Weir's list has it."""
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b"%#" else f"%{byte:02X}" for byte in content
    )


def convert(items, out, problems):
    """Writes both starts that an id stands for to `out`. Returns how many ids there are."""
    for value, where in items:
        content = value.encode() if isinstance(value, str) else b""
        if len(content) != ID_BYTES:
            problems.add(where, "client id", f"is {shorten(value)}; must be a text of {ID_BYTES} bytes")
            continue
        out.write(f"{prefix_text(b'-' + content)}\n")
        if not content.startswith(b"-"):
            out.write(f"{prefix_text(content)}\n")
    return len(items)
