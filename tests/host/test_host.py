#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of scripts/setup-host on machines that are described in trees/: plans in full, --apply and --undo
below a folder, failures in between, refusals. Nothing of this machine is changed. Writes TAP.

  test_host.py --weir PROGRAM     with it, the configurations are checked by Weir itself
  test_host.py --write            writes plans/ anew; look at the difference
"""

import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path += [str(TOP / "tests/support"), str(TOP / "scripts/host")]

import cards  # noqa: E402
import routes  # noqa: E402
import setup_host  # noqa: E402
import tap  # noqa: E402
import trees  # noqa: E402
from drivers import DRIVERS  # noqa: E402
from plan import Plan  # noqa: E402

ADDRESS = ("--address", "198.51.100.10/24")
LARGE = ("--max-torrents", "20000000", "--max-peers", "100000000")

# Name of the plan: tree, node of its tables, options.
PLANS = {
    "two-sockets-e810": ("two-sockets-e810", 1, (*ADDRESS, "--address", "2001:db8::10/64")),
    "two-sockets-e810-large": ("two-sockets-e810", 0, ("--nic", "enp59s0", *ADDRESS, *LARGE)),
    "one-socket-x520": ("one-socket-x520", 0, ADDRESS),
    "aws-ena": ("aws-ena", 0, ADDRESS),
    "vm-virtio": ("vm-virtio", 0, ADDRESS),
    "mlx5": ("mlx5", 1, ADDRESS),
}
# The same for machines that are refused.
REFUSED = {"hetzner-i210": ("hetzner-i210", 0, ADDRESS), "no-iommu": ("no-iommu", 0, ADDRESS)}
# Name: tree, options, environment, and what each refusal has to say.
REFUSALS = {
    "hetzner-i210": (
        "hetzner-i210",
        ADDRESS,
        {},
        ["the default route goes through it"],
    ),
    "no-driver": ("no-driver", ADDRESS, {}, ["cards with the kernel driver tg3 are not set up"]),
    "default-route": ("vm-virtio", ("--nic", "enp0s2", *ADDRESS), {}, ["the default route goes through it"]),
    "bond": ("one-socket-x520", ("--nic", "enp1s0f0", *ADDRESS), {}, ["the default route goes through it"]),
    "ssh": (
        "aws-ena",
        ("--nic", "0000:00:06.0", *ADDRESS),
        {"SSH_CONNECTION": "10.9.8.7 50000 10.9.0.1 22"},
        ["this SSH connection goes through it"],
    ),
    "no-iommu": ("no-iommu", ADDRESS, {}, ["no IOMMU: turn on VT-d"]),
    "unknown-interface": ("mlx5", ("--nic", "eth7", *ADDRESS), {}, ["--nic eth7: no such Ethernet card"]),
    "memory": ("vm-virtio", (*ADDRESS, *LARGE), {"FAKE_NODE": "0"}, ["MiB to spare"]),
    "weir": ("mlx5", ADDRESS, {"FAKE_FAIL": "weir"}, ["weir.cfg:1: wrong"]),
    "lcores": ("vm-virtio", ("--lcores", "7", *ADDRESS), {}, ["--lcores 7: node 0 has 1 cores beside CPU 0"]),
    "two-kinds": (
        "no-iommu",
        ("--nic", "enp1s0", "--nic", "eno1", "--force", *ADDRESS),
        {},
        ["e1000.cfg and i40e.cfg", "no IOMMU", "2 cards need"],
    ),
    "all-at-once": (
        "no-iommu",
        ("--nic", "enp1s0", "--nic", "eth7", "--lcores", "9"),
        {},
        ["eth7", "no IOMMU", "addresses are missing", "--lcores 9"],
    ),
}
weir = None  # Weir itself, if it is there


class Machine:
    """A described machine in a folder, and setup-host on it."""

    def __init__(self, tree, node=0, environment=()):
        self._folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self._folder.name)
        trees.expand((HERE / "trees" / f"{tree}.tree").read_text(), self.root)
        path = f"{HERE / 'fake'}:/usr/bin:/bin"
        self.environment = {
            "PATH": path,
            "FAKE_ROOT": str(self.root),
            "FAKE_NODE": str(node),
            "SSH_CONNECTION": "",
        }
        self.environment |= dict(environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def run(self, *options, **environment):
        script = TOP / "scripts/host/setup_host.py"
        command = ["/usr/bin/python3", "-B", script, "--root", self.root, *options]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment | environment)

    def look(self):
        """Everything below the folder, but for what the fakes note."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name == "calls" or path.name == "kernel_driver":
                continue
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_dir():
                found[name] = "folder"
            else:
                found[name] = (path.stat().st_mode, path.read_bytes())
        return found

    def read(self, path):
        return (self.root / path).read_text()

    def calls(self):
        return self.read("calls").splitlines()

    def bound(self, device):
        link = self.root / "sys/bus/pci/devices" / device / "driver"
        return link.readlink().name if link.is_symlink() else ""


def planned(name):
    """The status of a dry run, and what it prints."""
    tree, node, options = (PLANS | REFUSED)[name]
    with Machine(tree, node) as machine:
        ended = machine.run(*options)
        return ended.returncode, (ended.stdout + ended.stderr).replace(str(TOP), "CLONE")


class Plans(unittest.TestCase):
    def test_plans_are_as_written(self):
        for name in PLANS | REFUSED:
            status, said = planned(name)
            self.assertEqual(status, 2 if name in REFUSED else 0, name)
            self.assertEqual(said, (HERE / "plans" / f"{name}.txt").read_text(), name)

    def test_a_dry_run_changes_nothing(self):
        with Machine("two-sockets-e810", 1) as machine:
            before = machine.look()
            self.assertEqual(machine.run(*ADDRESS).returncode, 0)
            self.assertEqual(machine.look(), before)
            self.assertFalse((machine.root / "calls").exists())

    def test_weir_accepts_the_configurations(self):
        if weir is None:
            self.skipTest("no --weir")
        for name, (tree, node, options) in PLANS.items():
            with Machine(tree, node) as machine:
                self.assertEqual(machine.run("--apply", *options).returncode, 0, name)
                path = machine.root / "weir.cfg"
                text = machine.read("etc/weir/weir.cfg").replace("/var/lib/weir/", f"{machine.root}/")
                # The CPUs of that machine are not those of this one.
                path.write_text(re.sub(r"lcores = \{.*?\};", "", text, flags=re.S))
                ended = subprocess.run([weir, "-c", path, "--check"], capture_output=True, text=True)
                self.assertEqual(ended.returncode, 0, f"{name}: {ended.stderr}\n{text}")

    def test_an_installed_driver_file_is_included_by_its_short_name(self):
        with Machine("mlx5", 1) as machine:
            path = machine.root / "usr/share/weir/drivers-config/mlx5.cfg"
            path.parent.mkdir(parents=True)
            path.touch()
            self.assertIn('@include "drivers-config/mlx5.cfg"', machine.run(*ADDRESS).stdout)

    def test_each_driver_has_its_file(self):
        for driver in DRIVERS:
            text = (TOP / "drivers-config" / driver.file).read_text()
            self.assertEqual(driver.bifurcated, "Binding   None" in text, driver.file)


class Refusals(unittest.TestCase):
    def test_each_is_said_and_nothing_is_done(self):
        for name, (tree, options, environment, expected) in REFUSALS.items():
            with Machine(tree, environment=environment) as machine:
                before = machine.look()
                ended = machine.run("--apply", *options)
                self.assertEqual(ended.returncode, 2, f"{name}: {ended.stderr}")
                for text in expected:
                    self.assertIn(text, ended.stderr, name)
                self.assertEqual(len(ended.stderr.splitlines()), len(expected), f"{name}: {ended.stderr}")
                self.assertEqual(machine.look(), before, name)

    def test_force_takes_the_card_of_the_default_route(self):
        with Machine("vm-virtio") as machine:
            ended = machine.run("--nic", "enp0s2", "--force", *ADDRESS)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertIn("--force takes it all the same", ended.stdout)

    def test_no_iommu_group_is_split(self):
        with Machine("one-socket-x520") as machine:
            link = machine.root / "sys/bus/pci/devices/0000:01:00.0/iommu_group"
            link.unlink()
            link.symlink_to("../../../../kernel/iommu_groups/12")
            ended = machine.run(*ADDRESS)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("its IOMMU group 12 also has 0000:01:00.0", ended.stderr)

    def test_no_driverctl(self):
        plan = Plan(nics=[mock.Mock(bound="ice", override="")], driver=DRIVERS[0])
        cards.check_tools(plan, set())
        self.assertEqual(plan.refusals, ["driverctl is not installed: apt-get install driverctl"])

    def test_no_permission(self):
        plan = Plan()
        arguments = mock.Mock(apply=True, root=pathlib.Path("/nonexistent"))
        setup_host.check_rights(arguments, plan)
        self.assertIn("no permission", plan.refusals[0])

    def test_no_grub(self):
        with Machine("two-sockets-e810", 1) as machine:
            (machine.root / "etc/default/grub").unlink()
            ended = machine.run(*ADDRESS)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("put these words on the kernel's command line", ended.stderr)

    def test_no_huge_pages(self):
        with Machine("vm-virtio") as machine:
            shutil.rmtree(machine.root / "sys/devices/system/node/node0/hugepages")
            self.assertIn("has no huge pages of 2 MiB", machine.run(*ADDRESS).stderr)

    def test_an_apply_in_force(self):
        with Machine("vm-virtio") as machine:
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            before = machine.look()
            ended = machine.run("--apply", "--nic", "enp0s3", *ADDRESS)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("--undo first", ended.stderr)
            self.assertEqual(machine.look(), before)


class Applying(unittest.TestCase):
    def test_the_iommu_comes_with_the_next_boot(self):
        with Machine("two-sockets-e810", 1) as machine:
            ended = machine.run("--apply", *ADDRESS)
            self.assertEqual((ended.returncode, ended.stderr), (0, ""))
            self.assertIn("reboot", ended.stdout.splitlines()[-1])
            self.assertEqual(machine.bound("0000:af:00.0"), "ice")
            self.assertEqual(machine.read("etc/driverctl.d/pci-0000:af:00.0"), "vfio-pci\n")
            self.assertIn("intel_iommu=on iommu=pt isolcpus=", machine.read("etc/default/grub.d/weir.cfg"))
            pages = "sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"
            self.assertEqual(machine.read(pages), "62\n")
            self.assertEqual(machine.calls(), ["systemctl daemon-reload", "update-grub"])
            drop_in = machine.read("etc/systemd/system/weir.service.d/setup-host.conf")
            self.assertIn("CPUAffinity=0-24,29-31\n", drop_in)
            unit = machine.read("etc/systemd/system/weir-hugepages.service")
            self.assertIn(f"ExecStart=/bin/sh -c 'echo 62 >/{pages}'\n", unit)

    def test_the_table_of_acpi_decides_whose_iommu_it_is(self):
        """A virtual machine may have the IOMMU of the other maker."""
        for table, words in (("DMAR", "intel_iommu=on iommu=pt "), ("IVRS", "iommu=pt ")):
            for vendor in ("GenuineIntel", "AuthenticAMD"):
                with Machine("two-sockets-e810", 1) as machine:
                    tables = machine.root / "sys/firmware/acpi/tables"
                    (tables / "DMAR").rename(tables / table)
                    cpuinfo = machine.root / "proc/cpuinfo"
                    cpuinfo.write_text(cpuinfo.read_text().replace("GenuineIntel", vendor))
                    said = machine.run(*ADDRESS).stdout
                    self.assertIn(f"the firmware has one ({table})", said)
                    self.assertIn(f"  kernel command line: {words}isolcpus=", said, f"{table}, {vendor}")

    def test_a_card_is_bound_at_once_where_there_is_an_iommu(self):
        with Machine("one-socket-x520") as machine:
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            self.assertEqual(machine.bound("0000:01:00.1"), "vfio-pci")
            self.assertEqual(machine.bound("0000:01:00.0"), "ixgbe")

    def test_without_an_iommu_vfio_and_the_service_are_told(self):
        with Machine("vm-virtio") as machine:
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            self.assertEqual(machine.read("sys/module/vfio/parameters/enable_unsafe_noiommu_mode"), "Y\n")
            self.assertIn("enable_unsafe_noiommu_mode=1", machine.read("etc/modprobe.d/weir-vfio.conf"))
            drop_in = machine.read("etc/systemd/system/weir.service.d/setup-host.conf")
            self.assertIn("User=root\n", drop_in)
            self.assertEqual(machine.bound("0000:00:03.0"), "vfio-pci")

    def test_mlx5_is_never_bound(self):
        with Machine("mlx5", 1) as machine:
            ended = machine.run("--apply", *ADDRESS)
            self.assertEqual(ended.returncode, 0)
            self.assertEqual(machine.bound("0000:81:00.0"), "mlx5_core")
            self.assertFalse((machine.root / "etc/driverctl.d").exists())

    def test_a_bound_card_keeps_its_kind(self):
        """After an --apply the card has no driver of the kernel; what it would load says what it is."""
        with Machine("one-socket-x520") as machine:
            device = machine.root / "sys/bus/pci/devices/0000:01:00.1"
            (device / "driver").unlink()
            (device / "driver").symlink_to("../../drivers/vfio-pci")
            (device / "modalias").write_text("pci:v00008086d000010FBsv0\n")
            aliases = machine.root / "lib/modules" / trees.RELEASE / "modules.alias"
            aliases.parent.mkdir(parents=True)
            aliases.write_text("alias pci:v00008086d000010FBsv* ixgbe\n")
            ended = machine.run("--nic", "0000:01:00.1", *ADDRESS)
            self.assertIn("(ixgbe.cfg)", ended.stdout)


class Undoing(unittest.TestCase):
    def test_everything_is_as_before(self):
        for name, (tree, node, options) in PLANS.items():
            with Machine(tree, node) as machine:
                before = machine.look()
                self.assertEqual(machine.run("--apply", *options).returncode, 0, name)
                self.assertNotEqual(machine.look(), before, name)
                ended = machine.run("--undo")
                self.assertEqual((ended.returncode, ended.stderr), (0, ""), name)
                self.assertEqual(machine.look(), self.with_lib(before, machine), name)
                self.assertIn("nothing to undo", machine.run("--undo").stdout)

    def with_lib(self, before, machine):
        """/var/lib is there on each machine, only not on the described ones."""
        return before | {name: "folder" for name in ("var", "var/lib")}

    def test_files_that_were_there_come_back(self):
        with Machine("one-socket-x520") as machine:
            for path, mode in (("etc/weir/weir.cfg", 0o640), ("etc/default/grub.d/weir.cfg", 0o600)):
                where = machine.root / path
                where.parent.mkdir(parents=True)
                where.write_text("mine\n")
                where.chmod(mode)
            saved = machine.root / "etc/driverctl.d/pci-0000:01:00.1"
            saved.parent.mkdir()
            saved.write_text("ixgbe\n")
            before = machine.look()
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            self.assertEqual(machine.run("--undo").returncode, 0)
            self.assertEqual(machine.look(), self.with_lib(before, machine))

    def test_after_a_reboot_the_card_returns(self):
        with Machine("two-sockets-e810", 1) as machine:
            before = machine.look()
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            device = machine.root / "sys/bus/pci/devices/0000:af:00.0"
            (device / "kernel_driver").write_text("ice")
            (device / "driver").unlink()
            (device / "driver").symlink_to("../../drivers/vfio-pci")
            self.assertEqual(machine.run("--undo").returncode, 0)
            self.assertEqual(machine.look(), self.with_lib(before, machine))

    def test_pages_of_a_weir_that_was_killed(self):
        """Files hold them, which nobody has locked: they go. Those of a living process stay."""
        with Machine("two-sockets-e810", 1) as machine:
            before = machine.look()
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            mounts = "none /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\nnone /huge tmpfs rw 0 0\n"
            trees.add(machine.root, "proc/self/mounts", mounts)
            names = ("dev/hugepages/weirmap_0", "dev/hugepages/weirmap_65537", "dev/hugepages/rtemap_7")
            kept = ("dev/hugepages/weirmap_x", "dev/hugepages/notes", "huge/weirmap_0")
            for name in (*names, *kept):
                trees.add(machine.root, name, "")
            with (machine.root / names[2]).open() as held:
                fcntl.flock(held, fcntl.LOCK_SH)
                self.assertEqual(machine.run("--undo").returncode, 0)
            left = {name for name in machine.look() if name.startswith(("dev/hugepages/", "huge/"))}
            self.assertEqual(left, {names[2], *kept})
            for folder in ("dev", "huge", "proc/self"):
                shutil.rmtree(machine.root / folder)
            self.assertEqual(machine.look(), self.with_lib(before, machine))

    def test_after_a_failure_in_between(self):
        for fails in ("systemctl", "update-grub", "driverctl"):
            with Machine("one-socket-x520") as machine:
                before = machine.look()
                ended = machine.run("--apply", *ADDRESS, FAKE_FAIL=fails)
                self.assertEqual(ended.returncode, 1, fails)
                self.assertIn("--undo takes back what was done", ended.stderr)
                ended = machine.run("--undo")
                self.assertEqual(ended.returncode, 0, f"{fails}: {ended.stderr}")
                self.assertEqual(machine.look(), self.with_lib(before, machine), fails)

    def test_after_a_kill_in_between(self):
        with Machine("one-socket-x520") as machine:
            before = machine.look()
            self.assertEqual(machine.run("--apply", *ADDRESS, FAKE_FAIL="kill").returncode, -signal.SIGKILL)
            self.assertNotEqual(machine.look(), before)
            self.assertEqual(machine.run("--undo").returncode, 0)
            self.assertEqual(machine.look(), self.with_lib(before, machine))

    def test_where_undoing_fails_it_can_be_repeated(self):
        with Machine("one-socket-x520") as machine:
            before = machine.look()
            self.assertEqual(machine.run("--apply", *ADDRESS).returncode, 0)
            ended = machine.run("--undo", FAKE_FAIL="update-grub")
            self.assertEqual(ended.returncode, 1)
            self.assertIn("no update-grub today", ended.stderr)
            self.assertEqual(machine.run("--undo").returncode, 0)
            self.assertEqual(machine.look(), self.with_lib(before, machine))
            self.assertEqual(machine.calls()[-2:], ["update-grub", "systemctl daemon-reload"])


class Routes(unittest.TestCase):
    def test_sudo_hides_the_variable_but_not_the_process(self):
        with tempfile.TemporaryDirectory() as folder:
            shell = pathlib.Path(folder) / str(os.getppid())
            shell.mkdir()
            (shell / "environ").write_bytes(b"A=1\0SSH_CONNECTION=192.0.2.1 5 192.0.2.2 22\0")
            (shell / "status").write_text("Name:\tbash\nPPid:\t1\n")
            self.assertEqual(routes.ssh_connection({}, pathlib.Path(folder)), "192.0.2.1 5 192.0.2.2 22")

    def test_ipv6(self):
        with tempfile.TemporaryDirectory() as folder:
            net = pathlib.Path(folder) / "proc/net"
            net.mkdir(parents=True)
            zero, network = "0" * 32, "20010db8" + "0" * 24
            tail = f"00 {zero} 00000400 00000001 00000000 00000001"
            lines = [f"{zero} 00 {zero} {tail} eno1", f"{network} 20 {zero} {tail} eno2"]
            (net / "ipv6_route").write_text("\n".join(lines))
            found = routes.protected(pathlib.Path(folder), "2001:db8::5 50000 2001:db8::1 22")
            self.assertEqual(set(found), {"eno1", "eno2"})


def write_plans():
    for name in PLANS | REFUSED:
        (HERE / "plans" / f"{name}.txt").write_text(planned(name)[1])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write_plans()
        sys.exit(0)
    weir = sys.argv[2] if sys.argv[1:2] == ["--weir"] else None
    sys.exit(tap.run(sys.modules[__name__]))
