#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the commands of the documentation, as they stand, in a fresh Debian that systemd-nspawn boots.

docs/install.md and docs/first-hour.md from their first step to the last, then all other documents; what
needs a network card or another machine is in elsewhere.py, with its reason. Needs root. Writes TAP.
The root stays in $WEIR_SYSTEMS (/var/cache/weir-systems). $WEIR_PACKAGES names a folder with packages to
install; without it, scripts/package builds them.
"""

import argparse
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / folder) for folder in ("support", "systems")]

import documents  # noqa: E402
import elsewhere  # noqa: E402
from base import prepare  # noqa: E402
from machine import Broken, Machine  # noqa: E402
from nspawn import Failure as Obstacle  # noqa: E402
from nspawn import obstacle  # noqa: E402
from root import SOURCE, Failure  # noqa: E402

COMMAND_S = 900  # a compilation, on a busy machine
FIRST = ("docs/install.md", "docs/first-hour.md")  # the rest follows in the order of names
LOOK_S = 4
INTERRUPTED = (0, 124, 130)


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def say(self, ok, name, text="", skip=""):
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}{f' # SKIP {skip}' if skip else ''}")
        print("".join(f"# {line}\n" for line in text.splitlines()[-40:]), end="", flush=True)


def _lacks_memlock():
    """Why the machine cannot lock as much memory as it likes; empty if it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (soft, resource.RLIM_INFINITY))
    except ValueError:
        return f"locked memory is limited to {hard >> 10} KiB, and nobody here may raise that"
    return ""


class Reader:
    """Does what the blocks of a document say, in one machine."""

    def __init__(self, tap, machine, folder):
        self.tap = tap
        self.machine = machine
        self.folder = folder  # where root begins
        self.shells = {}

    def _shell(self, root):
        if root not in self.shells:
            self.shells[root] = self.machine.shell_of(root)
            if root:
                self.shells[root].run(f"cd {self.folder}", COMMAND_S)
        return self.shells[root]

    def begin(self):
        """New shells, as a reader of another document has."""
        for shell in self.shells.values():
            shell.close()
        self.shells = {}

    def follow(self, block):
        if "file" in block.attributes:
            self.machine.make(block.attributes["file"], block.text)
            return
        if block.word != "console":
            return
        commands = block.commands()
        why = _lacks_memlock() if block.attributes.get("needs") == "memlock" else ""
        for command in commands:
            if why:
                self.tap.say(True, command, skip=why)
                continue
            last = command is commands[-1]
            wanted = int(block.attributes.get("status", 0)) if last else 0
            self._do(command, wanted, block.attributes.get("shows", "") if last else "")

    def _do(self, command, wanted, shows):
        why = elsewhere.reason(command)
        if why:
            self.tap.say(True, command, skip=why)
            return
        began = time.monotonic()
        right = (wanted,)
        try:
            if elsewhere.WITH_KEYS.search(command.text):
                status, said = self.machine.watch(command.root, command.text, elsewhere.KEY, LOOK_S)
            elif elsewhere.FOLLOWING.search(command.text):
                text = f"timeout --signal=INT {LOOK_S} {command.text}"
                status, said = self._shell(command.root).run(text, COMMAND_S)
                right = INTERRUPTED
            else:
                status, said = self._shell(command.root).run(command.text, COMMAND_S)
        except Broken as broken:
            self.tap.say(False, command, str(broken))
            self.begin()
            return
        if status not in right:
            self.tap.say(False, command, f"status {status}, not {wanted}\n{said}")
        elif shows not in said:
            self.tap.say(False, command, f"does not show {shows}\n{said}")
        else:
            self.tap.say(True, command, f"{time.monotonic() - began:.1f} s")


def _blocks():
    """All blocks, those of FIRST in front."""
    for path in sorted(documents.documents(), key=_place):
        yield from documents.read(path)


def _place(path):
    name = str(path.relative_to(documents.REPOSITORY))
    return FIRST.index(name) if name in FIRST else len(FIRST), name


def _is_of_source(block):
    return block.attributes.get("from") == "source"


def _is_of_end(block):
    return block.attributes.get("when") == "end"


def _tell_journal(tap, machine):
    if tap.failed:
        journal = machine.shell("journalctl --no-pager -n 60 -u 'weir*'", check=False).stdout
        print("".join(f"# journal: {line}\n" for line in journal.splitlines()), end="", flush=True)


def from_source(tap, root, folder, blocks):
    with Machine(root, folder) as machine:
        reader = Reader(tap, machine, SOURCE)
        for block in filter(_is_of_source, blocks):
            reader.follow(block)
        reader.begin()
        _tell_journal(tap, machine)


def from_packages(tap, root, folder, blocks):
    with Machine(root, folder) as machine:
        reader = Reader(tap, machine, "/root")
        document = None
        todo = [block for block in blocks if not _is_of_source(block)]
        for block in sorted(todo, key=_is_of_end):
            if block.document != document:
                reader.begin()
                document = block.document
                if document not in FIRST:
                    _set_up(machine)
            reader.follow(block)
        reader.begin()
        _tell_journal(tap, machine)


def _set_up(machine):
    """What documents behind the first hour take for granted: a tracker with all lists, that serves."""
    machine.make("/root/set-up", (HERE / "set_up.sh").read_text())
    machine.make("/root/everything.cfg", (HERE / "everything.cfg").read_text())
    ended = machine.shell("cd /root && bash -e set-up", check=False, timeout_s=COMMAND_S)
    if ended.returncode != 0:
        said = machine.shell("journalctl -u weir -n 30 --no-pager", check=False).stdout
        raise Broken(f"the tracker for the documents does not start\n{ended.stdout}\n{said}")


def packages():
    """The packages to install, as files."""
    folder = os.environ.get("WEIR_PACKAGES")
    if not folder:
        folder = tempfile.mkdtemp(prefix="weir-packages-")
        script = documents.REPOSITORY / "scripts/package"
        subprocess.run([script, "--system", "debian:12", "--output", folder], check=True, stdout=sys.stderr)
    return [path for path in sorted(pathlib.Path(folder).glob("*.deb")) if "dbgsym" not in path.name]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="packages or source")
    parser.add_argument(
        "--folder", type=pathlib.Path, default=os.environ.get("WEIR_SYSTEMS", "/var/cache/weir-systems")
    )
    parser.add_argument(
        "--document",
        default="",
        metavar="WORD",
        help="only install.md, and documents with WORD in their names",
    )
    arguments = parser.parse_args()
    why = obstacle()
    if why:
        print(f"1..1\nok 1 - documents # SKIP {why}")
        return 0
    arguments.folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the machine is taken down
    tap = Tap()
    blocks = [
        block for block in _blocks() if block.document == FIRST[0] or arguments.document in block.document
    ]
    commands = [command for block in blocks for command in block.commands() if block.word == "console"]
    try:
        here = [command for command in commands if not elsewhere.reason(command)]
        root = prepare(arguments.folder, here, packages())
        for name, part in (("packages", from_packages), ("source", from_source)):
            if arguments.only in ("", name):
                part(tap, root, arguments.folder, blocks)
    except (Broken, Failure, Obstacle, subprocess.SubprocessError) as failure:
        tap.say(False, "a machine for the documents", str(failure))
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
