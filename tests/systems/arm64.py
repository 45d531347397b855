# SPDX-License-Identifier: BSD-3-Clause
"""Weir for arm64: cross-built in a root of this machine's architecture, run under qemu-user."""

import re

from root import Failure

QEMU = "qemu-aarch64-static"
FOLDER = "/root/build-arm64"
PROGRAMS = "/root/arm64"  # what is there starts the program of the same path in FOLDER
CROSS_FILE = """\
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-gcc-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'aarch64-linux-gnu-pkg-config'
exe_wrapper = 'qemu-aarch64-static'

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
"""
TESTS = rf"find {FOLDER}/tests/unit -maxdepth 1 -name 'test_*' -type f -executable | sort"


def _packages(root):
    """The libraries of scripts/common.sh for arm64, tools for this machine."""
    names = root.inside(
        '. scripts/common.sh && echo "${packages_build[@]}" libcmocka-dev', "the list of packages"
    ).split()
    libraries = [f"{name}:arm64" for name in names if name.startswith("lib")]
    libraries.append("librte-meta-net:arm64")
    return [
        "gcc-aarch64-linux-gnu",
        "pkg-config",
        "meson",
        "ninja-build",
        "python3-scapy",
        "binutils-aarch64-linux-gnu",
        "qemu-user-static",
        *libraries,
    ]


def build(root, row):
    root.install(*_packages(root))
    (root.folder / "root/arm64.cross").write_text(CROSS_FILE)
    root.inside(
        f"rm -rf {FOLDER} && meson setup {FOLDER} --cross-file /root/arm64.cross --werror && "
        f"ninja -C {FOLDER} --quiet",
        "cross-building",
    )
    row.dpdk = root.inside("aarch64-linux-gnu-pkg-config --modversion libdpdk", "DPDK's version").strip()
    row.compiler = (
        "gcc " + root.inside("aarch64-linux-gnu-gcc -dumpfullversion", "gcc's version").strip() + ", cross"
    )
    return True


def _count(said):
    """(passed, failed, skipped) of what speaks TAP."""
    lines = [line.strip() for line in said.splitlines() if re.match(r"\s*(not )?ok\b", line)]
    skipped = [line for line in lines if "# SKIP" in line]
    failed = [line for line in lines if line.startswith("not ok") and "# SKIP" not in line]
    if failed:
        raise Failure("\n".join(failed))
    return len(lines) - len(skipped), len(skipped)


def unit(root, row):
    said = root.inside(
        f'for test in $({TESTS}); do echo "$test"; CMOCKA_MESSAGE_OUTPUT=TAP {QEMU} "$test" || '
        'echo "not ok - $test ended with status $?"; done 2>&1',
        "unit tests under qemu-user",
    )
    passed, skipped = _count(said)
    row.tests = f"unit: {passed} passed, {skipped} skipped"
    return True


def _start_by_name(root):
    """Tests start programs by their paths, and this machine knows none for arm64."""
    for path in root.inside(
        f"cd {FOLDER} && find app tests/bench -type f -executable", "the list of programs"
    ).split():
        script = root.folder / PROGRAMS[1:] / path
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {QEMU} {FOLDER}/{path} "$@"\n')
        script.chmod(0o755)


def golden(root, row):
    _start_by_name(root)
    said = root.inside(
        f"python3 tests/golden/run.py --weir {PROGRAMS}/app/weir/weir 2>&1 || true",
        "golden tests under qemu-user",
    )
    passed, skipped = _count(said)
    row.tests += f"; golden: {passed} passed, {skipped} skipped"
    return True
