# SPDX-License-Identifier: BSD-3-Clause
"""Runs a function in a network namespace of its own, with nothing but loopback in it."""

import ctypes
import os
import subprocess
import traceback

from suite import Failed, Skipped

CLONE_NEWNET = 0x40000000
ENDINGS = {"failed": Failed, "skipped": Skipped}


def _enter():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _tell(function, arguments):
    """How it ended, and a text."""
    try:
        _enter()
        function(*arguments)
    except Skipped as why:
        return f"skipped\n{why}"
    except Failed as why:
        return f"failed\n{why}"
    except BaseException:  # pylint: disable=broad-except
        return f"failed\n{traceback.format_exc()}"
    return "well\n"


def alone(function, *arguments):
    """As root in a child process inside a new namespace; otherwise here, on the machine's loopback."""
    if os.geteuid() != 0:
        function(*arguments)
        return
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, _tell(function, arguments).encode()[:60000])
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        how, _, text = pipe.read().partition("\n")
    os.waitpid(child, 0)
    if how != "well":
        raise ENDINGS.get(how, Failed)(text or "the child process ended by itself")
