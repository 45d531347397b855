# SPDX-License-Identifier: BSD-3-Clause
"""Child processes that never outlive the run, and waiting with an end."""

import os
import subprocess
import time

from child import end_with_parent, spawn, stop  # noqa: F401


class Failure(Exception):
    """Something was not as it must be; the text is a sentence for people."""


def run(arguments, timeout=30, check=True, **options):
    """Runs a program to its end and returns the result with its output as text."""
    result = subprocess.run(
        [str(argument) for argument in arguments],
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=end_with_parent(),
        **options,
    )
    if check and result.returncode != 0:
        command = " ".join(str(argument) for argument in arguments)
        raise Failure(f"{command}: exit status {result.returncode}: {result.stdout.strip()}")
    return result


def wait_until(condition, what, timeout=20, pause=0.05):
    """Returns the first true value of condition(); a Failure that says `what` after `timeout`."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {timeout} s")
        time.sleep(pause)


def read_text(path):
    """What a program has written so far; nothing while there is no file."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
