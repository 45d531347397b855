# SPDX-License-Identifier: BSD-3-Clause
"""A running Weir: configuration, start, counters."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from telemetry import BOOT_S, Telemetry, socket_path

ADDRESS = "192.0.2.1"
PORT = 6969


@dataclass
class Settings:
    """Settings of a benchmark. `groups`: settings by group, as in docs/options.md."""

    vdevs: list
    io: list
    workers: list
    main: int
    hugepages: bool = False
    ports: list = field(default_factory=list)  # (device, addresses), in the order in which they are polled
    groups: dict = field(default_factory=dict)

    def text(self):
        groups = {
            "driver": {
                "name": "benchmark",
                "virtual": True,
                "eal": ["--no-pci", *(f"--vdev={vdev}" for vdev in self.vdevs)],
                "rx_descriptors": 512,
                "tx_descriptors": 512,
                "checksum_offload": False,
                "rss": False,
            },
            "lcores": {"main": [self.main], "io": self.io, "workers": self.workers, "idle": "poll"},
            "memory": {"hugepages": "yes" if self.hugepages else "no", "file_prefix": "weir"},
            "host": {"dad": False, "allow_private": True},
            "limits": {"budget": 0, "connects": 0},  # loads come from few sources
        }
        if os.geteuid() == 0:  # for weir-gateway, which does not stay root
            groups["control"] = {"group": "nogroup"}
        for name, settings in self.groups.items():
            groups[name] = {**groups.get(name, {}), **settings}
        ports = self.ports or [(self.vdevs[0].partition(",")[0], [f"{ADDRESS}/24"])]
        lines = [f"{name} = {_value(settings)};" for name, settings in groups.items()]
        entries = ", ".join(_value({"device": device, "addresses": known}) for device, known in ports)
        return "\n".join([*lines, f"ports = ( {entries} );", ""])


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + " ".join(f"{key} = {_value(item)};" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[ " + ", ".join(map(_value, value)) + " ]"
    return str(value)


class Weir:
    """A Weir that has been started; call wait_ready() before reading counters."""

    def __init__(self, lab, program, settings, name="weir"):
        folder = lab.place(name)
        self.socket = socket_path(folder, "weir")
        config = folder / "weir.cfg"
        config.write_text(settings.text(), encoding="ascii")
        words = [Path(program).resolve(), "-c", config]
        if settings.hugepages:
            words += ["--", "--in-memory"]  # leaves no files that would keep the pages in use
        self.process = lab.start(words, folder, {"RUNTIME_DIRECTORY": str(folder)})
        self._telemetry = None

    def wait_ready(self, timeout_s=BOOT_S):
        self.process.wait_for(lambda: "weir: ready" in self.process.errors(), "start", timeout_s)
        self._telemetry = Telemetry(self.socket, self.process)
        return self

    def stats(self):
        return self._telemetry.ask("/weir/stats")

    def stages(self):
        return self._telemetry.ask("/weir/stages")

    def verdicts(self):
        return self._telemetry.ask("/weir/verdicts")

    def lcores(self):
        return self._telemetry.ask("/weir/lcores")

    def peers(self):
        stats = self.stats().value
        return sum(
            stats[f"{role}_{family}"] for role in ("seeders", "leechers") for family in ("ipv4", "ipv6")
        )
