# SPDX-License-Identifier: BSD-3-Clause
"""The program from its start to its end. Read it from its last function upwards."""

import contextlib
import os
import signal
import sys
import tempfile
import time

from . import aquatic, chihaya, counts, help_text, opentracker, torrust, weir_config
from .draft import Draft, Source
from .folder import Folder
from .lists import Lists
from .mapping import Mapping
from .options import parse
from .problems import Problems, Refused, Unwritten
from .progress import Progress
from .report import Fate, Report
from .snapshot import SnapshotWriter

OK, FAILED, WRONG = 0, 1, 2

TRACKERS = {module.NAME: module for module in (opentracker, aquatic, torrust, chihaya)}

SNAPSHOT = "peers"
CONFIG = "weir.cfg"
TOKEN = "gateway-token"

MAX_TORRENTS, MAX_TORRENTS_MOST = 500_000, 134_000_000
EMPTY_PARTS = 8  # torrents without peers get this part of swarm.max_torrents
UNEVEN = 1.02  # workers get equal shares of the table, but not of the torrents
BYTES_A_TORRENT = 200  # of a table of millions, as weir --check says


class Move:
    """One run: what is read, and the folder that it becomes."""

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
        if options.max_peers:
            draft.set("swarm.max_peers", options.max_peers, Source("--max-peers", options.max_peers))
        if "chihaya.udp.private_key" in draft.kept:
            _, source = draft.kept["chihaya.udp.private_key"]
            path = options.state_path("key")
            draft.set("tracker.key_file", path, source, "Weir makes a key of its own there", Fate.ADAPTED)
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
        with open(self.folder.new / SNAPSHOT, "wb") as file:
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
        todo, options = self.report.todo, self.options
        if options.tracker in TRACKERS:
            if weir_config.has_todo(self.draft, options):
                todo.insert(0, f"Fill in what {CONFIG} marks with {weir_config.FILL_IN}.")
            todo.append(
                f"Copy {CONFIG} to /etc/weir/weir.cfg, and check it: weir --check -c /etc/weir/weir.cfg"
            )
        elif SNAPSHOT in self.report.files:
            todo.append("Put snapshot.file and swarm.max_torrents, as above, into Weir's configuration.")
        if options.state and any("/" in name or name == SNAPSHOT for name in self.report.files):
            todo.append(f"Copy the other files to {options.state}, for Weir's user alone (mode 0600).")
        if SNAPSHOT in self.report.files and self.draft.torrents:
            self.report.notes.append("Torrents that the list does not allow leave Weir with their counts.")
        if SNAPSHOT in self.report.files:
            todo.append(
                "Start Weir within a day: counts of torrents without peers last swarm.keep_completed."
            )
        if options.tracker in TRACKERS:
            todo.append(
                "Clients keep their URL if the address and the UDP port stay; others need a new one. "
                "docs/migrating.md has the steps, and the way back."
            )

    def _write_report(self):
        self.report.files["report.txt"] = "this report"
        self.report.files["report.json"] = "the same for programs"
        self._write("report.txt", self.report.text())
        self._write("report.json", self.report.json() + "\n")

    def _write(self, name, text):
        with open(self.folder.new / name, "w", encoding="utf-8") as file:
            file.write(text)


def print_report(report, options):
    print(report.json() if options.json else report.text(), end="\n" if options.json else "")
    sys.stdout.flush()


def move(options):
    """Returns the exit status."""
    target = Folder(options.output or os.path.join(tempfile.gettempdir(), "weir-migrate"), options.force)
    refusal = target.check() if options.output and not options.check else None
    if refusal:
        raise Refused(refusal)
    if options.check:
        target.path = type(target.path)(tempfile.gettempdir()) / "weir-migrate-check"
    try:
        with Progress(options.quiet) as progress, target as folder:
            run = Move(options, folder, progress)
            run.run()
            if not options.check:
                progress.step("writing to disk")
                folder.keep()
    except OSError as error:
        raise Unwritten(f"{target.path} cannot be written: {error.strerror}") from None
    print_report(run.report, options)
    return OK


def complain(text):
    with contextlib.suppress(OSError):  # there is nobody else to tell
        print(f"weir-migrate: {text}", file=sys.stderr, flush=True)


def run_safely(function, *arguments):
    """The exit status, whatever happens."""
    try:
        return function(*arguments)
    except Refused as refused:
        complain(f"{refused}: nothing was written")
        return WRONG
    except Unwritten as unwritten:
        complain(f"{unwritten}: nothing was written")
    except BrokenPipeError:
        sys.stdout = None  # nobody reads: no message, no success
    except OSError as error:
        complain(f"standard output cannot be written: {error.strerror}")
        sys.stdout = None
    except KeyboardInterrupt:
        complain("stopped: nothing was written")
    return FAILED


def print_text(text):
    print(text, end="")
    sys.stdout.flush()
    return OK


def end_by_signal(*_):
    raise KeyboardInterrupt


def main(arguments, version):
    os.umask(0o077)  # keys, addresses of clients
    signal.signal(signal.SIGTERM, end_by_signal)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # or print would take standard output
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # names of files may be any bytes
    if sys.stdout is None:
        complain("standard output is closed")
        return FAILED
    options, mistakes = parse(arguments)
    if options.help:
        return run_safely(print_text, help_text.man() if options.help == "man" else help_text.text())
    if options.version:
        return run_safely(print_text, f"weir-migrate {version}\n")
    for mistake in mistakes:
        complain(f"{mistake}; see weir-migrate --help")
    return WRONG if mistakes else run_safely(move, options)
