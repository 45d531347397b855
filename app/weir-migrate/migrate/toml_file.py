# SPDX-License-Identifier: BSD-3-Clause
"""TOML files as entries. tomllib tells no lines, so they are found in the text."""

import re
import tomllib

from . import config_text
from .entries import flatten

HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?")
SETTING = re.compile(r"\s*([\w.\"' -]+?)\s*=")
PLACE = re.compile(r" \(at line (\d+), column \d+\)$")


def plain(name):
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def lines_of(text):
    """Line by name, as entries have names."""
    lines, counts, prefix = {}, {}, ""
    for number, line in enumerate(text.split("\n"), 1):
        header = HEADER.fullmatch(line)
        if header:
            prefix = resolve(plain(header[2]), counts, header[1] == "[[")
            lines.setdefault(prefix, number)
            continue
        setting = SETTING.match(line)
        if setting:
            name = plain(setting[1])
            lines.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return lines


def resolve(name, counts, is_array):
    """The name with the number of each array of tables in it; counts: tables of each array so far."""
    if is_array:
        counts[name] = counts.get(name, 0) + 1
    resolved = ""
    plain_prefix = ""
    for part in name.split("."):
        plain_prefix = f"{plain_prefix}.{part}" if plain_prefix else part
        resolved = f"{resolved}.{part}" if resolved else part
        if plain_prefix in counts:
            resolved += f"[{counts[plain_prefix] - 1}]"
    return resolved


def line_of(lines, name):
    """Of a name that has no line of its own: that of what it is in."""
    while name and name not in lines:
        name = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", name)
    return lines.get(name, 1)


def parse(text):
    """(tables, None) or (None, (line, what is wrong))."""
    try:
        return tomllib.loads(text), None
    except tomllib.TOMLDecodeError as error:
        place = PLACE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        return None, (line, f"is no TOML: {PLACE.sub('', str(error))}".replace(" (at end of document)", ""))
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        return None, (1, f"is no TOML that can be read: {reason}")


def read(path, problems):
    """Entries; none where a problem was added."""
    text = config_text.read_text(path, problems)
    if text is None:
        return []
    tables, wrong = parse(text)
    if wrong is not None:
        problems.add(f"{path}:{wrong[0]}", "", wrong[1])
        return []
    lines = lines_of(text)
    try:
        return list(flatten(tables, lambda name: f"{path}:{line_of(lines, name)}"))
    except RecursionError:
        problems.add(path, "", "is nested too deeply for a configuration of a tracker")
        return []
