# SPDX-License-Identifier: BSD-3-Clause
"""The files that git knows."""

import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def files(*patterns):
    """Paths, from the top of the repository, of files that match any of git's patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True
    )
    paths = (pathlib.Path(name) for name in listed.stdout.split("\0") if name)
    return [path for path in paths if (REPOSITORY / path).is_file()]
