# SPDX-License-Identifier: BSD-3-Clause
"""torrust-tracker, from cargo's registry."""

from trackers.packages import install_crate
from trackers.tracker import Tracker
from weir import PORT

VERSION = "3.0.0"

# Its share/default/config/tracker.udp.benchmarking.toml.
_CONFIG = """\
[metadata]
schema_version = "2.0.0"

[logging]
threshold = "error"

[core]
listed = false
private = false
tracker_usage_statistics = false

[core.database]
driver = "sqlite3"
path = "{folder}/sqlite3.db"

[core.tracker_policy]
persistent_torrent_completed_stat = false
remove_peerless_torrents = false

[[udp_trackers]]
bind_address = "{address}:{port}"
"""


class Torrust(Tracker):
    name = "torrust"
    version = f"torrust-tracker {VERSION}"
    num_want = 74
    scrape_hashes = 1
    remark = (
        "returns up to 74 peers whatever num_want is, so its replies are larger; returns one row for a "
        "torrent that a scrape lists twice, so its scrapes have one torrent"
    )

    @property
    def program(self):
        return self.folder / "bin/torrust-tracker"

    def install(self):
        install_crate(self.folder, "torrust-tracker", VERSION, "--bin", "torrust-tracker")

    def command(self, folder, task):
        config = folder / "tracker.toml"
        config.write_text(_CONFIG.format(folder=folder, address=task.address, port=PORT))
        return [self.program], {"TORRUST_TRACKER_CONFIG_TOML_PATH": str(config)}
