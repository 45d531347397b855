# SPDX-License-Identifier: BSD-3-Clause
"""SR-IOV: Weir on a virtual function of a card whose physical function stays with the kernel."""

from cards import FUNCTION_MAC, function_of_igb
from nic_steps import exercise, expect, nic_step, serve
from root import Failure

KERNELS_ADDRESS = "10.77.0.5"


def make_function(rig, card, function):
    """The kernel's driver makes it; its MAC address is the physical function's business."""
    run = rig.guest.run
    run(f"echo 1 >/sys/bus/pci/devices/{card.pci}/sriov_numvfs", timeout=120)
    function.pci = run(f"basename $(readlink /sys/bus/pci/devices/{card.pci}/virtfn0)").output.strip()
    link = rig.link_of(card)
    run(f"ip link set {link} up && ip link set {link} vf 0 mac {FUNCTION_MAC}")
    run(f"ip addr add {KERNELS_ADDRESS}/24 dev {link}")
    return link


def ping_kernel(rig):
    """From a client of the other card to the kernel's interface."""
    rig.guest.run(f"python3 {rig.inside('answer')} {rig.clients_link()} {KERNELS_ADDRESS}", timeout=120)


@nic_step("SR-IOV: Weir on a virtual function of igb, the kernel on the physical one")
def function(rig):
    card, virtual = rig.cards["igb of node 1"], function_of_igb()
    link = make_function(rig, card, virtual)
    expect("IOMMU groups of both", len({rig.group_of(card), rig.group_of(virtual)}), 2)
    ping_kernel(rig)
    rig.bind(virtual)
    expect("driver of the physical function", rig.driver_of(card), "igb")
    row = serve(rig, virtual)
    exercise(rig, virtual)
    ping_kernel(rig)
    took = int(rig.guest.read(f"/sys/class/net/{link}/statistics/rx_packets"))
    if took == 0:
        raise Failure("the kernel has received nothing on the physical function")
    rig.end()
    rig.guest.run(
        f"ip addr flush dev {link} && echo 0 >/sys/bus/pci/devices/{card.pci}/sriov_numvfs", timeout=120
    )
    virtual.show("connect, announce, scrape, ARP, NDP, ping over both families")
    virtual.show("the kernel serves on the physical function")
    rig.cards_shown.append(virtual)
    return f"{row['driver']} on {virtual.pci}; {KERNELS_ADDRESS} on {link} answers pings before and meanwhile"
