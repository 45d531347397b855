#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Storms of bad frames, floods, and faults around a Weir that serves known clients; a short soak at the end.

WEIR_TORTURE_FULL=1 in the environment makes the numbers those of a release: a hundred million bad frames,
half an hour of soak. Needs root, to mount a small disk. Writes TAP.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / folder) for folder in ("golden", "support", "observe", "control")]

import cases_clock  # noqa: E402, F401
import cases_faults  # noqa: E402, F401
import cases_lcores  # noqa: E402, F401
import cases_links  # noqa: E402, F401
import cases_soak  # noqa: E402, F401
import cases_start  # noqa: E402, F401
import cases_storm  # noqa: E402, F401
import standard_output  # noqa: E402
from laboratory import run_cases  # noqa: E402


if __name__ == "__main__":
    standard_output.run(lambda: run_cases(__doc__))
