# SPDX-License-Identifier: BSD-3-Clause
"""One move: what is read, and the folder that it becomes."""

import os
import time

from . import aquatic, chihaya, counts, opentracker, torrust, weir_config
from .draft import Draft, Source
from .lists import Lists
from .mapping import Mapping
from .problems import Problems
from .report import Fate, Report
from .snapshot import SnapshotWriter

TRACKERS = {module.NAME: module for module in (opentracker, aquatic, torrust, chihaya)}

SNAPSHOT = "peers"
CONFIG = "weir.cfg"
TOKEN = "gateway-token"

# What is Weir's own way, whatever the tracker was.
DIFFERENCES = (
    "Weir stores at most swarm.max_torrents and swarm.max_peers, by default 500000 and 1000000; the other "
    "tracker has no such limit. weir --check says how much memory they need.",
    "Weir limits what one address may ask and store (limits.*): far more than a client needs.",
    "Clients with private addresses are served in networks of Weir's own addresses alone; "
    "host.allow_private = true serves them everywhere.",
    "A firewall of the kernel does not see what the DPDK driver of a network card receives; "
    "sources.deny_file drops networks.",
)

MAX_TORRENTS, MAX_TORRENTS_MOST = 500_000, 134_000_000
EMPTY_PARTS = 8  # torrents without peers get this part of swarm.max_torrents
UNEVEN = 1.02  # workers get equal shares of the table, but not of the torrents
BYTES_A_TORRENT = 200  # of a table of millions, as weir --check says


class Move:
    """`folder`: of folder.py, where files go. Raises Refused after problems, OSError if it cannot write."""

    def __init__(self, options, folder, progress):
        self.options = options
        self.folder = folder
        self.progress = progress
        self.problems = Problems()
        self.report = Report(options.tracker)
        self.draft = Draft(self.report)

    def run(self):
        if self.options.tracker in TRACKERS:
            self._read_config(TRACKERS[self.options.tracker])
        self._write_counts()
        self.problems.finish()
        if self.options.tracker in TRACKERS:
            self._write_token()
            self._write_config()
        self._tell_what_is_left()
        self._write_report()

    # --- the configuration ------------------------------------------------------------------------

    def _read_config(self, tracker):
        self.progress.step(f"reading {self.options.config}")
        entries = list(tracker.entries(self.options.config, self.problems))
        mapping = Mapping(tracker.NAME, tracker.TABLE, self.draft, self.problems, self.options.ignore_unknown)
        mapping.apply(entries)
        if self.problems.count > 0:
            return  # rules between settings would complain about what is missing
        tracker.finish(self.draft, self.problems)
        if not self.options.counts:
            self.report.notes.append(tracker.COUNTS)
        self.draft.finish_port()
        self.draft.finish_times()
        Lists(self.draft, self.options, self.folder.new, self.progress, self.problems).write()

    def _write_config(self):
        options, draft = self.options, self.draft
        for option, value in (("max_torrents", options.max_torrents), ("max_peers", options.max_peers)):
            if value and f"swarm.{option}" not in draft.settings:
                draft.set(f"swarm.{option}", value, Source("--" + option.replace("_", "-"), value))
        if "chihaya.udp.private_key" in draft.kept:
            _, source = draft.kept["chihaya.udp.private_key"]
            path = options.state_path("key")
            draft.set("tracker.key_file", path, source, "Weir makes a key of its own there", Fate.ADAPTED)
        self.report.notes += DIFFERENCES
        final = os.path.join(self.folder.path, CONFIG)
        self._write(CONFIG, weir_config.text(draft, options, final))
        self.report.files[CONFIG] = "Weir's configuration"

    def _write_token(self):
        tokens = self.draft.kept.get("tokens", [])
        if tokens:
            self._write(TOKEN, tokens[0][0] + "\n")
            self.report.files[TOKEN] = "the token of Torrust's API, for weir-gateway --write-token-file"

    # --- counts -----------------------------------------------------------------------------------

    def _write_counts(self):
        if not self.options.counts:
            return
        with open(os.devnull if self.options.check else self.folder.new / SNAPSHOT, "wb") as file:
            writer = SnapshotWriter(file, int(time.time()))
            sink = counts.Sink(writer)
            for path in self.options.counts:
                kind = counts.read(path, sink, self.progress, self.problems)
                self.report.notes.append(f"{path} was read as: {kind}.")
            writer.finish()
        self.report.counts["torrents with completed counts"] = sink.torrents
        self.report.counts["downloads"] = sink.downloads
        self.report.counts["torrents without a download, left out"] = sink.without
        self.report.files[SNAPSHOT] = f"snapshot to start from: {sink.torrents:,} torrents, no peers"
        self._make_room(sink.torrents)

    def _make_room(self, torrents):
        """swarm.max_torrents for torrents that have no peers when Weir starts."""
        needed = int(torrents * EMPTY_PARTS * UNEVEN)
        size = self.options.max_torrents or min(max(needed, MAX_TORRENTS), MAX_TORRENTS_MOST)
        source = Source("completed counts", f"{torrents} torrents")
        draft = self.draft
        draft.set(
            "snapshot.file", self.options.state_path(SNAPSHOT), source, "read at start, then written by Weir"
        )
        note = f"torrents without peers get an eighth of it; {size * BYTES_A_TORRENT / 1e9:.1f} GB of memory"
        draft.set("swarm.max_torrents", size, source, note, Fate.ADAPTED)
        if size < needed:
            kept = int(size / EMPTY_PARTS / UNEVEN)
            self.report.notes.append(
                f"Only about {kept:,} of {torrents:,} torrents keep their counts until they have peers, "
                f"those with the most downloads: swarm.max_torrents would have to be {needed}."
            )

    # --- the end ----------------------------------------------------------------------------------

    def _tell_what_is_left(self):
        if self.options.tracker in TRACKERS:
            self._tell_about_config()
        elif SNAPSHOT in self.report.files:
            self._todo("Put snapshot.file and swarm.max_torrents, as above, into Weir's configuration.")
        if self.options.state and any("/" in name or name == SNAPSHOT for name in self.report.files):
            self._todo(f"Copy the other files to {self.options.state}, for Weir's user alone (mode 0600).")
        if SNAPSHOT in self.report.files:
            self._todo("Start Weir within a day: counts of torrents without peers last swarm.keep_completed.")
        if SNAPSHOT in self.report.files and self.draft.torrents:
            self.report.notes.append("Torrents that the list does not allow leave Weir with their counts.")

    def _tell_about_config(self):
        if weir_config.has_todo(self.draft, self.options):
            self._todo(f"Fill in what {CONFIG} marks with {weir_config.FILL_IN}.")
        self._todo(f"Copy {CONFIG} to /etc/weir/weir.cfg, and check it: weir --check -c /etc/weir/weir.cfg")
        self._todo(
            "Clients keep their URL if the address and the UDP port stay; others need a new one. "
            "docs/migrating.md has the steps, and the way back."
        )

    def _todo(self, text):
        self.report.todo.append(text)

    def _write_report(self):
        self.report.files["report.txt"] = "this report"
        self.report.files["report.json"] = "the same for programs"
        self._write("report.txt", self.report.text())
        self._write("report.json", self.report.json() + "\n")

    def _write(self, name, text):
        with open(self.folder.new / name, "w", encoding="utf-8") as file:
            file.write(text)
