# SPDX-License-Identifier: BSD-3-Clause
"""bench_control with short lists: all of its rows, and what it writes. Writes TAP.

usage: test_control.py PROGRAM
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import tap  # noqa: E402

PROGRAM = sys.argv[1]
TIMEOUT_S = 120
LOOKUPS = {
    "info_hashes_known_1k",
    "info_hashes_unknown_1k",
    "networks_ipv4_1k",
    "networks_ipv6_1k",
    "client_list_100",
    "auth_keys_known_1k",
    "auth_keys_unknown_1k",
    "budget_charge_1k",
    "budget_connect_1k",
    "budget_refuse_1",
}
RATES = {"access_parse_1k", "access_load_1k", "sources_load_1k"}
RATES_ALONE = {"access_add_1k", "snapshot_save_1k", "snapshot_load_1k"}  # without a baseline


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=TIMEOUT_S)


class Control(unittest.TestCase):
    def test_all_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "control.json"
            done = run("--quick", "--most", "1000", "--json", str(path))
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(path.read_text())
        rows = {row["name"]: row for row in report["rows"]}
        self.assertEqual(set(rows), LOOKUPS | RATES | RATES_ALONE)
        for name, row in rows.items():
            self.assertIn(name, done.stdout)
            self.assertEqual(row["metric"], "ns_per_lookup" if name in LOOKUPS else "rate")
            self.assertGreater(row["value"], 0)
            if name not in RATES_ALONE:
                self.assertGreater(row["baseline"], 0)

    def test_only(self):
        done = run("--quick", "--most", "1000", "--only", "client")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("client_list_100", done.stdout)
        self.assertNotIn("access", done.stdout)

    def test_wrong_arguments(self):
        for arguments in (("--most", "0"), ("--most", "x"), ("--most", "-1"), ("--quickly",), ("word",)):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertNotEqual(done.stderr, "")


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
