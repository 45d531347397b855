# SPDX-License-Identifier: BSD-3-Clause
"""aquatic's load test, aquatic_udp_load_test from cargo's registry, with its defaults.

It raises the load until a tenth of its requests gets no reply, from 4 sockets on 127.0.0.1, and counts
error replies as replies: they are subtracted here. All its peers have the same peer_id, so trackers
that identify peers by peer_id see one peer per torrent.
"""

import re
import shutil

from process import Failed
from trackers.packages import install_crate
from weir import PORT

VERSION = "0.9.0"
INTERVAL_S = 5  # between its figures
_START_S = 120  # it generates 2 M peers first

_CONFIG = """\
server_address = "{address}:{port}"
workers = 1
duration = {duration}
summarize_last = {last}
extra_statistics = false
"""


class AquaticLoad:
    name = "aquatic_load"

    def __init__(self, folder):
        self.folder = folder / self.name
        self.program = self.folder / "bin/aquatic_udp_load_test"

    def missing(self):
        if not self.program.exists():
            return "not installed (--install)"
        return "" if shutil.which("nft") else "nft is not installed (package nftables)"

    def install(self):
        install_crate(self.folder, "aquatic_udp_load_test", VERSION)

    def run(self, lab, address, cpu, intervals, tick):
        """Returns (replies per second without errors, peers per reply), without the first interval."""
        folder = lab.place(self.name)
        config = folder / "load.toml"
        duration = intervals * INTERVAL_S
        last = duration - INTERVAL_S
        config.write_text(_CONFIG.format(address=address, port=PORT, duration=duration, last=last))
        process = lab.start([self.program, "-c", config], folder, cpus=[cpu])
        if process.wait(duration + _START_S, tick) != 0:
            raise Failed(f"{self.program.name}: {process.errors().strip()[-500:]}")
        text = process.output()
        answers = _number(text, "Average responses per second") - _number(text, "- Error responses")
        return answers, _number(text, "Peers per announce response")


def _number(text, what):
    """The last number with that name."""
    return float(re.findall(rf"{what}: +([0-9.]+)", text)[-1])
