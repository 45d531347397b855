# SPDX-License-Identifier: BSD-3-Clause
"""The systems that Weir is held to run on, once. README.md shows the same list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    name: str  # as --only and the table have it
    title: str
    suite: str  # debootstrap's
    # Compilers beside the system's own gcc, as its packages call them: build only.
    compilers: tuple = ()
    mirror: str = ""  # environment variable that names one; empty: the mirror this system uses
    components: str = "main"
    foreign: str = ""  # architecture to build for and to run under qemu-user


SYSTEMS = (
    System("debian-12", "Debian 12", "bookworm", ("clang-14", "clang-15", "clang-16")),
    System("debian-13", "Debian 13", "trixie", ("gcc-12", "gcc-13", "clang-17", "clang-19")),
    System("debian-sid", "Debian sid", "sid", ("gcc-15", "gcc-16", "clang-19", "clang-21")),
    System(
        "ubuntu-24.04",
        "Ubuntu 24.04",
        "noble",
        ("clang-18",),
        mirror="WEIR_UBUNTU_MIRROR",
        components="main,universe",
    ),
    System("arm64", "Debian 12, arm64", "bookworm", foreign="arm64"),
)
