#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Simulates for a minute, or WEIR_SIM_SECONDS: one seed after another, each a case of the TAP.

usage: run.py PROGRAM

The first seed is WEIR_SIM_SEED, or made of the time, so that no two runs are the same.
"""

import os
import subprocess
import sys
import time

STEPS = 2_000_000
SECONDS = 60


def play(program, seed):
    words = [program, "--seed", str(seed), "--steps", str(STEPS)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def main():
    program = sys.argv[1]
    end_s = time.monotonic() + int(os.environ.get("WEIR_SIM_SECONDS", SECONDS))
    first = int(os.environ.get("WEIR_SIM_SEED", int(time.time()) * 1000))
    cases = failures = 0
    while time.monotonic() < end_s:
        done = play(program, first + cases)
        cases += 1
        failures += done.returncode != 0
        print(f"{'not ok' if done.returncode else 'ok'} {cases} - seed {first + cases - 1}")
        said = done.stderr if done.returncode else done.stdout
        print("".join(f"# {line}\n" for line in said.splitlines()), end="", flush=True)
    print(f"1..{cases}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
