# SPDX-License-Identifier: BSD-3-Clause
"""The network cards of the machine of rig.py, and what has been shown of each."""

from dataclasses import dataclass, field

from machine import Nic

CLIENTS_NIC = Nic("virtio-net-pci", "02:00:00:00:00:02", 2)
FUNCTION_MAC = "02:00:00:00:00:f0"  # of a virtual function


@dataclass
class Card:
    """`nic`: None of a virtual function, which the guest makes."""

    name: str
    nic: Nic
    kernel_driver: str
    driver: str  # DPDK's
    file: str  # of drivers-config
    link_interrupts: bool = True  # the port has them, and they arrive
    pci: str = ""  # address in the guest, known once it is up
    queues: int = 1  # the most that have served
    shown: list = field(default_factory=list)

    @property
    def mac(self):
        return FUNCTION_MAC if self.nic is None else self.nic.mac

    def show(self, what):
        if what not in self.shown:
            self.shown.append(what)


def _mac(number):
    return f"02:00:00:00:00:{number:02x}"


def make_cards():
    """Each behind a port of its own, so that it has an IOMMU group of its own and can be unplugged."""
    return {
        card.name: card
        for card in (
            Card("e1000e", Nic("e1000e", _mac(0x11), 0, "port1"), "e1000e", "net_e1000_em", "e1000"),
            Card(
                "vmxnet3",
                Nic("vmxnet3", _mac(0x12), 0, "port2"),
                "vmxnet3",
                "net_vmxnet3",
                "vmxnet3",
                link_interrupts=False,
            ),
            Card(
                "virtio",
                Nic("virtio-net-pci", _mac(0x13), 0, "port3", "disable-legacy=on,iommu_platform=on"),
                "virtio-pci",
                "net_virtio",
                "virtio",
            ),
            Card("igb", Nic("igb", _mac(0x14), 0, "port4"), "igb", "net_e1000_igb", "igb"),
            Card("igb of node 1", Nic("igb", _mac(0x15), 0, "port5"), "igb", "net_e1000_igb", "igb"),
        )
    }


def function_of_igb():
    return Card("igb, virtual function", None, "igbvf", "net_e1000_igb_vf", "igb")


# The last two cards are on the buses of two NUMA nodes.
BUSES = (
    "pxb-pcie,id=node0,bus=pcie.0,addr=0x6,bus_nr=64,numa_node=0",
    "pxb-pcie,id=node1,bus=pcie.0,addr=0x7,bus_nr=128,numa_node=1",
    "pcie-root-port,id=port1,bus=pcie.0,addr=0x3,chassis=1,slot=1",
    "pcie-root-port,id=port2,bus=pcie.0,addr=0x4,chassis=2,slot=2",
    "pcie-root-port,id=port3,bus=pcie.0,addr=0x5,chassis=3,slot=3",
    "pcie-root-port,id=port4,bus=node0,addr=0x0,chassis=4,slot=4",
    "pcie-root-port,id=port5,bus=node1,addr=0x0,chassis=5,slot=5",
)


def table(cards):
    """What was shown, as the table of drivers-config/README.md."""
    lines = ["| NIC of QEMU | DPDK's driver | queues | shown |", "|---|---|---|---|"]
    for card in cards:
        if card.shown:
            lines.append(f"| {card.name} | {card.driver} | {card.queues} | {'; '.join(card.shown)} |")
    return "\n".join(lines)
