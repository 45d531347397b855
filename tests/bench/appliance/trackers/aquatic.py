# SPDX-License-Identifier: BSD-3-Clause
"""aquatic_udp from cargo's registry, with each of its back-ends."""

from trackers.packages import install_crate
from trackers.tracker import Tracker
from weir import PORT

VERSION = "0.9.0"

_CONFIG = """\
socket_workers = 1
log_level = "error"

[network]
address = "{address}:{port}"
socket_recv_buffer_size = 8000000
{back_end}

[protocol]
max_response_peers = 30

[statistics]
interval = 0
"""


class Aquatic(Tracker):
    version = f"aquatic_udp {VERSION}"
    features = "mimalloc"
    back_end = ""

    @property
    def program(self):
        return self.folder / "bin/aquatic_udp"

    def install(self):
        # Without statistics, which are off here anyway: the version of crate `metrics` that it
        # requires does not compile with current compilers.
        options = ("--no-default-features", "--features", self.features)
        install_crate(self.folder, "aquatic_udp", VERSION, *options)

    def command(self, folder, task):
        config = folder / "aquatic.toml"
        config.write_text(_CONFIG.format(address=task.address, port=PORT, back_end=self.back_end))
        return [self.program, "-c", config], {}


class AquaticMio(Aquatic):
    name = "aquatic_mio"


class AquaticUring(Aquatic):
    name = "aquatic_uring"
    features = "mimalloc,io-uring"
    back_end = "use_io_uring = true\nring_size = 128"
