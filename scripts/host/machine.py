# SPDX-License-Identifier: BSD-3-Clause
"""What a machine is, as far as a decision about it needs to know. Filled by read.py."""

from dataclasses import dataclass, field

MIB = 1 << 20
PAGE_2M = 2 * MIB
PAGE_1G = 1024 * MIB


@dataclass(frozen=True)
class Nic:
    """A PCI device of class 0200 (Ethernet)."""

    address: str  # 0000:3b:00.0
    kernel_driver: str  # the one that Linux would choose, whatever the card is bound to now
    bound: str  # driver that it is bound to now; empty: none
    override: str  # driverctl's driver at each boot; empty: none
    node: int  # -1: the machine does not say
    group: int  # IOMMU group; -1: none
    interfaces: tuple  # names of network interfaces
    link: str  # operstate of the first interface, or unknown
    speed: int  # Mbit/s; 0: unknown
    queues: int  # receive queues; 0: unknown
    firmware: str


@dataclass(frozen=True)
class Cpu:
    number: int
    node: int
    siblings: tuple  # threads of its core, itself included


@dataclass(frozen=True)
class Pages:
    """Huge pages of one size on one node."""

    node: int
    bytes: int
    reserved: int
    free: int


@dataclass(frozen=True)
class Iommu:
    active: bool  # there are groups
    firmware: str  # table of ACPI that announces one: DMAR (Intel), IVRS (AMD), or empty
    noiommu: bool  # the kernel has vfio's mode without an IOMMU
    noiommu_switch: bool  # vfio is loaded, so its parameter can be set now


@dataclass(frozen=True)
class Machine:
    nics: tuple
    groups: dict  # IOMMU group -> PCI addresses of it that are not bridges
    cpus: tuple
    isolated: frozenset
    pages: tuple
    free_memory: dict  # node -> bytes
    gib_pages: bool  # the CPU has pages of 1 GiB
    guest: bool  # it is a virtual machine
    command_line: tuple  # words
    grub: bool
    iommu: Iommu
    protected: dict = field(default_factory=dict)  # interface -> why it must stay with the kernel

    def nodes(self):
        return sorted({cpu.node for cpu in self.cpus})

    def node_of(self, nic):
        """A card without a node is as near to each CPU as to the others."""
        return nic.node if nic.node in self.nodes() else self.cpus[0].node

    def lacks(self, words):
        """Those of the kernel's command line that are not there."""
        return [word for word in words if word not in self.command_line]
