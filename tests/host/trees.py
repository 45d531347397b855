# SPDX-License-Identifier: BSD-3-Clause
"""Makes of a description of a machine (trees/NAME.tree) the parts of /sys, /proc, /etc and /boot that
scripts/setup-host reads.

A line is a word and its values; "#" begins a comment:

  cpu vendor=V flags=A,B                  /proc/cpuinfo
  topology nodes=N cores=N threads=N      cores of each node, numbered as Linux does it
  memory free=MIB                         of each node
  cmdline WORDS                           the kernel's command line
  iommu TABLE                             a table of ACPI: DMAR or IVRS
  noiommu                                 the kernel has vfio's mode without an IOMMU, and vfio is loaded
  nic ADDRESS driver=D [node=N] [group=N] [net=NAME link=UP speed=MBIT queues=N firmware=V] [modalias=M]
  device ADDRESS class=0x... [group=N]    another PCI device
  route INTERFACE NETWORK                 IPv4; 0.0.0.0/0 is the default route
  lower UPPER INTERFACE                   what a bond or a bridge stands on
  file PATH TEXT
"""

import ipaddress

RELEASE = "6.1.0-50-amd64"


def add(root, path, text):
    """A file with a line, or lines."""
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(f"{text}\n")


def _link(root, path, target):
    where = root / path
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(target)


def _cpu(root, values):
    flags = values["flags"].replace(",", " ")
    add(root, "proc/cpuinfo", f"vendor_id\t: {values['vendor']}\nflags\t\t: {flags}")


def _topology(root, values):
    nodes, cores, threads = (int(values[name]) for name in ("nodes", "cores", "threads"))
    system = "sys/devices/system"
    add(root, f"{system}/cpu/online", f"0-{nodes * cores * threads - 1}")
    add(root, f"{system}/cpu/isolated", "")
    for node in range(nodes):
        firsts = range(node * cores, (node + 1) * cores)
        cpus = [first + thread * nodes * cores for thread in range(threads) for first in firsts]
        add(root, f"{system}/node/node{node}/cpulist", ",".join(map(str, cpus)))
        for cpu in cpus:
            siblings = sorted(other for other in cpus if (other - cpu) % (nodes * cores) == 0)
            path = f"{system}/cpu/cpu{cpu}/topology/thread_siblings_list"
            add(root, path, ",".join(map(str, siblings)))
        for size in (2048, 1048576):
            for name in ("nr", "free"):
                add(root, f"{system}/node/node{node}/hugepages/hugepages-{size}kB/{name}_hugepages", "0")


def _memory(root, values):
    quarter = int(values["free"]) << 8
    names = ("MemTotal", "MemFree", "Active(file)", "Inactive(file)")
    parts = zip(names, (8 * quarter, 2 * quarter, quarter, quarter))
    text = "\n".join(f"Node 0 {name}: {kib} kB" for name, kib in parts)
    for node in (root / "sys/devices/system/node").iterdir():
        add(root, f"sys/devices/system/node/{node.name}/meminfo", text)


def _group(root, device, values):
    if "group" in values:
        (root / "sys/kernel/iommu_groups" / values["group"]).mkdir(parents=True, exist_ok=True)
        _link(root, f"{device}/iommu_group", f"../../../../kernel/iommu_groups/{values['group']}")


def _nic(root, address, values):
    device = f"sys/bus/pci/devices/{address}"
    add(root, f"{device}/class", "0x020000")
    add(root, f"{device}/numa_node", values.get("node", "-1"))
    add(root, f"{device}/modalias", values.get("modalias", "pci:none"))
    if values.get("driver"):
        _link(root, f"{device}/driver", f"../../drivers/{values['driver']}")
    _group(root, device, values)
    if "net" not in values:
        return
    part = "virtio0/net" if values["driver"] == "virtio-pci" else "net"
    net = f"{device}/{part}/{values['net']}"
    add(root, f"{net}/operstate", values["link"])
    add(root, f"{net}/speed", values["speed"])
    add(root, f"firmware/{values['net']}", values.get("firmware", ""))
    for queue in range(int(values["queues"])):
        (root / net / "queues" / f"rx-{queue}").mkdir(parents=True)
    _link(root, f"sys/class/net/{values['net']}", f"../../bus/pci/devices/{address}/{part}/{values['net']}")


def _device(root, address, values):
    device = f"sys/bus/pci/devices/{address}"
    add(root, f"{device}/class", values["class"])
    _group(root, device, values)


def _route(root, interface, network):
    path = root / "proc/net/route"
    words = [ipaddress.ip_network(network).network_address, ipaddress.ip_network(network).netmask]
    to, mask = (f"{int.from_bytes(word.packed, 'little'):08X}" for word in words)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else "Iface Destination Gateway Flags RefCnt Use Metric Mask\n"
    path.write_text(f"{before}{interface} {to} 00000000 0003 0 0 0 {mask} 0 0 0\n")


def _values(words):
    return dict(word.split("=", 1) for word in words)


def _line(root, word, rest):
    words = rest.split()
    if word in ("nic", "device"):
        (_nic if word == "nic" else _device)(root, words[0], _values(words[1:]))
    elif word in ("cpu", "topology", "memory"):
        {"cpu": _cpu, "topology": _topology, "memory": _memory}[word](root, _values(words))
    elif word == "cmdline":
        add(root, "proc/cmdline", rest)
    elif word == "iommu":
        add(root, f"sys/firmware/acpi/tables/{rest}", "")
    elif word == "noiommu":
        add(root, f"boot/config-{RELEASE}", "CONFIG_VFIO_NOIOMMU=y")
        add(root, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N")
    elif word == "route":
        _route(root, *words)
    elif word == "lower":
        _link(root, f"sys/class/net/{words[0]}/lower_{words[1]}", f"../{words[1]}")
    elif word == "file":
        add(root, *rest.split(" ", 1))
    else:
        raise ValueError(f"unknown word {word}")


def expand(description, root):
    """Makes the tree of a description below `root`, which is an empty folder."""
    (root / "sys/bus/pci/devices").mkdir(parents=True)
    (root / "etc/default").mkdir(parents=True)
    add(root, "etc/default/grub", 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"')
    add(root, "proc/sys/kernel/osrelease", RELEASE)
    for line in description.splitlines():
        word, _, rest = line.partition("#")[0].strip().partition(" ")
        if word:
            _line(root, word, rest.strip())
