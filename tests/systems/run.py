#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Builds and tests Weir on every system that README.md names, each in a root made by debootstrap.

Needs root, and half an hour or more. Writes TAP, and at the end a table: what each system has, and
what passed there. Roots stay in $WEIR_SYSTEMS (/var/cache/weir-systems), so that a later run only
brings them up to date.
"""

import argparse
import os
import pathlib
import re
import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import arm64  # noqa: E402
from root import FOLDER, Root, own_mirror  # noqa: E402
from systems import SYSTEMS  # noqa: E402
from tap_steps import Tap  # noqa: E402

RESULT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)


@dataclass
class Row:
    """A line of the table."""

    system: object
    dpdk: str = ""
    compiler: str = ""
    tests: str = ""
    demo: str = ""
    built_with: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def facts(root, row):
    row.dpdk = root.inside("pkg-config --modversion libdpdk", "DPDK's version").strip()
    row.compiler = "gcc " + root.inside("gcc -dumpfullversion", "gcc's version").strip()


def tests(root, row):
    said = root.inside("scripts/test unit golden 2>&1", "scripts/test unit golden")
    row.tests = RESULT.search(said).group(0)
    row.notes += sorted(set(re.findall(r"^ *skipped: (.+)", said, re.M)))
    facts(root, row)
    return True


def demo(root, row):
    root.inside("scripts/run --demo", "scripts/run --demo")
    row.demo = "passed"
    return True


def build(root, compiler):
    root.install(compiler)
    root.inside(
        f"rm -rf /tmp/build && CC={compiler} meson setup /tmp/build --werror && "
        "ninja -C /tmp/build --quiet",
        f"building with {compiler}",
    )
    return True


def native(tap, root, row):
    name = row.system.name
    if not tap.step(f"{name}: scripts/test unit golden", tests, root, row):
        return
    tap.step(f"{name}: scripts/run --demo", demo, root, row)
    for compiler in row.system.compilers:
        if not root.offers(compiler):
            tap.say(True, f"{name}: {compiler}", skip="this system does not have it")
        elif tap.step(f"{name}: builds with {compiler}", build, root, compiler):
            row.built_with.append(compiler)


def foreign(tap, root, row):
    name = row.system.name
    if not tap.step(f"{name}: cross-builds", arm64.build, root, row):
        return
    tap.step(f"{name}: unit under qemu-user", arm64.unit, root, row)
    tap.step(f"{name}: golden under qemu-user", arm64.golden, root, row)


def run_system(tap, system, folder):
    row = Row(system)
    mirror = os.environ.get(system.mirror, "") if system.mirror else own_mirror()
    if not mirror:
        tap.say(True, system.name, skip=f"{system.mirror} names no mirror")
        row.notes.append(f"not run: {system.mirror} names no mirror")
        return row
    log = folder / f"{system.name}.log"
    log.write_text("")
    root = Root(folder / system.name, system, log)
    with root.locked():
        if tap.step(f"{system.name}: the root is there", lambda: root.make(mirror) or True):
            (foreign if system.foreign else native)(tap, root, row)
    return row


def table(rows):
    """Prints the table to standard error, because meson shows no comments of TAP."""
    lines = [
        "| system | DPDK | compiler | unit and golden | demo | also built with |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.system.title, row.dpdk, row.compiler, row.tests, row.demo, " ".join(row.built_with))
        lines.append("| " + " | ".join(cell or "-" for cell in cells) + " |")
    lines += [f"{row.system.title}: skipped: {note}" for row in rows for note in row.notes]
    print("\n".join(lines), file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="NAME", help="one of " + ", ".join(system.name for system in SYSTEMS)
    )
    parser.add_argument("--folder", type=pathlib.Path, default=FOLDER)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("1..1\nok 1 - systems # SKIP only root can make them")
        return 0
    arguments.folder.mkdir(parents=True, exist_ok=True)
    tap = Tap()
    rows = [
        run_system(tap, system, arguments.folder) for system in SYSTEMS if arguments.only in ("", system.name)
    ]
    print(f"1..{tap.count}")
    table(rows)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
