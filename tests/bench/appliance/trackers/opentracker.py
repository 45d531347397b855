# SPDX-License-Identifier: BSD-3-Clause
"""opentracker, from Debian."""

from trackers.packages import unpack_debian
from trackers.tracker import Tracker
from weir import PORT


class Opentracker(Tracker):
    name = "opentracker"
    version = "Debian's, the commit that aquatic's own comparison used (110868e)"
    lists_self = True
    needs_whitelist = True
    remark = "built with a whitelist, as in Debian: every info_hash is looked up in it"

    @property
    def program(self):
        return self.folder / "usr/bin/opentracker"

    def install(self):
        unpack_debian(self.folder, "opentracker", "libowfat0")

    def command(self, folder, task):
        config = folder / "opentracker.conf"
        config.write_text(
            # Workers must come before their address.
            f"listen.udp.workers 1\n"
            f"listen.udp {task.address}:{PORT}\n"
            f"access.whitelist {task.hashes}\n"
        )
        return [self.program, "-f", config], {"LD_LIBRARY_PATH": str(self.folder / "usr/lib")}
