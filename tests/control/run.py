#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of what an operator does to a Weir that serves: lists, bans, keys, limits, snapshots.

A known load, or real sockets in a network namespace, while lists are replaced, sources misbehave, and Weir
is killed and started again. WEIR_CONTROL_FULL=1 in the environment makes the numbers those of a release: a
hundred lists, two hundred kills. Needs root for namespaces and skips without. Writes TAP.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / folder) for folder in ("golden", "support", "observe")]

import cases_abuse  # noqa: E402, F401
import cases_governor  # noqa: E402, F401
import cases_kill  # noqa: E402, F401
import cases_lists  # noqa: E402, F401
import standard_output  # noqa: E402
from laboratory import run_cases  # noqa: E402


if __name__ == "__main__":
    standard_output.run(lambda: run_cases(__doc__))
