# SPDX-License-Identifier: BSD-3-Clause
"""What is asked for, and the plan that comes of it.

cards.py and placement.py decide: they read the machine and the request, and add to the plan. They change
nothing else. Each reason why Weir cannot be set up is a refusal, and all refusals are collected.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """What the operator asks for; empty or 0: decided here."""

    nics: tuple = ()  # PCI addresses or names of interfaces
    addresses: tuple = ()
    lcores: int = 0
    page_bytes: int = 0
    max_torrents: int = 0
    max_peers: int = 0
    force: bool = False  # cards of the default route and of this SSH connection, too


@dataclass(frozen=True)
class Lcores:
    node: int
    main: int
    io: tuple
    workers: tuple
    isolated: tuple  # CPUs that nothing else may use: lcores, and the other threads of their cores
    rest: tuple


@dataclass(frozen=True)
class Reserve:
    """Huge pages of one size on one node."""

    node: int
    page_bytes: int
    needed: int  # by the configuration
    total: int  # to be reserved, with those that others use


@dataclass
class Plan:
    nics: list = field(default_factory=list)
    driver: object = None
    why: str = ""  # these cards
    lcores: Lcores = None
    reserves: list = field(default_factory=list)
    words: list = field(default_factory=list)  # missing on the kernel's command line
    noiommu: bool = False
    notes: list = field(default_factory=list)
    refusals: list = field(default_factory=list)

    @property
    def bound(self):
        """Cards that go to vfio-pci."""
        return [] if self.driver is None or self.driver.bifurcated else self.nics

    @property
    def bound_at_boot(self):
        """The IOMMU is off until the next boot, so vfio-pci cannot take a card before it."""
        return any("iommu" in word for word in self.words)


def ranges(numbers):
    """A list as the kernel writes it: 0-3,8."""
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
