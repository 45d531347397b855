# SPDX-License-Identifier: BSD-3-Clause
"""What several trackers' tables do with a setting, besides taking its value: see Row.do."""

from .report import Fate

LEVELS = {
    "off": ("error", "Weir has no log without errors"),
    "error": ("error", ""),
    "warn": ("warning", ""),
    "info": ("info", ""),
    "debug": ("debug", ""),
    "trace": ("debug", "Weir's most detailed level"),
}


def log_level(draft, row, source, value, entry):
    level, note = LEVELS[value]
    draft.set("log.level", level, source, note, Fate.ADAPTED if note else Fate.TAKEN)


def keep(draft, row, source, value, entry):
    """For the end, when everything is known."""
    draft.kept[row.key] = value, source


def keep_and_tell(draft, row, source, value, entry):
    keep(draft, row, source, value, entry)
    draft.report.add(row.fate, source, note=row.note)


def listen(draft, row, source, value, entry):
    draft.listen(value, source)


def peers_max(draft, row, source, value, entry):
    """One limit of both families, and the default where Weir's would be above it."""
    draft.set("tracker.peers_max_ipv4", value, source, row.note, row.fate)
    draft.set("tracker.peers_max_ipv6", value, source, row.note, row.fate)


def peers_all(draft, row, source, value, entry):
    """A limit of both families that is also what a client gets that does not say how many it wants."""
    peers_max(draft, row, source, value, entry)
    draft.set("tracker.peers_default", value, source, "for num_want = -1")


def workers(draft, row, source, value, entry):
    """A number of threads cannot be a list of CPUs: the machine decides which ones are near the card."""
    draft.report.add(
        Fate.ADAPTED,
        source,
        note="Weir starts an lcore on each CPU that it may use; a comment of weir.cfg shows how to name them",
    )
    if value > 1:
        cpus = ", ".join(str(cpu) for cpu in range(1, min(value, 64) + 1))
        draft.comments += [
            f"{source.name} = {value} would be as many lcores; take CPUs of the card's NUMA node:",
            f"lcores = {{ main = [ 0 ]; io = [ {cpus} ]; workers = [ {cpus} ]; }};",
        ]


def chroot(draft, row, source, value, entry):
    draft.root = value
    draft.report.add(row.fate, source, note=row.note)


def gateway(draft, row, source, value, entry):
    """An HTTP endpoint that weir-gateway has, too."""
    address, port = value
    host = f"[{address}]" if address.version == 6 else str(address)
    draft.report.add(Fate.ADAPTED, source, "weir-gateway --listen", f"{host}:{port}", row.note)
