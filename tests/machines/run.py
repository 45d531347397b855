#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whole machines under QEMU: packages, services, a transfer, an upgrade, a reboot, a power cut.

Needs root, and ten minutes for each system; the first time half an hour more. Writes TAP: a case for
each step, with what it showed. Images stay in $WEIR_MACHINES (/var/cache/weir-machines).
"""

import argparse
import os
import pathlib
import shutil
import signal
import sys

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

import standard_output  # noqa: E402
from image import Image  # noqa: E402
from journey import Journey  # noqa: E402
from package_set import PackageSet  # noqa: E402
from root import own_mirror  # noqa: E402
from steps import STEPS  # noqa: E402
from systems import SYSTEMS  # noqa: E402
from tap_steps import Tap  # noqa: E402

NAMES = ("debian-12", "debian-13")
SHARED = ("clients", "support", "machines")  # folders of tests/ that the guest reads
PROGRAMS = {"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "mke2fs": "e2fsprogs"}


def obstacle():
    """Why no machine can be made here; empty if one can."""
    if os.geteuid() != 0:
        return "only root can make the file system of a machine"
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    return f"not installed: apt install {' '.join(missing)}" if missing else ""


def fill_share(share, packages):
    shutil.rmtree(share, ignore_errors=True)
    for name in SHARED:
        shutil.copytree(
            TESTS / name, share / "tests" / name, ignore=shutil.ignore_patterns("__pycache__", "*.c", "*.h")
        )
    packages.copy(share / "packages")


def make(folder, packages, system):
    """Everything that the machine is made of."""
    fill_share(folder / "share", packages)
    image = Image(system, folder, packages.dependencies())
    showed = image.make(own_mirror())
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir()
    return Journey(system, image, folder / "share", run), showed


def travel(tap, journey, name):
    """All steps; after one that fails, those that need it are skipped."""
    broken = ""
    for what, function in STEPS:
        if broken:
            tap.say(True, f"{name}: {what}", skip=f"because this failed: {broken}")
        elif tap.step(f"{name}: {what}", function, journey) is None:
            broken = what
    if broken:
        tap.comment(journey.diagnosis())


def run_system(tap, system, folder, given):
    folder.mkdir(parents=True, exist_ok=True)
    name = system.name
    packages = PackageSet(system, folder / "packages", given)
    showed = tap.step(f"{name}: packages of this version and of the one before", packages.make)
    made = showed and tap.step(f"{name}: image", make, folder, packages, system)
    if not made:
        return
    journey, text = made
    tap.comment(text)
    try:
        travel(tap, journey, name)
    finally:
        journey.stop()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=NAMES, help="this system alone")
    parser.add_argument(
        "--packages",
        type=pathlib.Path,
        metavar="FOLDER",
        help="take FOLDER/SYSTEM/*.deb instead of building them",
    )
    parser.add_argument(
        "--folder", type=pathlib.Path, default=os.environ.get("WEIR_MACHINES", "/var/cache/weir-machines")
    )
    parser.add_argument("--list", action="store_true", help="name the steps and end")
    return parser.parse_args()


def interrupt(number, _frame):
    raise SystemExit(128 + number)  # unwinds, so that QEMU ends


def main():
    arguments = parse_arguments()
    if arguments.list:
        print("\n".join(name for name, _ in STEPS))
        return 0
    why = obstacle()
    if why:
        print(f"1..1\nok 1 - machines # SKIP {why}")
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    tap = Tap()
    for system in SYSTEMS:
        if system.name in NAMES and arguments.only in (None, system.name):
            given = arguments.packages and arguments.packages / system.name
            run_system(tap, system, arguments.folder / system.name, given)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    standard_output.run(main)
