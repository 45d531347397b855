# SPDX-License-Identifier: BSD-3-Clause
"""A copy of the sources, for those who change them to see what happens."""

import pathlib
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]


def copy_sources(folder):
    """Copies the files that git knows, as they are now, into `folder`."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0")[:-1]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (TOP / name).is_file():
            shutil.copy2(TOP / name, target)
