# SPDX-License-Identifier: BSD-3-Clause
"""What a machine installs: the packages of these sources, and before them the same under a lower version."""

import pathlib
import re
import shutil

from packages import Packages, field

BEFORE = "0.0.1"


class PackageSet:
    """`given`: a folder with packages that were built before, or None: scripts/package builds them."""

    def __init__(self, system, folder, given):
        self._packages = Packages(system, folder, given)
        self._older = folder / "before"
        self.now = self.before = None

    def make(self):
        said = self._packages.build()
        self.now = self._packages.found["weir"]
        shutil.rmtree(self._older, ignore_errors=True)
        self.before = self._packages.again(BEFORE, self._older)
        return said

    def dependencies(self):
        """Names of packages that it needs; the machine has no network to get them by."""
        clauses = field(self.now, "Depends").split(",")
        names = {
            re.match(r"[a-z0-9][a-z0-9+.-]*", clause.split("|")[0].strip()).group(0) for clause in clauses
        }
        return sorted(names)

    def copy(self, folder):
        for name, package in (("before", self.before), ("now", self.now)):
            (folder / name).mkdir(parents=True)
            shutil.copy(package, folder / name / pathlib.Path(package).name)
