#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Builds the packages for Debian 12 and 13, checks them with lintian, and goes through their life on a fresh
machine of each: a root that debootstrap makes and systemd-nspawn boots, with a network of its own.

Needs root, and half an hour or more the first time. Writes TAP. Roots stay in $WEIR_SYSTEMS
(/var/cache/weir-systems), so that a later run only brings them up to date.
"""

import argparse
import functools
import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import nspawn  # noqa: E402
from container import Container, quadlet  # noqa: E402
from fresh import Fresh  # noqa: E402
from journey import SHARED, STEPS, Journey  # noqa: E402
from packages import Packages  # noqa: E402
from root import FOLDER, Failure, Root, own_mirror  # noqa: E402
from systems import SYSTEMS  # noqa: E402
from tap_steps import Tap  # noqa: E402

NAMES = ("debian-12", "debian-13")


def failing(function):
    """A guest's failures as those of a step."""

    @functools.wraps(function)
    def call(*arguments):
        try:
            return function(*arguments)
        except nspawn.Failure as failure:
            raise Failure(str(failure)) from failure

    return call


def lint(root, packages):
    """No errors. Warnings and overrides are shown; each override has its reason beside it."""
    with root.locked():
        root.install("lintian")
        target = root.folder / "root/lint"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(packages.folder, target)
        command = "lintian --allow-root --fail-on error --show-overrides"
        said = root.inside(f"cd /root/lint && {command} {packages.changes().name}", "lintian")
    return said or "no errors, no warnings"


def journey(tap, name, fresh, packages, folder):
    shutil.rmtree(folder, ignore_errors=True)
    shared = folder / "shared"
    shared.mkdir(parents=True)
    # DPDK looks into /sys/module, which systemd-nspawn leaves out.
    options = ("--bind=/dev/net/tun", "--bind-ro=/sys/module", f"--bind-ro={shared}:{SHARED}")
    guest = nspawn.Guest(fresh.folder, folder, *options, name=f"weir-{name}")
    if tap.step(f"{name}: boots", failing(lambda: guest.boot() or True)) is None:
        return
    try:
        life = Journey(guest, packages, shared)
        for what, step in STEPS:
            if tap.step(f"{name}: {what}", failing(lambda step=step: step(life) or True)) is None:
                tap.comment(f"the guest's files are in {folder}")
                break
    finally:
        guest.end()


def containers(tap, packages, folder):
    if shutil.which("podman") is None:
        tap.say(True, "container: docs/container.md", skip="needs podman")
        return
    with Container(packages, folder).open() as container:
        if tap.step("container: is built as docs/container.md says", container.build) is None:
            return
        if tap.step("container: answers announces", container.run):
            tap.step("container: keeps its state, and gives up its rights", container.start_again)


def run_system(tap, system, given):
    name = system.name
    folder = FOLDER / "packages" / name
    folder.mkdir(parents=True, exist_ok=True)
    packages = Packages(system, folder, given)
    if tap.step(f"{name}: scripts/package builds", packages.build) is None:
        return
    root = Root(FOLDER / name, system, FOLDER / f"{name}.log", home="/")
    tap.step(f"{name}: lintian finds no errors", lint, root, packages)
    fresh = Fresh(system, FOLDER / f"{name}-fresh", FOLDER / f"{name}-fresh.log")
    if tap.step(f"{name}: a fresh machine is there", fresh.make, own_mirror(), packages):
        journey(tap, name, fresh, packages, folder / "guest")
    if name == "debian-12":
        containers(tap, packages, folder / "containers")
    else:
        tap.step(f"{name}: Quadlet makes a service of weir.container", quadlet, root)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument(
        "--packages", type=pathlib.Path, metavar="FOLDER", help="take the packages in FOLDER/NAME, build none"
    )
    arguments = parser.parse_args()
    why_not = nspawn.obstacle()
    if why_not is None and shutil.which("debootstrap") is None:
        why_not = "needs debootstrap"
    if why_not is not None:
        print(f"1..1\nok 1 - packages # SKIP {why_not}")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    tap = Tap()
    for system in SYSTEMS:
        if system.name in NAMES and arguments.only in ("", system.name):
            given = arguments.packages and arguments.packages / system.name
            run_system(tap, system, given)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
