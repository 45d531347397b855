#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of `weir --plan` for machines that are described in trees/: plans in full, what crosses nodes,
mistakes. Writes TAP.

  test_plan.py --weir PROGRAM
  test_plan.py --weir PROGRAM --write     writes placements/ anew; look at the difference
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path += [str(TOP / "tests/support")]

import tap  # noqa: E402
import trees  # noqa: E402

# Name of the plan: tree, lines added to it, driver file, devices, other settings.
PLACEMENTS = {
    "two-sockets-two-cards": (
        "two-sockets-e810",
        "file sys/devices/system/cpu/isolated 1-4,9-12",
        "ice",
        ("0000:3b:00.0", "0000:af:00.0"),
        "",
    ),
    "two-sockets-all-cpus": ("two-sockets-e810", "", "ice", ("0000:3b:00.0", "0000:af:00.0"), ""),
    "two-sockets-one-card": (
        "two-sockets-e810",
        "",
        "ice",
        ("0000:af:00.0",),
        "lcores = { main = [ 8 ]; io = [ 9, 10 ]; workers = [ 11, 12 ]; };",
    ),
    "two-sockets-crossed": (
        "two-sockets-e810",
        "",
        "ice",
        ("0000:af:00.0",),
        "lcores = { main = [ 0 ]; io = [ 1, 9 ]; workers = [ 2, 10 ]; };",
    ),
    "two-sockets-isolated": (
        "two-sockets-e810",
        "file sys/devices/system/cpu/isolated 9-12,25-28",
        "ice",
        ("0000:af:00.0",),
        "",
    ),
    "two-sockets-virtual": ("two-sockets-e810", "", "net_tap", (), ""),
    "one-socket-x520": ("one-socket-x520", "", "ixgbe", ("0000:01:00.0", "0000:01:00.1"), ""),
    "aws-ena": ("aws-ena", "", "ena", ("0000:00:06.0",), ""),
    "hetzner-i210": ("hetzner-i210", "", "igb", ("0000:07:00.0",), ""),
    "vm-virtio": ("vm-virtio", "", "virtio", ("0000:00:03.0",), ""),
    "no-iommu": ("no-iommu", "", "i40e", ("0000:01:00.0",), ""),
    "mlx5": ("mlx5", "", "mlx5", ("0000:81:00.0",), ""),
    "another-card": ("mlx5", "", "mlx5", ("0000:82:00.0",), ""),
}
weir = None


class Machine:
    """A described machine in a folder, and a configuration for it."""

    def __init__(self, tree, added=""):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.root = self.folder / "machine"
        self.root.mkdir()
        trees.expand(f"{(HERE / 'trees' / f'{tree}.tree').read_text()}\n{added}\n", self.root)
        self.config = self.folder / "weir.cfg"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def configure(self, driver, devices, settings):
        ports = ",\n".join(
            f'    {{ device = "{device}"; addresses = [ "198.51.100.{10 + number}/24" ]; }}'
            for number, device in enumerate(devices)
        )
        text = f'@include "{TOP}/drivers-config/{driver}.cfg"\n{settings}\n'
        self.config.write_text(text + (f"ports = (\n{ports}\n);\n" if devices else ""))

    def plan(self, *options, root=None):
        words = [weir, "-c", self.config, "--plan", "--sysroot", root or self.root, *options]
        return subprocess.run(words, capture_output=True, text=True, env={"LC_ALL": "C"})


def plan_of(name, *options):
    tree, added, driver, devices, settings = PLACEMENTS[name]
    with Machine(tree, added) as machine:
        machine.configure(driver, devices, settings)
        ended = machine.plan(*options)
        return ended.returncode, ended.stdout, ended.stderr.replace(str(machine.root), "MACHINE")


def without_sizes(text):
    """Sizes of memory are checked elsewhere, and change with the tables."""
    text = re.sub(r"^ +\d+\.\d( +\d+\.\d)*  ", "  ", text, flags=re.M)
    text = re.sub(r"^( +\d+ MiB +\d+) +\d+( +\d+ +\d+)", r"\1 #\2", text, flags=re.M)
    return re.sub(r"^\S+/weir\.cfg\b", "weir.cfg", text, flags=re.M)


def placed(name):
    """What the command prints, then what it warns of."""
    status, out, err = plan_of(name)
    return status, without_sizes(out) + err


class Placements(unittest.TestCase):
    def test_plans_are_as_written(self):
        for name in PLACEMENTS:
            status, said = placed(name)
            self.assertEqual(status, 0, said)
            self.assertEqual(said, (HERE / "placements" / f"{name}.txt").read_text(), name)

    def test_the_document_shows_one_of_them(self):
        text = (TOP / "docs/host-setup.md").read_text()
        shown = re.search(r"^```\n(/etc/weir/weir\.cfg: plan\n.*?)^```$", text, re.M | re.S)
        self.assertIsNotNone(shown)
        expected = (HERE / "placements/two-sockets-two-cards.txt").read_text()
        self.assertEqual(without_sizes(shown[1]), expected)


class Json(unittest.TestCase):
    def test_everything_is_somewhere_once(self):
        for name in PLACEMENTS:
            status, out, _ = plan_of(name, "--json")
            self.assertEqual(status, 0, name)
            plan = json.loads(out)
            lcores = {lcore["lcore"]: lcore for lcore in plan["lcores"]}
            for share in ("clients_share", "torrents_share"):
                self.assertAlmostEqual(sum(lcore.get(share, 0) for lcore in plan["lcores"]), 1, msg=name)
            for port in plan["ports"]:
                self.assertTrue(all(lcores[number]["io"] for number in port["queues"]), name)
            nodes = plan["memory"]["nodes"]
            self.assertEqual(sum(node["bytes"] for node in nodes), plan["memory"]["bytes"], name)
            for node in nodes:
                self.assertEqual(sum(node["parts_bytes"].values()), node["bytes"], name)
                tables = node["parts_bytes"]["torrents"] > 0
                workers = [x for x in lcores.values() if x["worker"] and x["node"] == node["node"]]
                self.assertEqual(tables, bool(workers), name)

    def test_text_and_json_warn_alike(self):
        _, out, err = plan_of("two-sockets-crossed", "--json")
        warnings = [f"weir: warning: {line}" for line in json.loads(out)["warnings"]]
        self.assertEqual(warnings, err.splitlines())
        self.assertGreater(len(warnings), 0)


class Nodes(unittest.TestCase):
    """Each port is polled by its own node, from its own memory, unless CPUs are named otherwise."""

    def test_nothing_crosses_by_itself(self):
        for name in PLACEMENTS:
            _, out, _ = plan_of(name, "--json")
            plan = json.loads(out)
            node_of = {lcore["lcore"]: lcore["node"] for lcore in plan["lcores"]}
            crossed = [
                port
                for port in plan["ports"]
                if port["node"] >= 0 and {node_of[number] for number in port["queues"]} != {port["node"]}
            ]
            self.assertEqual(bool(crossed), name == "two-sockets-crossed", name)
            if len({port["node"] for port in plan["ports"]}) == 1 and not crossed:
                self.assertEqual(len({lcore["node"] for lcore in plan["lcores"]}), 1, name)

    def test_named_cpus_are_those_of_the_machine(self):
        with Machine("vm-virtio") as machine:
            machine.configure("virtio", ("0000:00:03.0",), "lcores = { io = [ 1, 5 ]; };")
            ended = machine.plan()
            self.assertEqual((ended.returncode, ended.stdout), (2, ""))
            self.assertEqual(
                ended.stderr,
                f"{machine.config}:2: lcores.io: names CPU 5, which Weir may not use; it has 2 CPUs, the "
                "first is 0: name others, or leave the list empty\n",
            )

    def test_files_of_the_machine_are_not_asked_for(self):
        settings = 'tracker = { key_file = "/nowhere/key"; }; security = { user = "nobody-of-that-name"; };'
        with Machine("vm-virtio") as machine:
            machine.configure("virtio", ("0000:00:03.0",), settings)
            self.assertEqual(machine.plan().returncode, 0)


class Wrong(unittest.TestCase):
    def test_no_machine(self):
        with Machine("vm-virtio") as machine:
            machine.configure("virtio", ("0000:00:03.0",), "")
            for root in (machine.folder / "nowhere", machine.config, machine.root / "sys", "/" * 5000):
                ended = machine.plan(root=root)
                self.assertEqual((ended.returncode, ended.stdout), (2, ""))
                self.assertEqual(
                    ended.stderr,
                    f"--sysroot {root}: has no sys/devices/system/cpu/online: name the folder that has the "
                    "folder sys of a machine\n",
                )

    def test_mistakes_of_the_configuration(self):
        with Machine("vm-virtio") as machine:
            machine.configure("virtio", ("0000:00:03.0",), "tracker = { port = 0; };")
            ended = machine.plan()
            self.assertEqual((ended.returncode, ended.stdout), (2, ""))
            self.assertIn(f"{machine.config}:2: tracker.port: ", ended.stderr)
            ended = machine.plan("--json")
            self.assertEqual(ended.returncode, 2)
            said = json.loads(ended.stdout)
            self.assertEqual((said["right"], said["errors"]), (False, ended.stderr.splitlines()))
            machine.config.write_text("tracker = {")
            ended = machine.plan()
            self.assertEqual((ended.returncode, ended.stdout), (2, ""))
            machine.config.unlink()
            self.assertEqual(machine.plan().returncode, 2)

    def test_options_that_do_not_go_together(self):
        for words, said in (
            (("--check", "--sysroot", "/"), "--sysroot goes with --plan"),
            (("--plan", "--sysroot", ""), "--sysroot"),
            (("--json",), "--json goes with --check or --plan"),
            (("--plan",), "option -c FILE is required"),
        ):
            file = [] if words == ("--plan",) else ["-c", TOP / "drivers-config/net_tap.cfg"]
            ended = subprocess.run([weir, *file, *words], capture_output=True, text=True)
            self.assertEqual(ended.returncode, 2, words)
            self.assertIn(said, ended.stderr)


class ThisMachine(unittest.TestCase):
    def test_the_plan_is_that_of_check(self):
        with Machine("vm-virtio") as machine:
            machine.configure("net_tap", (), "")
            outputs = []
            for action in ("--plan", "--check"):
                ended = subprocess.run(
                    [weir, "-c", machine.config, action, "--json"], capture_output=True, text=True
                )
                self.assertEqual(ended.returncode, 0, ended.stderr)
                said = json.loads(ended.stdout)
                outputs.append([said[name] for name in ("ports", "lcores", "memory")])
            self.assertEqual(*outputs)
            cpus = {lcore["cpu"] for lcore in said["lcores"]}
            self.assertLessEqual(cpus, os.sched_getaffinity(0))


if __name__ == "__main__":
    weir = sys.argv[sys.argv.index("--weir") + 1]
    if "--write" in sys.argv:
        for placement in PLACEMENTS:
            (HERE / "placements" / f"{placement}.txt").write_text(placed(placement)[1])
        sys.exit(0)
    sys.exit(tap.run(sys.modules[__name__]))
