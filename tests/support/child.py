# SPDX-License-Identifier: BSD-3-Clause
"""Child processes that never outlive the script that starts them."""

import ctypes
import signal
import subprocess

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(with_signal=signal.SIGTERM):
    """For preexec_fn: the kernel ends the child even when the script is killed and cannot clean up."""

    def set_signal():
        _libc.prctl(_PR_SET_PDEATHSIG, with_signal)

    return set_signal


def spawn(arguments, *, with_signal=signal.SIGTERM, **options):
    """Starts a program in a session of its own: Ctrl-C reaches the script alone, which cleans up."""
    return subprocess.Popen(
        [str(argument) for argument in arguments],
        start_new_session=True,
        preexec_fn=end_with_parent(with_signal),
        **options,
    )


def stop(process, with_signal=signal.SIGTERM, timeout=10):
    """Sends a signal to a child, and kills it after `timeout` seconds. Returns its exit status."""
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
