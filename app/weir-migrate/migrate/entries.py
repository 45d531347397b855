# SPDX-License-Identifier: BSD-3-Clause
"""What a configuration file says, flattened: one entry a setting, with its line."""

from dataclasses import dataclass, field

DEPTH_MAX = 16


@dataclass(frozen=True)
class Entry:
    key: str  # as tables of settings have it: udp_trackers[].bind_address
    name: str  # as messages have it: udp_trackers[1].bind_address
    value: object
    where: str  # FILE:LINE
    items: list = field(default_factory=list)  # of a list: (value, where) of each


def join(prefix, name):
    return f"{prefix}.{name}" if prefix else str(name)


def flatten(value, where_of, key="", name="", depth=0):
    """Entries of nested dictionaries and lists; where_of(name) is FILE:LINE. Lists of other things than
    dictionaries are one entry. Raises RecursionError where they are nested too deeply."""
    if depth > DEPTH_MAX:
        raise RecursionError
    if isinstance(value, dict) and (value or depth == 0):
        for part, inner in value.items():
            yield from flatten(inner, where_of, join(key, part), join(name, part), depth + 1)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from flatten(item, where_of, f"{key}[]", f"{name}[{number}]", depth + 1)
    elif value is not None:
        items = [(item, where_of(name)) for item in value] if isinstance(value, list) else []
        yield Entry(key, name, value, where_of(name), items)
