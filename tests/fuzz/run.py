#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the fuzzers of a build (-Dfuzz=true), each for some seconds, as many at a time as there are CPUs.
Writes TAP.

What they find on the way is kept in --folder, and a later run goes on from there. An input that breaks
something is named with the file that has it; run the fuzzer on that file to see it again.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True

import ledger  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MARGIN_S = 120  # to read the corpus, and to write what was found
OPTIONS = ("-print_final_stats=1", "-timeout=20", "-rss_limit_mb=3000", "-reload=0")
LENGTHS = {"shard": 300, "snapshot": 2000, "config": 2000}  # of inputs that cost time for each byte
LENGTH = 4096
# Where an input passes thousands of branches, entropic scheduling costs more than the input itself.
FLAT = ("shard", "snapshot", "config", "telemetry")


def targets(build):
    """Fuzzers by name."""
    programs = sorted((build / "tests/fuzz").glob("fuzz_*"))
    return {path.name.removeprefix("fuzz_"): path for path in programs if path.is_file()}


class Trial:
    """A run of one fuzzer."""

    environment = {}

    def __init__(self, name, program, folder, seconds):
        self.name = name
        self.seconds = seconds
        self.program = program
        self.folder = folder
        self.corpus = HERE / "corpus" / name

    def command(self):
        raise NotImplementedError

    def count(self):
        """(executions, inputs kept, whether something was found) of the run whose output is `said`."""
        raise NotImplementedError

    def run(self):
        (self.folder / self.name).mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        ended = subprocess.run(
            self.command(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment},
            timeout=self.seconds + MARGIN_S,
            text=True,
            errors="replace",
            check=False,
        )
        self.took = max(1, round(time.monotonic() - began))
        self.said = ended.stdout
        self.executions, self.kept, found = self.count()
        self.failed = ended.returncode != 0 or found or self.executions == 0
        return self

    def text(self):
        rate = self.executions / self.took
        return f"{self.executions} executions in {self.took} s, {rate:.0f} a second; {self.kept} inputs kept"


class LibFuzzer(Trial):
    environment = {
        # DPDK's memory, and what libFuzzer holds, are no leaks.
        "ASAN_OPTIONS": "detect_leaks=0:handle_abort=1",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    }

    def command(self):
        limits = [f"-max_total_time={self.seconds}", f"-max_len={LENGTHS.get(self.name, LENGTH)}"]
        artifacts = f"-artifact_prefix={self.folder / self.name}-"
        if self.name in FLAT:
            limits.append("-entropic=0")
        return [self.program, *OPTIONS, *limits, artifacts, self.folder / self.name, self.corpus]

    def _statistic(self, name):
        found = re.search(rf"^stat::{name}:\s*(\d+)", self.said, re.M)
        return int(found[1]) if found else 0

    def count(self):
        return self._statistic("number_of_executed_units"), self._statistic("new_units_added"), False


class Afl(Trial):
    """AFL++, which drives the same function."""

    environment = {
        "AFL_NO_UI": "1",
        "AFL_NO_AFFINITY": "1",
        "AFL_SKIP_CPUFREQ": "1",
        "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
        "AFL_AUTORESUME": "1",
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:symbolize=0",
        "UBSAN_OPTIONS": "abort_on_error=1:halt_on_error=1:symbolize=0",
    }

    def command(self):
        out = self.folder / self.name
        limits = ["-V", str(self.seconds), "-t", "5000", "-m", "none"]
        return ["afl-fuzz", "-i", self.corpus, "-o", out, *limits, "--", self.program]

    def _statistic(self, name):
        path = self.folder / self.name / "default/fuzzer_stats"
        found = path.exists() and re.search(rf"^{name}\s*:\s*(\d+)", path.read_text(), re.M)
        return int(found[1]) if found else 0

    def count(self):
        found = self._statistic("saved_crashes") + self._statistic("saved_hangs")
        return self._statistic("execs_done"), self._statistic("corpus_found"), found > 0


def _tell(number, trial):
    print(f"{'not ok' if trial.failed else 'ok'} {number} - {trial.name}: {trial.text()}")
    if trial.failed:
        print("".join(f"# {line}\n" for line in trial.said.splitlines()[-60:]), end="")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=20, help="for each fuzzer (20)")
    parser.add_argument("--only", default="", metavar="WORD", help="fuzzers with WORD in their names")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time (the number of CPUs)")
    parser.add_argument("--folder", type=pathlib.Path, help="inputs found (BUILD/found)")
    parser.add_argument("--ledger", metavar="REVISION", help="add the run to docs/fuzzing/ledger.tsv")
    options = parser.parse_args()
    folder = options.folder or options.build / "found"
    known = {name: path for name, path in targets(options.build).items() if options.only in name}
    if not known:
        parser.error(f"no fuzzer with {options.only!r} in its name in {options.build / 'tests/fuzz'}")
    kind = Afl if "afl" in options.build.name else LibFuzzer
    trials = [kind(name, path, folder, options.seconds) for name, path in known.items()]
    print(f"1..{len(trials)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, done in enumerate(
            concurrent.futures.as_completed([pool.submit(trial.run) for trial in trials]), 1
        ):
            _tell(number, done.result())
    if options.ledger:
        ledger.add(options.ledger, trials)
    return 1 if any(trial.failed for trial in trials) else 0


if __name__ == "__main__":
    sys.exit(main())
