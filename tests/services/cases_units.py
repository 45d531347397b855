# SPDX-License-Identifier: BSD-3-Clause
"""Units by themselves: systemd-analyze, and what two of them share."""

import pathlib
import re
import shutil
import subprocess
import unittest

SYSTEM = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "system"
UNITS = sorted(SYSTEM.glob("*.service"))
LIMITS = {"weir.service": 2.0, "weir@.service": 2.0, "weir-gateway.service": 1.5, "weir-hook.service": 2.5}
OWN = {"Description", "ExecStart", "ExecReload", "LoadCredential"}  # settings in which weir@ differs


def analyze(*words):
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=60
    )


def settings(path):
    lines = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return [(name, value) for name, _, value in lines if value and name not in OWN]


@unittest.skipIf(shutil.which("systemd-analyze") is None, "systemd-analyze is missing (package systemd)")
class Units(unittest.TestCase):
    def test_scores(self):
        for unit in UNITS:
            with self.subTest(unit.name):
                said = analyze("security", "--offline=true", "--no-pager", str(unit)).stdout
                found = re.search(r"Overall exposure level for .*: ([\d.]+) ", said)
                self.assertIsNotNone(found, said)
                self.assertLessEqual(float(found[1]), LIMITS[unit.name], said)

    def test_verify(self):
        for unit in UNITS:
            with self.subTest(unit.name):
                said = analyze("verify", "--man=no", str(unit)).stderr
                # The programs are not installed here.
                wrong = [
                    line
                    for line in said.splitlines()
                    if "is not executable" not in line and unit.name in line
                ]
                self.assertEqual(wrong, [])


class Instances(unittest.TestCase):
    def test_instance_is_like_the_single_one(self):
        self.assertEqual(settings(SYSTEM / "weir.service"), settings(SYSTEM / "weir@.service"))
