# SPDX-License-Identifier: BSD-3-Clause
"""Reads a machine from sysfs and procfs below a root folder. Changes nothing."""

import fnmatch
import re
import subprocess

import routes
from drivers import VFIO
from machine import Cpu, Iommu, Machine, Nic, Pages

NETWORK_CLASS = "0x0200"
BRIDGE_CLASS = "0x06"
NO_KERNEL_DRIVERS = ("", VFIO, "igb_uio", "uio_pci_generic")
PAGE_FOLDER = re.compile(r"hugepages-(\d+)kB$")


def text_of(path, default=""):
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return default


def number_of(path, default):
    try:
        return int(text_of(path))
    except ValueError:
        return default


def link_of(path):
    """Name of what a symbolic link leads to; empty if there is none."""
    return path.readlink().name if path.is_symlink() else ""


def list_of(text):
    """Numbers of a list such as 0-3,8."""
    numbers = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def _alias_driver(root, modalias):
    """Module that the kernel would load for a device."""
    release = text_of(root / "proc/sys/kernel/osrelease")
    for line in text_of(root / "lib/modules" / release / "modules.alias").splitlines():
        words = line.split()
        if words[:1] == ["alias"] and fnmatch.fnmatchcase(modalias, words[1]):
            return words[2].replace("virtio_pci", "virtio-pci")
    return ""


def _firmware(interface):
    """Version that ethtool says; empty without ethtool or an interface."""
    try:
        said = subprocess.run(["ethtool", "-i", interface], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return next((line.partition(": ")[2] for line in said.splitlines() if line.startswith("firmware-")), "")


def _nic(root, device):
    bound = link_of(device / "driver")
    net = sorted([*device.glob("net/*"), *device.glob("virtio*/net/*")])
    group = link_of(device / "iommu_group")
    kernel = bound if bound not in NO_KERNEL_DRIVERS else _alias_driver(root, text_of(device / "modalias"))
    return Nic(
        address=device.name,
        kernel_driver=kernel,
        bound=bound,
        override=text_of(root / "etc/driverctl.d" / f"pci-{device.name}"),
        node=number_of(device / "numa_node", -1),
        group=int(group) if group else -1,
        interfaces=tuple(path.name for path in net),
        link=text_of(net[0] / "operstate", "unknown") if net else "unknown",
        speed=max(number_of(net[0] / "speed", 0), 0) if net else 0,
        queues=len(list((net[0] / "queues").glob("rx-*"))) if net else 0,
        firmware=_firmware(net[0].name) if net else "",
    )


def _groups(root):
    groups = {}
    for device in sorted((root / "sys/bus/pci/devices").glob("*")):
        group = link_of(device / "iommu_group")
        if group and not text_of(device / "class").startswith(BRIDGE_CLASS):
            groups.setdefault(int(group), []).append(device.name)
    return groups


def _cpus(root):
    system = root / "sys/devices/system"
    nodes = {}
    for node in system.glob("node/node[0-9]*"):
        nodes.update(dict.fromkeys(list_of(text_of(node / "cpulist")), int(node.name[4:])))
    return tuple(
        Cpu(
            cpu,
            nodes.get(cpu, 0),
            list_of(text_of(system / f"cpu/cpu{cpu}/topology/thread_siblings_list", str(cpu))),
        )
        for cpu in list_of(text_of(system / "cpu/online"))
    )


def _pages(root):
    for node in sorted((root / "sys/devices/system/node").glob("node[0-9]*")):
        for folder in sorted(node.glob("hugepages/*")):
            size = PAGE_FOLDER.search(folder.name)
            yield Pages(
                int(node.name[4:]),
                int(size[1]) << 10,
                number_of(folder / "nr_hugepages", 0),
                number_of(folder / "free_hugepages", 0),
            )


def _free_memory(root):
    free = {}
    for node in (root / "sys/devices/system/node").glob("node[0-9]*"):
        # The kernel gives up what it keeps of files.
        found = re.findall(r"(?:MemFree|ctive\(file\)):\s+(\d+) kB", text_of(node / "meminfo"))
        free[int(node.name[4:])] = sum(map(int, found)) << 10
    return free


def _iommu(root):
    tables = root / "sys/firmware/acpi/tables"
    release = text_of(root / "proc/sys/kernel/osrelease")
    groups = root / "sys/kernel/iommu_groups"
    return Iommu(
        # Without an IOMMU vfio makes groups all the same, with a name of their own.
        active=any(text_of(group / "name") != "vfio-noiommu" for group in groups.glob("*")),
        firmware=next((name for name in ("DMAR", "IVRS") if (tables / name).exists()), ""),
        noiommu="CONFIG_VFIO_NOIOMMU=y" in text_of(root / "boot" / f"config-{release}"),
        noiommu_switch=(root / "sys/module/vfio/parameters/enable_unsafe_noiommu_mode").exists(),
    )


def machine(root, ssh):
    """`ssh` is the value of SSH_CONNECTION, or empty."""
    devices = sorted((root / "sys/bus/pci/devices").glob("*"))
    cpuinfo = text_of(root / "proc/cpuinfo")
    flags = re.search(r"^flags\s*:(.*)$", cpuinfo, re.M)
    words = flags[1].split() if flags else []
    return Machine(
        nics=tuple(_nic(root, d) for d in devices if text_of(d / "class").startswith(NETWORK_CLASS)),
        groups=_groups(root),
        cpus=_cpus(root),
        isolated=frozenset(list_of(text_of(root / "sys/devices/system/cpu/isolated"))),
        pages=tuple(_pages(root)),
        free_memory=_free_memory(root),
        gib_pages="pdpe1gb" in words,
        guest="hypervisor" in words,
        command_line=tuple(text_of(root / "proc/cmdline").split()),
        grub=(root / "etc/default/grub").exists(),
        iommu=_iommu(root),
        protected=routes.protected(root, ssh),
    )
