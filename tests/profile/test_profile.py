#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the parts of scripts/profile, with synthetic input. Writes TAP."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
_tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(_tests / "golden"), str(_tests / "clients"), str(_tests / "support")]

import callgrind_file  # noqa: E402
import costs  # noqa: E402
import perf  # noqa: E402
import process  # noqa: E402
import stages  # noqa: E402
import tap  # noqa: E402
from symbols import Frame, plain_name  # noqa: E402

# Names at their first use, then numbers; addresses and lines relative to the previous ones.
CALLGRIND = """\
positions: instr line
events: Ir
ob=(1) /build/weir
fl=(1) loop.c
fn=(1) lcore_main
0x100 7 10
+4 +1 20
cob=(2) /lib/librte_net_pcap.so.23
cfn=(2) 0x0000000000000900
calls=5 0x900 0
* 9 300
fn=(3) serve
0x200 3 7
* * 1
ob=(2)
fn=(2)
0x900 0 250
-0x10 0 50
"""


class FakeSymbols:
    """lcore_main has `rte_eth_rx_burst` inlined at 0x104."""

    binary = "/build/weir"

    def load(self, addresses):
        list(addresses)

    def chain(self, address):
        main = Frame("lcore_main", "/src/loop.c", 8)
        inlined = [Frame("rte_eth_rx_burst", "/usr/include/dpdk/rte_ethdev.h", 50)]
        return [main, *(inlined if address == 0x104 else [])] if address < 0x200 else []


def profile():
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(CALLGRIND)
        file.flush()
        return callgrind_file.read(file.name)


class Callgrind(unittest.TestCase):
    def test_reads_relative_positions_and_numbered_names(self):
        found = {(p.symbol, p.address): cost for p, cost in profile().costs.items()}
        expected = {
            ("lcore_main", 0x100): 10,
            ("lcore_main", 0x104): 20,
            ("serve", 0x200): 8,
            ("0x0000000000000900", 0x900): 250,
            ("0x0000000000000900", 0x8F0): 50,
        }
        self.assertEqual(found, expected)

    def test_reads_calls(self):
        (call,) = profile().calls
        self.assertEqual((call.site.address, call.callee.address), (0x104, 0x900))
        self.assertEqual((call.count, call.cost), (5, 300))
        self.assertIn("net_pcap", call.callee.binary)

    def test_inlined_functions_have_own_costs(self):
        summary = costs.summarise(profile(), FakeSymbols())
        own = {f.name: cost for f, cost in summary.own_by_function().items()}
        calls = {f.name: cost for f, cost in summary.with_callees.items()}
        driver = "(librte_net_pcap, no symbol)"
        self.assertEqual(own, {"lcore_main": 10, "rte_eth_rx_burst": 20, "serve": 8, driver: 300})
        self.assertEqual(calls["lcore_main"], 330)
        self.assertEqual(calls["rte_eth_rx_burst"], 320)
        self.assertEqual((summary.bursts, summary.driver, summary.total), (5, 300, 338))

    def test_written_profile_can_be_read(self):
        with tempfile.NamedTemporaryFile() as file:
            costs.write_callgrind(file.name, costs.summarise(profile(), FakeSymbols()), "test")
            text = pathlib.Path(file.name).read_text()
        self.assertIn("summary: 338\n", text)
        self.assertIn("cfn=rte_eth_rx_burst\ncalls=0 0\n8 320\n", text)

    def test_suffixes_of_copies_are_removed(self):
        for copy in ("receive.lto_priv.0", "receive.constprop.0.cold", "receive.part.1", "receive"):
            self.assertEqual(plain_name(copy), "receive")


class Perf(unittest.TestCase):
    def test_folded_stacks_contain_inlined_functions(self):
        text = (
            "\n\t  900 [unknown] (/lib/librte_net_pcap.so.23)\n"
            "\t  105 lcore_main+0x5 (/build/weir)\n\t  300 start (/lib/libc.so.6)\n\n"
            "\t  900 clone3+0x2 (/lib/libc.so.6)\n\n"
        )
        samples = list(perf._samples(text))
        self.assertEqual(len(samples), 2)
        stack = perf._Folder(FakeSymbols()).fold(samples[0])
        driver = "(librte_net_pcap, no symbol)"
        # 0x105 is the return address of the call at 0x104
        self.assertEqual(stack, ["start", "lcore_main", "rte_eth_rx_burst", driver])


def reply(turns):
    """/weir/stages of a Weir after `turns` sampled bursts of 32."""
    return {
        "stage_turns": 16,
        "tsc_hz": 2_000_000_000,
        "receive_cycles": 3200 * turns,
        "receive_items": 32 * turns,
        "send_cycles": 640 * turns,
        "send_items": 16 * turns,
        "dequeue_cycles": 160 * turns,
        "dequeue_items": 16 * turns,
        "sweep_cycles": 80 * turns,
        "sweep_items": turns,
    }


class Stages(unittest.TestCase):
    def interval(self):
        replies = iter([reply(10), reply(110)])
        return stages.watch(lambda command: next(replies), 0)

    def test_cycles_per_packet(self):
        interval = self.interval()
        self.assertEqual([s.name for s in interval.of("io")], ["receive", "send"])
        self.assertEqual([s.name for s in interval.of("worker")], ["dequeue", "sweep"])
        self.assertEqual(interval.packets("io"), 3200)
        cycles = {s.name: interval.per_packet(s) for s in interval.stages}
        self.assertEqual(cycles, {"receive": 100, "send": 20, "dequeue": 10, "sweep": 5})

    def test_plot_formats(self):
        if not stages.gnuplot():
            self.skipTest("gnuplot is not installed")
        with tempfile.TemporaryDirectory() as folder:
            for ending, start in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
                path = pathlib.Path(folder) / f"picture{ending}"
                stages.plot(self.interval(), path, "a test")
                self.assertTrue(path.read_bytes().startswith(start))
            with self.assertRaises(process.Failure):
                stages.plot(self.interval(), path.with_suffix(".gif"), "a test")

    def test_missing_stages_are_an_error(self):
        for answer in (None, {"stage_turns": 0}):
            with self.assertRaises(process.Failure):
                stages.watch(lambda command, answer=answer: answer, 0)


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
