# SPDX-License-Identifier: BSD-3-Clause
"""These sources, built for a guest in a root of its system: the guest has no compiler and no network."""

from root import FOLDER, Root, own_mirror

# As scripts/run builds, so that it finds nothing left to do.
BUILD = (
    ". scripts/common.sh && "
    'install_packages "${packages_build[@]}" "${packages_run[@]}" "${packages_beside[@]}" && '
    "build release --buildtype=release -Db_lto=true -Dtests=false"
)


class BuiltTree:
    """`folder`: of the root, whose /root/weir is the tree."""

    def __init__(self, system):
        self.folder = FOLDER / system.name
        self._root = Root(self.folder, system, FOLDER / f"{system.name}.log")

    def make(self):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with self._root.locked():
            self._root.make(own_mirror())
            self._root.inside(BUILD, "building as scripts/run does")
        return str(self.folder)
