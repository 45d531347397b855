# SPDX-License-Identifier: BSD-3-Clause
"""What lcores cost that have little to do, and how late replies are, for each way to wait."""

import os
import time

import arguments
import machine
import progress
from lab_cpu import process_s
from lab_network import TRACKER_MAC, Namespace
from load import Load
from process import Failed, Lab, run
from rows import Report
from weir import ADDRESS, Settings, Weir

LINK = "weir0"
KERNEL_MAC = "02:00:00:00:00:fe"  # the kernel's end of a TAP has Weir's otherwise
WAYS = ("poll", "pause", "monitor", "sleep", "interrupt")
RATES = (50, 1000)  # requests/s; the first leaves time to wait for an interrupt between two of them
CLIENTS = 64
TORRENTS = 100
PEERS = 1000
SECONDS, SECONDS_QUICK = 20, 4

DESCRIPTION = f"""\
Weir on a TAP, with both roles and the control thread on one CPU, and a load on another, which sends a
request when it is due. One way to wait after the other (lcores.idle; docs/idle.md):
{", ".join(WAYS)}. Those that this machine's CPU or a TAP does not have are
left out, and the output says so. Requires root, for a network namespace.

Rows, for each way:

  idle_WAY_silent    cpu_share: CPU time of the process, in shares of one CPU, without any request
  idle_WAY_{RATES[0]}, _{RATES[1]}  cpu_share: likewise, at {RATES[0]} and {RATES[1]:,} requests/s
  idle_WAY_{RATES[0]}_p50    time_us: from the time a request was due until its reply was read, at {RATES[0]}
  idle_WAY_{RATES[0]}_p99    requests/s; likewise at {RATES[1]:,}

Baseline: the same of "poll", in the same run. Half of the requests are connects, half announces.
"""


def _settings(way, cpu):
    return Settings(
        vdevs=[f"net_tap0,iface={LINK},mac={TRACKER_MAC}"],
        main=cpu,
        io=[cpu],
        workers=[cpu],
        groups={
            "driver": {"rx_descriptors": 64, "tx_descriptors": 64, "checksum_offload": True},
            "lcores": {"idle": way},
            "swarm": {"max_torrents": 2 * TORRENTS, "max_peers": 2 * PEERS, "max_peers_ipv6": 0},
        },
    )


class Silent:
    """A Weir in a namespace of its own, with a TAP that only the load uses."""

    def __init__(self, lab, options, way, namespace):
        self.namespace = namespace
        with namespace.inside():
            self.weir = Weir(lab, options.weir, _settings(way, options.cpus[0])).wait_ready()
        namespace.run("ip", "link", "set", LINK, "address", KERNEL_MAC)
        namespace.run("ethtool", "-K", LINK, "tx", "off")
        namespace.run("ip", "link", "set", LINK, "up")
        self._load = Load(lab, options.weir_load, options.cpus[1], f"net_af_packet0,iface={LINK}")

    def way(self):
        lcore = self.weir.lcores().value["1"]
        return "interrupt" if lcore["interrupts"] else lcore["idle"]

    def _cpu_share(self, function):
        """Of one CPU, while the function runs; and what it returns."""
        before, began = process_s(self.weir.process.pid), time.monotonic()
        result = function()
        return (process_s(self.weir.process.pid) - before) / (time.monotonic() - began), result

    def silent(self, seconds):
        time.sleep(1)  # what the last load has begun
        return self._cpu_share(lambda: time.sleep(seconds))[0]

    def under_load(self, rate, seconds, what):
        """The share of a CPU, and percentiles of the latency. The start of weir-load, which sends nothing,
        is not counted: the share is that of the seconds before its end."""
        samples = []

        def tick():
            progress.tick(what)
            samples.append((time.monotonic(), process_s(self.weir.process.pid)))

        options = [f"--rate={rate}", f"--duration={seconds}", "--warm-up=1", "--timeout=2000"]
        options += [
            f"--clients={CLIENTS}",
            f"--torrents={TORRENTS}",
            f"--peers={PEERS}",
            f"--tracker={ADDRESS}",
        ]
        options += [f"--tracker-mac={TRACKER_MAC}", "--scrape=0"]
        with self.namespace.inside():
            result = self._load.run(options, seconds, tick)
        if result["answered"] < 0.99 * result["sent"]:
            raise Failed(f"{what}: {result['answered']} replies to {result['sent']} requests")
        end = samples[-1][0] - 0.5
        inner = [sample for sample in samples if end - seconds * 0.9 <= sample[0] <= end]
        (start, before), (stop, after) = inner[0], inner[-1]
        return (after - before) / (stop - start), result["latency_us"]


def _measure(options, way, namespace, report, base):
    """Adds the rows of a way. `base`: values of "poll" by row, which are added there."""

    def add(name, metric, unit, value):
        base.setdefault((name, metric), value)
        report.add(f"idle_{way}_{name}", metric, unit, value, base[name, metric])

    seconds = SECONDS_QUICK if options.quick else SECONDS
    with Lab() as lab:
        progress.say(f"{way}: starting Weir")
        silent = Silent(lab, options, way, namespace)
        if silent.way() != way:
            progress.note(f"{way}: left out, this machine has {silent.way()} instead")
            return
        progress.say(f"{way}: silence")
        add("silent", "cpu_share", "CPUs", silent.silent(seconds))
        for rate in RATES:
            share, latency = silent.under_load(rate, seconds, f"{way}: {rate} requests/s")
            add(str(rate), "cpu_share", "CPUs", share)
            for point in ("p50", "p99"):
                add(f"{rate}_{point}", "time_us", "us", latency[point])


def main():
    options = arguments.parser("idle", DESCRIPTION).parse_args()
    options.cpus = machine.allowed_cpus()
    if os.geteuid() != 0:
        raise Failed("root is required, for a network namespace")
    if len(options.cpus) < 2:
        raise Failed(f"2 CPUs are required, {len(options.cpus)} available")
    report, base = Report(), {}
    namespace = Namespace()
    try:
        namespace.sysctl("ipv6.conf.default.disable_ipv6", 1)
        for way in WAYS:
            _measure(options, way, namespace, report, base)
    finally:
        namespace.close()
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
