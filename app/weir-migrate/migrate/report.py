# SPDX-License-Identifier: BSD-3-Clause
"""What became of each setting, and what is left to do: as text and as JSON."""

import enum
import json
from dataclasses import dataclass

VERSION = 1  # of the JSON; raised when a member is removed or changes its meaning


class Fate(enum.Enum):
    TAKEN = "taken"
    ADAPTED = "adapted"
    NO_EQUAL = "no equal"
    NOT_NEEDED = "not needed"


TITLES = {
    Fate.TAKEN: "Taken as they are",
    Fate.ADAPTED: "Adapted: not quite the same",
    Fate.NO_EQUAL: "No equal in Weir",
    Fate.NOT_NEEDED: "Not needed",
}


@dataclass(frozen=True)
class Line:
    fate: Fate
    where: str  # FILE:LINE, or "" for a default
    key: str
    value: str
    setting: str  # of Weir; "" where there is none
    new_value: str
    note: str


def shown(value):
    """A value of a setting as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Report:
    def __init__(self, tracker):
        self.tracker = tracker
        self.lines = []
        self.todo = []
        self.notes = []
        self.files = {}  # path below the output folder -> what it is
        self.counts = {}  # of what was read

    def add(self, fate, source, setting="", new_value="", note=""):
        self.lines.append(
            Line(fate, source.where, source.name, shown(source.value), setting, shown(new_value), note)
        )

    def of(self, fate):
        return [line for line in self.lines if line.fate is fate]

    def text(self):
        parts = [f"weir-migrate: from {self.tracker} to Weir\n"]
        for fate, title in TITLES.items():
            lines = self.of(fate)
            if lines:
                parts.append(f"\n{title}:\n" + "".join(map(line_text, lines)))
        parts.append(list_text("Counted", [f"{name}: {count:,}" for name, count in self.counts.items()]))
        parts.append(list_text("Worth knowing", self.notes))
        parts.append(list_text("Files", [f"{path}: {what}" for path, what in self.files.items()]))
        parts.append(list_text("Left to do", [f"{n}. {text}" for n, text in enumerate(self.todo, 1)], ""))
        return "".join(parts)

    def json(self):
        return json.dumps(
            {
                "version": VERSION,
                "tracker": self.tracker,
                "settings": [
                    {
                        "fate": line.fate.value,
                        "where": line.where,
                        "key": line.key,
                        "value": line.value,
                        "setting": line.setting,
                        "new_value": line.new_value,
                        "note": line.note,
                    }
                    for line in self.lines
                ],
                "counts": self.counts,
                "notes": self.notes,
                "files": self.files,
                "todo": self.todo,
            },
            indent=2,
        )


def line_text(line):
    where = line.where or "by default"
    text = f"  {where}: {line.key} = {line.value}"
    if line.setting:
        text += f"\n      -> {line.setting} = {line.new_value}"
    if line.note:
        text += f"\n      {line.note}"
    return text + "\n"


def list_text(title, lines, mark="- "):
    return f"\n{title}:\n" + "".join(f"  {mark}{line}\n" for line in lines) if lines else ""
