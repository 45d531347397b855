# SPDX-License-Identifier: BSD-3-Clause
"""The root that machines begin from: a fresh Debian, with the packages downloaded that documents install."""

import re
import shutil

from machine import USER
from root import Root, own_mirror
from systems import SYSTEMS

# What Debian's installer puts on every machine and debootstrap's smallest root has not.
STANDARD = ("systemd-sysv", "dbus", "udev", "kmod", "iproute2", "iputils-ping", "procps", "python3")
STANDARD += ("ca-certificates", "openssl", "man-db")
SET_UP = {"curl", "socat", "dpdk-dev"}  # what set_up.sh installs


def _wanted(commands):
    """Packages of Debian that commands install."""
    names = set(SET_UP)
    for command in commands:
        for install in re.findall(r"\bapt(?:-get)? install ([^;&|\n]+)", command.text):
            names |= {word for word in install.split() if re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", word)}
    return sorted(names)


def _bring(root, commands, packages):
    """Copies packages in; what they and the commands need goes into apt's cache."""
    here = root.folder / "root"
    for old in here.glob("*.deb"):
        old.unlink()
    for package in packages:
        shutil.copy(package, here)
    download = "apt-get install -y -qq --download-only"
    root.inside(f"{download} {' '.join(_wanted(commands))}", "downloading what documents install")
    root.inside(f"{download} /root/*.deb", "downloading what the packages need")


def prepare(folder, commands, packages):
    """Makes the root in `folder`, or brings it up to date, with what commands and packages (files) need."""
    system = next(system for system in SYSTEMS if system.name == "debian-12")
    root = Root(folder / "documents", system, folder / "documents.log", home="/")
    with root.locked():
        root.bootstrap(own_mirror())
        # Services start here as on any machine.
        (root.folder / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        (root.folder / "etc/hostname").write_text("fresh\n")
        root.update()
        root.install(*STANDARD)
        root.inside(f"id {USER} || useradd --create-home --shell /bin/bash {USER}", "adding a user")
        _bring(root, commands, packages)
        root.copy_sources()
    return root.folder
