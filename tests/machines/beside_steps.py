# SPDX-License-Identifier: BSD-3-Clause
"""Weir beside the kernel, on the only interface that a machine has. Each step returns what it showed."""

import re

from nic_steps import expect, nic_step
from rig import driver_group
from root import REPOSITORY, Failure

ROUNDS = 20
# What docs/security.md says that the service needs for it; and a pause that shows the interface without Weir.
DROP_IN = """\
[Service]
AmbientCapabilities=CAP_BPF
CapabilityBoundingSet=CAP_BPF
RestrictAddressFamilies=AF_XDP AF_INET6
SystemCallFilter=bpf
RestartSec=5
"""
RINGS = 2  # the card's queues, where it has more


def beside_group(link, queues):
    """The driver file for an interface, as its comments say; `host` is in it, too."""
    text = driver_group("beside_kernel")
    text, count = re.subn(r"iface=eth0(.*)queue_count=1", rf"iface={link}\1queue_count={queues}", text)
    if count != 1:
        raise Failure(f"{REPOSITORY}/drivers-config/beside_kernel.cfg has no interface to replace")
    return text


def queues_of(rig, link):
    """As an operator limits and counts them, on an interface that is up: only then igb shows what it uses."""
    rig.guest.run(f"ip link set {link} up && ethtool -L {link} combined {RINGS}", check=False)
    return int(rig.guest.run(f"ls -d /sys/class/net/{link}/queues/rx-* | wc -l").output)


def serve_beside(rig, card, rounds, mode, resets):
    """`resets`: the kernel's driver starts the card anew when a program comes or goes: pings are lost."""
    link = rig.link_of(card)
    rig.configure(beside_group(link, queues_of(rig, link)), [])
    rig.drop_in("beside", DROP_IN)
    rig.note_journal()
    found = rig.tool("beside", rig.clients_link(), link, rounds, timeout=120 + 120 * rounds)
    rig.drop_in("beside", "")
    expect("mode of XDP", found["mode"], mode)
    if found["words"] < rounds or (found["lost"] > 0 and not resets):
        raise Failure(f"TCP or ping has not gone on: {found}")
    expect("driver of the card", rig.driver_of(card), card.kernel_driver)
    card.show(f"beside the kernel ({mode} XDP)")
    return f"{rounds} starts, half of them ended by kill -9: {found['words']} words over TCP, " + (
        f"{found['lost']} of {found['pings']} pings lost"
    )


for _name, _rounds, _mode, _resets in (
    ("virtio", ROUNDS, "native", False),
    ("e1000e", 4, "generic", False),
    ("igb", 4, "native", True),
):
    nic_step(
        f"{_name}: beside the kernel on the only interface, TCP and ping go on while Weir comes and goes"
    )(lambda rig, name=_name, rest=(_rounds, _mode, _resets): serve_beside(rig, rig.cards[name], *rest))
