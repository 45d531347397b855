# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-testpmd, which swaps the MAC addresses of frames and sends them back: the speed of a port."""

import shutil

from process import Failed
from telemetry import BOOT_S, Telemetry, socket_path


class Testpmd:
    name = "testpmd"

    def __init__(self, lab, vdev, main, cpu, mbufs, mbuf_bytes, hugepages):
        """Starts testpmd with one forwarding core, and Weir's burst, caches and mbufs; pauses it."""
        program = shutil.which("dpdk-testpmd")
        if program is None:
            raise Failed("dpdk-testpmd is not installed: apt-get install dpdk-dev dpdk")
        folder = lab.place("testpmd")
        memory = (
            ["--in-memory"]
            if hugepages
            else ["--no-huge", "--no-shconf", "-m", mbufs * 4096 // 2**20 + 256]
        )
        words = [program, "--no-pci", f"--lcores=0@{main},1@{cpu}", "--file-prefix=testpmd"]
        words += [*memory, f"--vdev={vdev}", "--", "--forward-mode=macswap", "--nb-cores=1"]
        words += [f"--total-num-mbufs={mbufs}", f"--mbuf-size={mbuf_bytes}", "--mbcache=256", "--burst=32"]
        words += ["--rxq=1", "--txq=1", "--no-flush-rx", "--no-lsc-interrupt"]
        self.process = lab.start(words, folder, {"RUNTIME_DIRECTORY": str(folder)})
        self._telemetry = Telemetry(socket_path(folder, "testpmd"), self.process)
        self.process.wait_for(self._forwards, "first frame", BOOT_S)
        self.process.pause()

    def _forwards(self):
        # Telemetry replies before the port exists; output to a file is buffered.
        return self._telemetry.ask("/ethdev/list").value and self.read().value["opackets"] > 0

    def read(self):
        return self._telemetry.ask("/ethdev/stats,0")

    @staticmethod
    def handled(before, after):
        return after["opackets"] - before["opackets"]
