#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Failing over: one of two appliances fails, with the examples of docs/failing-over as they stand.

Each test makes network namespaces, and mounts in a mount namespace of its own: root. Writes TAP.
"""

import argparse
import ctypes
import os
import pathlib
import signal
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / "clients"), str(tests / "support")]

import catalogue  # noqa: E402
import process  # noqa: E402
import results  # noqa: E402
import standard_output  # noqa: E402

CLONE_NEWNS = 0x20000
TEST_S = 900  # longest time of a test


def load_tests():
    catalogue.PACKAGES.update(
        {
            "bird": "bird2",
            "birdc": "bird2",
            "vtysh": "frr",
            "keepalived": "keepalived",
            "ping": "iputils-ping",
        }
    )
    import tests_bgp  # noqa: F401
    import tests_vrrp  # noqa: F401


def own_mounts():
    """Mounts from now on are gone with this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    process.run(["mount", "--make-rprivate", "/"])
    # What `ip netns` makes is gone, too.
    os.makedirs("/run/netns", exist_ok=True)
    process.run(["mount", "-t", "tmpfs", "tmpfs", "/run/netns"])


def interrupt(_number, _frame):
    raise KeyboardInterrupt


def out_of_time(_number, _frame):
    raise process.Failure(f"not over within {TEST_S} s")


def judge(test, build):
    why = catalogue.obstacle(test)
    if why is not None:
        return results.Outcome(skipped=why)
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(TEST_S)
    try:
        return results.judge(lambda: test.function(build))
    finally:
        signal.alarm(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", metavar="FOLDER", required=True, help="folder of a build")
    parser.add_argument("--only", metavar="S", default="", help="tests with S in their names")
    arguments = parser.parse_args()
    load_tests()
    chosen = [test for test in catalogue.tests if arguments.only in test.name]
    signal.signal(signal.SIGTERM, interrupt)
    if os.geteuid() == 0:
        own_mounts()
    report = results.Results(len(chosen))
    for test in chosen:
        report.report(test.name, judge(test, arguments.build))
    return 1 if report.failures else 0


if __name__ == "__main__":
    standard_output.run(main)
