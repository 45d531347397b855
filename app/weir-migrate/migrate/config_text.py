# SPDX-License-Identifier: BSD-3-Clause
"""The text of a configuration file, with its limits."""

import os
import stat

from .problems import Wrong

BYTES_MAX = 16 << 20


def open_plain(path):
    """A regular file for reading bytes; others would block or never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise Wrong(f"cannot be read: {getattr(error, 'strerror', error)}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Wrong("is no regular file")
    return os.fdopen(descriptor, "rb")


def read_bytes(path, bytes_max=BYTES_MAX):
    with open_plain(path) as file:
        try:
            content = file.read(bytes_max + 1)
        except OSError as error:
            raise Wrong(f"cannot be read: {error.strerror}") from None
    if len(content) > bytes_max:
        raise Wrong(f"is too large for a configuration: it must have at most {bytes_max >> 20} MiB")
    return content


def wrong_lines(content):
    """(line, what is wrong) of each line that is no text in UTF-8."""
    wanted = "must be text in UTF-8"
    for number, line in enumerate(content.split(b"\n"), 1):
        if b"\0" in line:
            yield number, f"has a byte 0; {wanted}"
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield number, f"byte 0x{line[error.start]:02x} is no UTF-8; {wanted}"


def read_text(path, problems):
    """The text, or None where a problem was added."""
    try:
        content = read_bytes(path)
    except Wrong as wrong:
        problems.add(path, "", str(wrong))
        return None
    before = problems.count
    for line, wrong in wrong_lines(content):
        problems.add(f"{path}:{line}", "", wrong)
    if problems.count > before:
        return None
    text = content.decode("utf-8-sig")
    if text.strip() == "":
        problems.add(path, "", "is empty; must be the configuration of the tracker")
        return None
    return text
