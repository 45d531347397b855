# SPDX-License-Identifier: BSD-3-Clause
"""Tables of settings: what each one of another tracker becomes, and why some have no equal."""

import difflib
from dataclasses import dataclass
from typing import Callable

from .draft import Source
from .kinds import anything
from .problems import Wrong, shorten
from .report import Fate


NEAR = 0.75  # how much alike a key must be that is proposed instead of an unknown one


@dataclass(frozen=True)
class Row:
    """A setting of another tracker. `key` ends with .* where names are free."""

    key: str
    kind: Callable  # of kinds.py
    fate: Fate
    setting: str = ""  # of Weir
    note: str = ""  # what is different, or the reason why there is no equal
    default: object = None  # of the other tracker; taken where the file does not have the key
    off: tuple = ()  # values with which it does nothing, so nothing is missed
    secret: bool = False  # the value is not shown
    do: Callable | None = None  # do(draft, row, source, value, entry) instead of what `fate` says


def carry_out(draft, row, source, value, entry=None):
    if value in row.off and isinstance(value, type(row.off[0])):
        draft.report.add(Fate.NOT_NEEDED, source, note="it is switched off")
    elif row.do is not None:
        row.do(draft, row, source, value, entry)
    elif row.setting:
        draft.set(row.setting, value, source, row.note, row.fate)
    else:
        draft.report.add(row.fate, source, note=row.note)


def find(rows, key):
    return rows.get(key) or rows.get(key.rpartition(".")[0] + ".*")


class Mapping:
    """Applies a table to what a configuration says."""

    def __init__(self, tracker, table, draft, problems, ignore_unknown=False):
        self._tracker = tracker
        self._rows = {row.key: row for row in table}
        self._draft = draft
        self._problems = problems
        self._ignore_unknown = ignore_unknown
        self._seen = set()

    def apply(self, entries):
        for entry in entries:
            row = find(self._rows, entry.key)
            if row is None:
                self._unknown(entry)
            else:
                self._known(row, entry)
        for key, row in self._rows.items():
            if row.default is not None and key not in self._seen:
                source = Source(key, row.default)
                carry_out(self._draft, row, source, row.kind(row.default))

    def _known(self, row, entry):
        self._seen.add(row.key)
        try:
            value = row.kind(entry.value)
        except Wrong as wrong:
            text = "has a wrong value" if row.secret else str(wrong)
            self._problems.add(entry.where, entry.name, text)
            return
        shown = "(not shown)" if row.secret else shorten_value(value, entry.value)
        carry_out(self._draft, row, Source(entry.name, shown, entry.where), value, entry)

    def _unknown(self, entry):
        if self._ignore_unknown:
            source = Source(entry.name, shorten(entry.value), entry.where)
            self._draft.report.add(
                Fate.NO_EQUAL, source, note="unknown, so it was left out (--ignore-unknown)"
            )
            return
        if any(key.startswith((f"{entry.key}.", f"{entry.key}[")) for key in self._rows):
            if entry.value == {}:
                return  # a table without a setting
            text = f"is {shorten(entry.value)}; must be a table, or a list of tables, of settings"
            self._problems.add(entry.where, entry.name, text)
            return
        near = difflib.get_close_matches(entry.key, self._rows, 1, NEAR)
        wanted = f"; did you mean {near[0]}?" if near else "; leave it out, or use --ignore-unknown"
        self._problems.add(entry.where, entry.name, f"is no setting of {self._tracker}{wanted}")


def shorten_value(value, written):
    if isinstance(value, (bool, int)) and isinstance(written, (bool, int)):
        return value
    if isinstance(value, list):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    return shorten(written)


def taken(key, kind, setting, note="", **more):
    return Row(key, kind, Fate.TAKEN, setting, note, **more)


def adapted(key, kind, setting, note, **more):
    return Row(key, kind, Fate.ADAPTED, setting, note, **more)


def missing(key, kind, note, **more):
    return Row(key, kind, Fate.NO_EQUAL, "", note, **more)


def needless(key, kind, note, **more):
    return Row(key, kind, Fate.NOT_NEEDED, "", note, **more)


def free(key, note):
    """What may be anything and has no equal."""
    return Row(key, anything, Fate.NO_EQUAL, "", note)
