# SPDX-License-Identifier: BSD-3-Clause
"""A fresh Debian with systemd, and what the packages need, ready to be installed without a network."""

import shutil

from packages import field
from root import Root

BASE = ("systemd-sysv", "dbus", "iproute2", "logrotate", "man-db")
PACKAGES = "/root/packages"


class Fresh:
    def __init__(self, system, folder, log):
        self.root = Root(folder, system, log, home="/")
        self.folder = folder

    def make(self, mirror, packages):
        with self.root.locked():
            self.root.bootstrap(mirror)
            # Services start here as on any machine, and manual pages are not left out.
            (self.folder / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
            (self.folder / "etc/hostname").write_text("fresh\n")
            self.root.update()
            self.root.install(*BASE)
            self._bring(packages)
        return True

    def _bring(self, packages):
        """Copies the packages in. Debian's that they depend on go into apt's cache."""
        target = self.folder / PACKAGES[1:]
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in packages.found.values():
            shutil.copy(path, target)
        self.root.inside(
            f"apt-get -y -qq --download-only --no-install-recommends install {PACKAGES}/*.deb",
            "fetching what the packages depend on",
        )


def dependencies(packages):
    """What the packages need, as apt-get satisfy takes it."""
    needed = [field(path, "Depends") for path in packages.found.values()]
    return ", ".join(text.strip(", ") for text in needed if text)
