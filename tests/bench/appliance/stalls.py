# SPDX-License-Identifier: BSD-3-Clause
"""What the machine itself adds to latencies: how long it keeps polling programs from their CPUs."""

import subprocess
from pathlib import Path

import progress
from process import Failed

PERCENTILES = ("p50", "p99", "p999")


def measure(options, seconds):
    """{percentile: us} that requests would wait for an idle loop on each of the two CPUs of a wire.
    Before anything else polls there."""
    program = Path(options.weir).parents[2] / "tests/bench/bench_stalls"
    progress.say("what the machine itself does to those who poll")
    command = [program, str(seconds), *map(str, options.cpus[:2])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed(f"bench_stalls: {error}") from None
    return dict(zip(PERCENTILES, map(float, done.stdout.split())))
