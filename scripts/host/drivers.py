# SPDX-License-Identifier: BSD-3-Clause
"""Which file of drivers-config a card takes, and how it comes to DPDK. The only such table."""

from dataclasses import dataclass

VFIO = "vfio-pci"


@dataclass(frozen=True)
class Driver:
    kernel: str  # driver of the kernel, as /sys names it
    file: str  # in drivers-config
    bifurcated: bool = False  # stays with the kernel's driver and is never bound
    without_iommu: bool = False  # a card of guests, which seldom have an IOMMU


# Not here: cards that need more than another driver, as all their functions at once, or firmware. Their files
# in drivers-config say what.
DRIVERS = (
    Driver("ice", "ice.cfg"),
    Driver("i40e", "i40e.cfg"),
    Driver("ixgbe", "ixgbe.cfg"),
    Driver("ixgbevf", "ixgbe.cfg"),
    Driver("iavf", "iavf.cfg"),
    Driver("igb", "igb.cfg"),
    Driver("igc", "igc.cfg"),
    Driver("e1000", "e1000.cfg"),
    Driver("e1000e", "e1000.cfg"),
    Driver("amd-xgbe", "axgbe.cfg"),
    Driver("atlantic", "atlantic.cfg"),
    Driver("bnxt_en", "bnxt.cfg"),
    Driver("hinic", "hinic.cfg"),
    Driver("ionic", "ionic.cfg"),
    Driver("ngbe", "ngbe.cfg"),
    Driver("sfc", "sfc.cfg"),
    Driver("txgbe", "txgbe.cfg"),
    Driver("mlx5_core", "mlx5.cfg", bifurcated=True),
    Driver("ena", "ena.cfg", without_iommu=True),
    Driver("gve", "gve.cfg", without_iommu=True),
    Driver("virtio-pci", "virtio.cfg", without_iommu=True),
    Driver("vmxnet3", "vmxnet3.cfg", without_iommu=True),
)


def driver_of(nic):
    """None: a card that is not set up by this program."""
    return next((driver for driver in DRIVERS if driver.kernel == nic.kernel_driver), None)
