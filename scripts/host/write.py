# SPDX-License-Identifier: BSD-3-Clause
"""From a plan to steps, from steps to a changed machine, and back.

The state file has each step with what was there before it, written before the step begins. So --undo restores
what an --apply did that failed, or was killed, at any point.
"""

import dataclasses
import json
import os

from drivers import VFIO
from machine import MIB, PAGE_1G
from plan import ranges
from steps import KINDS, Command, Failed, File, Link, Override, Pages, Value

STATE = "/var/lib/weir-setup-host/state.json"
UNIT = "weir-hugepages.service"
UNIT_PATH = f"/etc/systemd/system/{UNIT}"
DROP_IN = "/etc/systemd/system/weir.service.d/setup-host.conf"
GRUB = "/etc/default/grub.d/weir.cfg"
MODPROBE = "/etc/modprobe.d/weir-vfio.conf"
NOIOMMU = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
BY = "# Written by scripts/setup-host; --undo removes it.\n"

# For physical addresses (SYS_ADMIN), a group without an IOMMU (SYS_RAWIO), locked memory, and the files of
# user weir. The unit takes from root what it has by itself (SecureBits=noroot-locked).
NOIOMMU_RIGHTS = "CAP_NET_ADMIN CAP_NET_RAW CAP_SYS_ADMIN CAP_SYS_RAWIO CAP_IPC_LOCK CAP_DAC_OVERRIDE"


def _pages_path(reserve):
    folder = f"/sys/devices/system/node/node{reserve.node}/hugepages"
    return f"{folder}/hugepages-{reserve.page_bytes >> 10}kB/nr_hugepages"


def _unit(reserves):
    echoes = "".join(f"ExecStart=/bin/sh -c 'echo {r.total} >{_pages_path(r)}'\n" for r in reserves)
    return f"""{BY}[Unit]
Description=Huge pages of Weir, by NUMA node
DefaultDependencies=no
Before=sysinit.target weir.service

[Service]
Type=oneshot
RemainAfterExit=yes
{echoes}
[Install]
WantedBy=sysinit.target
"""


def _drop_in(plan):
    """Isolated CPUs are for those who ask for them. Weir's other threads stay on those that are not."""
    cpus = ranges({*plan.lcores.rest, *plan.lcores.io, *plan.lcores.workers})
    text = f"{BY}[Service]\n# Isolated CPUs, too.\nCPUAffinity=\nCPUAffinity={cpus}\n"
    if plan.noiommu:
        text += "# Without an IOMMU, DPDK needs physical addresses, which the kernel shows to root.\n"
        names = ("CapabilityBoundingSet", "AmbientCapabilities")
        text += "User=root\n" + "".join(f"{name}={NOIOMMU_RIGHTS}\n" for name in names)
    return text


def _page_steps(plan):
    """Pages of 1 GiB come by the kernel's command line: their hugetlbfs is there from the boot on."""
    reserves = [reserve for reserve in plan.reserves if reserve.page_bytes != PAGE_1G]
    for reserve in reserves:
        purpose = f"pages of {reserve.page_bytes // MIB} MiB on node {reserve.node}, now"
        yield Pages(_pages_path(reserve), str(reserve.total), purpose)
    if reserves:
        yield File(UNIT_PATH, _unit(reserves), "the same pages at each boot")
        wants = f"/etc/systemd/system/sysinit.target.wants/{UNIT}"
        yield Link(wants, UNIT_PATH, "systemd starts it")


def _grub_steps(plan):
    if not plan.words:
        return
    purpose = "GRUB reads its files again"
    yield Command(("update-grub",), purpose, at_undo=True)
    line = f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {" ".join(plan.words)}"\n'
    yield File(GRUB, BY + line, "the kernel's command line, in force after a reboot")
    yield Command(("update-grub",), purpose)


def _noiommu_steps(plan, machine):
    if plan.noiommu:
        yield File(MODPROBE, f"{BY}options vfio enable_unsafe_noiommu_mode=1\n", "vfio without an IOMMU")
        if machine.iommu.noiommu_switch:
            yield Value(NOIOMMU, "Y", "the same, now")


def steps_of(plan, machine, configuration_path, configuration):
    """The card comes last: it is what one misses if anything before fails."""
    reload = ("systemctl", "daemon-reload")
    purpose = "systemd reads its units again"
    steps = [Command(reload, purpose, at_undo=True), *_page_steps(plan)]
    steps += [File(DROP_IN, _drop_in(plan), "the CPUs and rights of weir.service"), Command(reload, purpose)]
    steps += [*_grub_steps(plan), File(configuration_path, configuration, "Weir's configuration")]
    steps += _noiommu_steps(plan, machine)
    return steps + [
        Override(nic.address, VFIO, not plan.bound_at_boot)
        for nic in plan.bound
        if (nic.bound, nic.override) != (VFIO, VFIO)
    ]


class State:
    """The steps that an --apply has begun."""

    def __init__(self, root):
        self._path = root / STATE.lstrip("/")

    def exists(self):
        return self._path.exists()

    def read(self):
        said = json.loads(self._path.read_text())
        for entry in said["steps"]:
            words = {name: tuple(v) if isinstance(v, list) else v for name, v in entry["step"].items()}
            yield KINDS[entry["kind"]](**words), entry["before"]

    def write(self, begun):
        """`begun`: steps with what was before each."""
        steps = [
            {"kind": type(step).__name__, "step": dataclasses.asdict(step), "before": before}
            for step, before in begun
        ]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        with temporary.open("w") as file:
            json.dump({"version": 1, "steps": steps}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def remove(self):
        self._path.unlink()
        self._path.parent.rmdir()


def apply(root, steps, say):
    """Carries out steps; raises Failed with the first that did not work."""
    state = State(root)
    begun = []
    for step in steps:
        if not (isinstance(step, Command) and step.at_undo):
            say(step.say())
        try:
            begun.append((step, step.before(root)))
            state.write(begun)
            step.do(root)
        except OSError as error:
            raise Failed(f"{step.say()}: {error}") from error


def undo(root, say):
    """Undoes what an --apply began, last step first; what fails is reported, and the rest is done."""
    state = State(root)
    failures = []
    steps = list(state.read())
    left = []
    for step, before in reversed(steps):
        if not isinstance(step, Command) or step.at_undo:
            say(f"undo: {step.say()}")
        try:
            step.undo(root, before)
        except (OSError, Failed) as error:
            failures.append(str(error))
            left.append((step, before))
    if failures:
        again = [(step, before) for step, before in steps if isinstance(step, Command) and step.at_undo]
        state.write(again + left[::-1])
        raise Failed("\n".join(failures))
    state.remove()
