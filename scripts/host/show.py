# SPDX-License-Identifier: BSD-3-Clause
"""A machine and a plan as text."""

from machine import MIB
from plan import ranges


def _table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths)).rstrip() for row in rows]


def _nics(machine):
    rows = [
        ("card", "interface", "driver", "bound to", "node", "group", "link", "Mbit/s", "queues", "firmware")
    ]
    for nic in machine.nics:
        rows.append(
            (
                nic.address,
                ",".join(nic.interfaces) or "-",
                nic.kernel_driver or "-",
                nic.bound or "-",
                str(nic.node) if nic.node >= 0 else "-",
                str(nic.group) if nic.group >= 0 else "-",
                nic.link,
                str(nic.speed or "-"),
                str(nic.queues or "-"),
                nic.firmware or "-",
            )
        )
    return _table(rows)


def _cpus(machine):
    rows = [("node", "CPUs", "first threads of cores", "isolated")]
    for node in machine.nodes():
        cpus = [cpu for cpu in machine.cpus if cpu.node == node]
        first = {cpu.number for cpu in cpus if cpu.number == min(cpu.siblings)}
        isolated = {cpu.number for cpu in cpus} & machine.isolated
        rows.append((str(node), ranges(cpu.number for cpu in cpus), ranges(first), ranges(isolated) or "-"))
    return _table(rows)


def _pages(machine):
    rows = [("node", "huge pages", "reserved", "free", "free memory")]
    for pages in sorted(machine.pages, key=lambda pages: (pages.node, pages.bytes)):
        free = f"{machine.free_memory.get(pages.node, 0) // MIB} MiB"
        rows.append(
            (str(pages.node), f"{pages.bytes // MIB} MiB", str(pages.reserved), str(pages.free), free)
        )
    return _table(rows)


def _iommu(machine):
    if machine.iommu.active:
        return "on"
    return f"off; the firmware has one ({machine.iommu.firmware})" if machine.iommu.firmware else "none"


def machine_lines(machine):
    lines = ["This machine", *_nics(machine), "", *_cpus(machine), "", *_pages(machine), ""]
    lines += [f"  IOMMU: {_iommu(machine)}", f"  kernel command line: {' '.join(machine.command_line)}"]
    return lines + [
        f"  {name} stays with the kernel: {why}" for name, why in sorted(machine.protected.items())
    ]


def plan_lines(plan):
    lcores = plan.lcores
    lines = ["Plan"]
    for nic in plan.nics:
        way = "stays with the kernel's driver" if plan.driver.bifurcated else "goes to vfio-pci"
        lines.append(f"  card {nic.address} ({plan.driver.file}) {way}; {plan.why}")
    lines.append(f"  CPU {lcores.main}: control thread; node {lcores.node}")
    both = set(lcores.io) & set(lcores.workers)
    for role, numbers in (("io lcores", lcores.io), ("worker lcores", lcores.workers)):
        shared = " (each CPU has both roles)" if both and role == "io lcores" else ""
        lines.append(f"  CPU {ranges(numbers)}: {role}{shared}")
    for reserve in plan.reserves:
        size = f"{reserve.page_bytes // MIB} MiB"
        lines.append(
            f"  node {reserve.node}: {reserve.needed} pages of {size} needed, {reserve.total} reserved"
        )
    lines.append(f"  kernel command line: {' '.join(plan.words) or 'has all that is needed'}")
    return lines + [f"  note: {note}" for note in plan.notes]


def step_lines(steps):
    return ["Steps", *(f"  {number}. {step.say()}" for number, step in enumerate(steps, 1))]


def refusal_lines(refusals):
    return [f"setup-host: {refusal}" for refusal in refusals]
