# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of pages: 4 KiB, and 2 MiB, which are reserved while they are measured and then given back."""

import contextlib
import re
import signal
from pathlib import Path

import progress
from process import Failed

NAMES = {"4k": "4 KiB", "2m": "2 MiB"}  # of sizes, as in rows
_MIB = 2  # of a huge page
_SPARE_MIB = 512  # of memory that must remain for everything else
_POOL = Path("/sys/kernel/mm/hugepages/hugepages-2048kB")
_MEMINFO = Path("/proc/meminfo")
_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def add_options(parser):
    """Adds `pages`: a size, "both", or None, which is "both" where pages of 2 MiB can be had."""
    parser.add_argument(
        "--pages",
        choices=(*NAMES, "both"),
        help="size of pages; names of rows with 2m end in _2m. As root, pages of 2 MiB are reserved "
        "meanwhile. Default: both if that is possible or enough are free, else 4k",
    )
    parser.add_argument(
        "--hugepages", dest="pages", action="store_const", const="2m", help="the same as --pages 2m"
    )


class Pool:
    """The kernel's pages of 2 MiB."""

    def __init__(self, folder=_POOL, meminfo=_MEMINFO):
        self._folder = folder
        self._meminfo = meminfo

    def _read(self, name):
        return int((self._folder / name).read_text(encoding="ascii"))

    def _free(self):
        """0 without such pages."""
        try:
            return self._read("free_hugepages")
        except OSError:
            return 0

    def _grow(self, count):
        """Adds `count` pages, or takes them away; returns how many there are more."""
        before = self._read("nr_hugepages")
        (self._folder / "nr_hugepages").write_text(f"{max(0, before + count)}\n", encoding="ascii")
        return self._read("nr_hugepages") - before

    def _available_mib(self):
        text = self._meminfo.read_text(encoding="ascii")
        return int(re.search(r"^MemAvailable: +(\d+) kB$", text, re.M)[1]) // 1024

    def _missing(self, pages):
        """How many to add for `pages`: all of them, because those that are free may be for others, or if that
        does not fit into memory those that are not free."""
        room = (self._available_mib() - _SPARE_MIB) // _MIB
        missing = pages if pages <= room else max(0, pages - self._free())
        if missing > max(0, room):
            raise Failed(
                f"{missing * _MIB:,} MiB do not fit, {max(0, room) * _MIB:,} MiB of memory can be used"
            )
        return missing

    @contextlib.contextmanager
    def reserved(self, mib):
        """Lets `mib` MiB of them be free meanwhile. Those that it adds are given back at the end, also after
        a failure or a signal. Raises Failed if there are too few."""
        pages = -(-mib // _MIB)
        added, missing, why = 0, 0, "the kernel has no more"

        def add():
            nonlocal added
            added = self._grow(missing)

        try:
            missing = self._missing(pages)
            try:
                _undisturbed(add)
            except PermissionError:
                why = "only root can reserve them"
            except OSError as error:
                why = f"they cannot be reserved: {error.strerror}"
            free = self._free()
            if free < pages:
                raise Failed(f"{mib:,} MiB are needed, {free * _MIB:,} MiB are free, {why}")
            yield
        finally:
            if added > 0:
                _undisturbed(lambda: self._grow(-added))


def _undisturbed(action):
    """Carries out something that Ctrl-C must not interrupt."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        action()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def measure_each(options, mib, report, measure, pool=None):
    """Calls measure() for each size that is wanted, with options.hugepages and report.pages set. `mib`: of
    pages of 2 MiB that it needs. Returns its results.
    """
    results = []

    def measure_with(size):
        options.hugepages = size == "2m"
        report.pages = size
        progress.note(f"memory in pages of {NAMES[size]}, for all programs")
        results.append(measure())

    with contextlib.ExitStack() as stack:
        huge = options.pages != "4k"
        try:
            if huge:
                stack.enter_context((pool or Pool()).reserved(mib))
        except Failed as why:
            if options.pages is not None:
                raise Failed(f"pages of 2 MiB: {why}") from None
            progress.note(f"pages of 2 MiB are left out: {why}")
            huge = False
        if huge:
            measure_with("2m")
    if options.pages != "2m":
        measure_with("4k")
    return results
