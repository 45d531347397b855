# SPDX-License-Identifier: BSD-3-Clause
"""What cases work with: programs, folders, and a Weir that has been fed and goes on running."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

import pcap
import suite
import telemetry
from appliance import Watched, Weir
from scenario import Scenario
from suite import Failed, check

TIMEOUT_S = 120
LIFE_S = 300  # longest life of a Weir that nobody ended


@dataclass
class Programs:
    weir: pathlib.Path
    weir_load: pathlib.Path
    weirctl: pathlib.Path
    weir_gateway: pathlib.Path

    @classmethod
    def of(cls, build):
        """Those of a build folder."""
        app = build.resolve() / "app"
        names = ("weir", "weir-load", "weirctl", "weir-gateway")
        return cls(*(app / name / name for name in names))


@dataclass
class Ended:
    """A program that has ended."""

    status: int
    out: str
    err: str

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise Failed(f"this is not JSON:\n{self.out}\n{self.err}") from None


class Observed:
    """A running Weir that others are asked about."""

    def __init__(self, watched, runtime, prefix, scenario=None):
        self.watched = watched
        self.process = watched.process
        self.runtime = runtime  # RUNTIME_DIRECTORY
        self.prefix = prefix  # memory.file_prefix
        self.socket = telemetry.socket_path(runtime, prefix)
        self.scenario = scenario
        self.ended = None

    def ask(self, command):
        return telemetry.ask(self.socket, command)

    def decided(self):
        """Packets that have their verdict."""
        return sum(self.ask("/weir/verdicts").values())

    def wait_for(self, condition, what):
        deadline = time.monotonic() + TIMEOUT_S
        while not condition():
            check(time.monotonic() < deadline, f"in vain: {what}")
            time.sleep(0.02)

    def wait_decided(self, packets):
        self.wait_for(lambda: self.decided() >= packets, f"{packets} packets decided")
        seen = self.decided()
        check(seen == packets, f"{seen} packets decided, not {packets}")


def shared(config_text):
    """The configuration, so that nobody, the user of a gateway that root starts, may use the sockets."""
    if os.geteuid() != 0 or "group =" in config_text:
        return config_text
    group = 'group = "nogroup";'
    if "control = {" in config_text:
        return config_text.replace("control = {", f"control = {{ {group}")
    return f"{config_text}\ncontrol = {{ {group} }};\n"


class Laboratory:
    def __init__(self, programs):
        self.programs = programs
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="weir-observe-"))
        self.root.chmod(0o711)  # users may pass, to what is theirs
        self.weir = Weir(programs.weir, [], self.folder())
        self.case = None
        self._numbers = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def folder(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        folder.chmod(0o711)
        return folder

    def file_prefix(self):
        self._numbers += 1
        return f"observe-{os.getpid()}-{self._numbers}"

    def scenario(self, **arguments):
        """Frames to feed a Weir with, and a model of what it must know then: tests/golden."""
        scenario = Scenario(self, **arguments)
        scenario.stop_when_done = False
        return scenario

    def environment(self):
        """Of programs that shall find the Weirs of this laboratory by their prefix."""
        return {**os.environ, "RUNTIME_DIRECTORY": str(self.weir.runtime), "LC_ALL": "C.UTF-8"}

    def run(self, *words, environment=None, timeout_s=TIMEOUT_S, **how):
        """Runs a program to its end."""
        try:
            ended = subprocess.run(
                [str(word) for word in words],
                capture_output=True,
                text=True,
                timeout=timeout_s,
                env=environment or self.environment(),
                **how,
            )
        except subprocess.TimeoutExpired as late:
            raise Failed(f"{words[0]} did not end within {timeout_s} s\n{late.stderr}") from None
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def weirctl(self, observed, *arguments, **how):
        """weirctl on a Weir of ours."""
        return self.run(self.programs.weirctl, "--file-prefix", observed.prefix, *arguments, **how)

    @contextlib.contextmanager
    def running(self, config_text, folder=None, life_s=LIFE_S, inside=(), dies=False):
        """A Weir with this configuration, which must set memory.file_prefix by `file_prefix`.
        It has to end cleanly, unless it `dies`: the caller kills it."""
        folder = folder or self.folder()
        (folder / "weir.cfg").write_text(shared(config_text))
        prefix = config_text.partition('file_prefix = "')[2].partition('"')[0]
        weir = Weir(self.programs.weir, list(inside), self.weir.runtime)
        watched = Watched(weir.start(["-c", folder / "weir.cfg", "--run-for", life_s], folder))
        observed = Observed(watched, self.weir.runtime, prefix)
        try:
            watched.wait_for("weir: ready")
            yield observed
            if not dies:
                watched.process.terminate()
                observed.ended = watched.end()
        finally:
            watched.process.kill()
            watched.process.wait()
        if not dies:
            observed.ended.check_clean()

    @contextlib.contextmanager
    def fed(self, scenario):
        """A running Weir that has taken in all frames of a scenario."""
        folder = self.folder()
        for wire in scenario.wires:
            pcap.write(wire.file(folder, "in"), wire.frames)
        with self.running(scenario.config_text(folder), folder) as observed:
            observed.scenario = scenario
            observed.wait_decided(sum(len(wire.frames) for wire in scenario.wires))
            yield observed


def run_cases(description):
    """The command line of a group of cases, and their run. Returns the exit status."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of a build")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="the cases that have this in their name"
    )
    arguments = parser.parse_args()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    with Laboratory(Programs.of(arguments.build)) as laboratory:
        return 1 if suite.run_all(cases, laboratory) else 0
