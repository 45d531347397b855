#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whole machines under QEMU. Part "packages": install, services, a transfer, an upgrade, a reboot, a power
cut. Part "nics": Weir on every network card that QEMU emulates, through an IOMMU.

Needs root, and ten minutes for each system, half an hour for the cards; the first time half an hour more.
Writes TAP: a case for each step, with what it showed. Images stay in $WEIR_MACHINES
(/var/cache/weir-machines).
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
import nic_steps  # noqa: E402
import port_steps  # noqa: E402, F401  further steps, in this order
import beside_steps  # noqa: E402, F401
import machine_steps  # noqa: E402, F401
import function_steps  # noqa: E402, F401
import setup_steps  # noqa: E402, F401
from cards import table  # noqa: E402
from emulator import OWN, with_device  # noqa: E402
from image import Image  # noqa: E402
from journey import Journey  # noqa: E402
from package_set import PackageSet  # noqa: E402
from rig import Rig  # noqa: E402
from root import REPOSITORY, Failure, own_mirror  # noqa: E402
from steps import STEPS  # noqa: E402
from systems import SYSTEMS  # noqa: E402
from tap_steps import Tap  # noqa: E402

NAMES = ("debian-12", "debian-13")
NICS_SYSTEM = "debian-12"  # the cards are the same on every system
EMULATOR_SYSTEM = "debian-13"  # whose QEMU has igb
PARTS = ("packages", "nics")
# Folders that the guest reads.
SHARED = ("tests/clients", "tests/support", "tests/machines", "scripts", "drivers-config")
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
            REPOSITORY / name, share / name, ignore=shutil.ignore_patterns("__pycache__", "*.c", "*.h")
        )
    packages.copy(share / "packages")


def make(folder, packages, system):
    """Everything that machines are made of."""
    fill_share(folder / "share", packages)
    image = Image(system, folder, packages.dependencies())
    return image, image.make(own_mirror())


def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


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


def boot_cards(tap, rig):
    """The first step; whether the machine is up."""
    what, function = nic_steps.NIC_STEPS[0]
    return tap.step(f"nics: {what}", function, rig) is not None


def recover(tap, rig):
    """After a step that failed: as the first leaves the machine, booted anew if need be; whether it is up."""
    tap.comment(rig.diagnosis())
    try:
        rig.tidy()
        return True
    except Failure as failure:
        tap.comment(f"the machine cannot be used any more: {failure}")
    rig.stop()
    return boot_cards(tap, rig)


def try_cards(tap, rig, words):
    """The first step, and those with one of `words`: each begins on a machine as the first leaves it."""
    up = boot_cards(tap, rig)
    for what, function in nic_steps.NIC_STEPS[1:]:
        if not up:
            tap.say(True, f"nics: {what}", skip="because the machine is not up")
        elif (
            any(word in what for word in words.split(","))
            and tap.step(f"nics: {what}", function, rig) is None
        ):
            up = what == nic_steps.NIC_STEPS[-1][0] or recover(tap, rig)
    tap.comment(table(rig.cards_shown))


def run_nics(tap, image, folder, words):
    system = next(system for system in SYSTEMS if system.name == EMULATOR_SYSTEM)
    found = tap.step("nics: a QEMU with igb", with_device, "igb", system, folder, own_mirror())
    if not found:
        return
    emulator, text = found
    tap.comment(f"{text}; {emulator.choose_accelerator(image.kernel)}")
    rig = Rig(image, image.folder / "share", empty(image.folder / "run-nics"), emulator)
    try:
        try_cards(tap, rig, words)
    finally:
        rig.stop()


def run_packages(tap, image, name):
    tap.comment(OWN.choose_accelerator(image.kernel))
    journey = Journey(image.system, image, image.folder / "share", empty(image.folder / "run"))
    try:
        travel(tap, journey, name)
    finally:
        journey.stop()


def run_system(tap, system, folder, arguments):
    place = folder / system.name
    place.mkdir(parents=True, exist_ok=True)
    name = system.name
    given = arguments.packages and arguments.packages / name
    packages = PackageSet(system, place / "packages", given)
    showed = tap.step(f"{name}: packages of this version and of the one before", packages.make)
    made = showed and tap.step(f"{name}: image", make, place, packages, system)
    if not made:
        return
    image, text = made
    tap.comment(text)
    if arguments.part in (None, "packages"):
        run_packages(tap, image, name)
    if arguments.part in (None, "nics") and name == NICS_SYSTEM:
        run_nics(tap, image, folder, arguments.steps)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=NAMES, help="this system alone")
    parser.add_argument("--part", choices=PARTS, help="this part alone")
    parser.add_argument(
        "--steps",
        default="",
        metavar="WORDS",
        help='of part "nics": the first, and those with one of WORDS (a,b,c)',
    )
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
        print("\n".join(name for name, _ in (*STEPS, *nic_steps.NIC_STEPS)))
        return 0
    why = obstacle()
    if why:
        print(f"1..1\nok 1 - machines # SKIP {why}")
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    tap = Tap()
    for system in SYSTEMS:
        wanted = NAMES if arguments.part != "nics" else (NICS_SYSTEM,)
        if system.name in wanted and arguments.only in (None, system.name):
            run_system(tap, system, arguments.folder, arguments)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    standard_output.run(main)
