# SPDX-License-Identifier: BSD-3-Clause
"""Decides which cards Weir gets, and how they come to DPDK."""

from drivers import VFIO, driver_of


def _name(nic):
    return f"{nic.address} ({', '.join(nic.interfaces) or 'no interface'})"


def _guarded(machine, nic):
    return next((machine.protected[i] for i in nic.interfaces if i in machine.protected), "")


def _faults(machine, nic, force):
    """Why a card cannot be Weir's."""
    faults = []
    if driver_of(nic) is None:
        kernel = nic.kernel_driver or "unknown"
        faults.append(
            f"cards with the kernel driver {kernel} are not set up by this program: take another one, or set "
            "it up by hand, if drivers-config has a file for it"
        )
    why = _guarded(machine, nic)
    if why and not force:
        faults.append(
            f"{why}, and Weir would take it away: take another card; --force, if you have another way in"
        )
    return faults


def _asked(machine, request, plan):
    for wanted in request.nics:
        found = [nic for nic in machine.nics if wanted == nic.address or wanted in nic.interfaces]
        if not found:
            known = ", ".join(_name(nic) for nic in machine.nics) or "none"
            plan.refusals.append(f"--nic {wanted}: no such Ethernet card; there are: {known}")
        plan.nics += [nic for nic in found if nic not in plan.nics]
    plan.why = "asked for"


def _best(machine, request, plan):
    """The fastest card with a link, then the one on the first CPU's node."""
    home = machine.cpus[0].node
    fit = [nic for nic in machine.nics if not _faults(machine, nic, request.force)]
    if not machine.nics:
        plan.refusals.append(
            "there is no Ethernet card (PCI class 0200): put one in, or see drivers-config/net_tap.cfg"
        )
    if not fit:
        plan.nics = list(machine.nics)
        return
    order = sorted(fit, key=lambda n: (n.link != "up", -n.speed, machine.node_of(n) != home, n.address))
    plan.nics = order[:1]
    plan.why = (
        f"{len(fit)} of {len(machine.nics)} fit; link, speed, node of the first CPU, then address decide"
    )


def choose_nics(machine, request, plan):
    if request.nics:
        _asked(machine, request, plan)
    else:
        _best(machine, request, plan)
    for nic in plan.nics:
        plan.refusals += [f"{_name(nic)}: {fault}" for fault in _faults(machine, nic, request.force)]
        if request.force and _guarded(machine, nic):
            plan.notes.append(f"{_name(nic)}: {_guarded(machine, nic)}, and --force takes it all the same")
    drivers = {driver_of(nic) for nic in plan.nics} - {None}
    if len(drivers) > 1:
        files = " and ".join(sorted(driver.file for driver in drivers))
        plan.refusals.append(f"these cards need {files}, and a configuration has one: take cards of one kind")
    plan.driver = next(iter(sorted(drivers, key=lambda driver: driver.file)), None)


def _without_iommu(machine, plan):
    if plan.driver.without_iommu and machine.guest:
        if machine.iommu.noiommu:
            plan.noiommu = True
            plan.notes.append(
                "no IOMMU: vfio's no-IOMMU mode, in which the card can write to any memory of the machine, "
                "Weir has to run as root, and the kernel is marked as tainted"
            )
            return
        plan.refusals.append(
            "no IOMMU, and this kernel has no vfio without one (CONFIG_VFIO_NOIOMMU): take a kernel that has"
        )
        return
    plan.refusals.append(
        "no IOMMU: turn on VT-d (Intel) or AMD-Vi (AMD) in the firmware, reboot, and start this again"
    )


def choose_binding(machine, plan):
    if plan.driver.bifurcated:
        plan.notes.append(
            f"{plan.driver.kernel} is bifurcated: the card stays with the kernel's driver, its "
            "interface has to stay up, and gets no unicast frames while Weir runs"
        )
        return
    if not machine.iommu.active:
        if not machine.iommu.firmware:
            _without_iommu(machine, plan)
            return
        # By its table, not by the CPU: a virtual machine may have Intel's IOMMU beside a CPU of AMD.
        intel = ["intel_iommu=on"] if machine.iommu.firmware == "DMAR" else []
        plan.words += machine.lacks([*intel, "iommu=pt"])
        if not plan.words:
            plan.refusals.append(
                "the IOMMU is off although the kernel's command line asks for it: turn on VT-d (Intel) "
                "or AMD-Vi (AMD) in the firmware"
            )
    _check_groups(machine, plan)


def _check_groups(machine, plan):
    """All devices of a group leave the kernel together."""
    mine = {nic.address for nic in plan.nics}
    for nic in plan.nics:
        others = [device for device in machine.groups.get(nic.group, []) if device not in mine]
        if others:
            plan.refusals.append(
                f"{_name(nic)}: its IOMMU group {nic.group} also has {', '.join(others)}, and a group is "
                "given away as a whole: name those with --nic, too, or put the card into another slot"
            )


def check_tools(plan, tools):
    """`tools`: names of the programs that are installed."""
    if plan.bound and "driverctl" not in tools:
        plan.refusals.append("driverctl is not installed: apt-get install driverctl")
    if any(nic.override not in ("", VFIO) for nic in plan.bound):
        plan.notes.append("an override of driverctl is replaced; --undo brings it back")


def check_addresses(request, plan):
    if not request.addresses:
        plan.refusals.append(
            "the tracker's addresses are missing: --address 198.51.100.10/24, one for each address; the "
            "kernel must not have them"
        )
    elif request.nics and len(request.addresses) < len(plan.nics):  # else one card is chosen
        plan.refusals.append(f"{len(plan.nics)} cards need at least as many addresses: further --address")
