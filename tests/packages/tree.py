# SPDX-License-Identifier: BSD-3-Clause
"""What an installation leaves behind: the files of a guest, before and after."""

import re

# What the kernel and the service manager make, and what keeps records of everything: logs, databases, caches.
IGNORED = re.compile(
    r"^/(proc|sys|dev|run|tmp|root/packages|media)(/|$)"
    r"|^/var/(cache|log/(apt|journal)|lib/(apt|dpkg|systemd|logrotate))(/|$)"
    r"|^/var/log/(dpkg|alternatives|lastlog|wtmp|btmp)"
    r"|^/var/tmp/systemd-private-"
    r"|^/etc/(\.pwd\.lock|ld\.so\.cache|(passwd|group|g?shadow|sub[gu]id)-)$"
)
# Of the files that hold all users, the lines of ours may stay: see weir.postrm.
USERS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")
OURS = re.compile(r"^weir(-gateway)?:")


class Tree:
    def __init__(self, guest):
        said = guest.shell(
            "find / -xdev -printf '%y %m %u:%g %p\\n'; find /etc -xdev -type f -exec sha256sum {} +"
        ).stdout
        lines = [line for line in said.splitlines() if not IGNORED.match(line[line.find("/") :])]
        self.lines = {line for line in lines if line.split()[-1] not in USERS}
        users = guest.shell(f"cat {' '.join(USERS)}").stdout.splitlines()
        self.users = {line for line in users if not OURS.match(line)}
        # What dpkg itself knows of us.
        self.known = guest.shell("ls /var/lib/dpkg/info /var/lib/systemd/deb-systemd-helper-*", check=False)

    def difference(self, other):
        """Lines that one of them has and the other has not, with - and +."""
        pairs = ((self.lines, other.lines), (self.users, other.users))
        gone = {line for ours, theirs in pairs for line in ours - theirs}
        come = {line for ours, theirs in pairs for line in theirs - ours}
        ours = {
            line
            for line in other.known.stdout.splitlines()
            if re.match(r"weir(-tools|-doc|@|-gateway)?[.:]", line)
        }
        return sorted([f"- {line}" for line in gone] + [f"+ {line}" for line in come | ours])
