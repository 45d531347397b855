# SPDX-License-Identifier: BSD-3-Clause
"""Child processes that never outlive the run, and waiting with an end."""

import ctypes
import os
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """Something was not as it must be; the text is a sentence for people."""


def _end_with_parent():
    # A child must not stay behind, even when this process is killed without a chance to clean up.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(arguments, **options):
    """Starts a program in a session of its own, so that Ctrl-C reaches only us, who clean up."""
    return subprocess.Popen(
        [str(argument) for argument in arguments],
        start_new_session=True,
        preexec_fn=_end_with_parent,
        **options,
    )


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
        preexec_fn=_end_with_parent,
        **options,
    )
    if check and result.returncode != 0:
        command = " ".join(str(argument) for argument in arguments)
        raise Failure(f"{command}: exit status {result.returncode}: {result.stdout.strip()}")
    return result


def stop(process, with_signal=signal.SIGTERM, timeout=10):
    """Asks a child to end, insists after `timeout` seconds. Returns its exit status."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    return process.returncode


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
