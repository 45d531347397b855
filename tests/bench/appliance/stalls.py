# SPDX-License-Identifier: BSD-3-Clause
"""Latency that the machine itself adds: how long polling programs do not get their CPUs."""

import subprocess
from pathlib import Path

import progress
from process import Failed

PERCENTILES = ("p50", "p99", "p999")


def measure(options, seconds):
    """Latencies, as {percentile: us}, that an idle polling loop on both CPUs would cause. Call it before
    other programs poll there."""
    program = Path(options.weir).parents[2] / "tests/bench/bench_stalls"
    progress.say("measuring stalls of the machine")
    command = [program, str(seconds), *map(str, options.cpus[:2])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed(f"bench_stalls: {error}") from None
    return dict(zip(PERCENTILES, map(float, done.stdout.split())))
