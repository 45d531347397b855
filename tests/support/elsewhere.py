# SPDX-License-Identifier: BSD-3-Clause
"""Commands of documents that the machine of this test cannot run, each with its reason.

They are checked all the same: their shell syntax, and the options of Weir's programs by these programs.
"""

import re

# What a command is about, or the documents it is in, and why it is not run.
DOCUMENTS = {
    "docs/bench-peers.md": "builds other trackers from sources of the Internet",
    "docs/benchmarking.md": "takes hours; scripts/bench runs it",
    "docs/fuzzing.md": "runs for as long as one likes; scripts/test fuzz runs it",
    "docs/torture.md": "takes minutes; scripts/test torture runs it",
    "docs/container.md": "makes containers; scripts/test packages runs its commands",
    "docs/profiling.md": "takes minutes; scripts/test budget runs a part of it",
}
COMMANDS = {
    r"scripts/(run|test|bench|package)\b": "installs packages of its own; it is a command for the repository",
    r"scripts/setup-host\b": "changes the whole machine, and is a command for the repository",
    r"dpdk-hugepages\.py|hugetlbfs|nr_hugepages": "changes huge pages, which belong to the whole machine",
    r"dpdk-devbind\.py|driverctl|0000:3b:00\.0": "needs a network card",
    r"systemctl reboot": "ends the machine",
    r"kernel0|sriov_numvfs": "needs a network card, or the interface of a Weir that has one",
    r"main\.cfg": "needs the file of a driver that is not there yet",
    r"modprobe|update-grub|cpupower|/proc/irq|irqbalance": "needs the kernel to itself",
    r"/proc/cmdline|lscpu": "shows the machine, which is another one here",
    r"dpdk-dumpcap|tshark|eth1": "needs a port with huge pages, or another interface",
    r"prometheus|telegraf|promtool": "scripts/test observe runs Prometheus with these files",
}


def reason(command):
    """Why a command is not run here; empty if it is."""
    if command.document in DOCUMENTS:
        return DOCUMENTS[command.document]
    for pattern, why in COMMANDS.items():
        if re.search(pattern, command.text):
            return why
    return ""


# Commands that go on until they are interrupted, and those that need a terminal and end by a key.
FOLLOWING = re.compile(r"^(weirctl (-w|--watch)|journalctl .*-f$)")
WITH_KEYS = re.compile(r"^weirctl (\S+ )*top$")
KEY = "q"
