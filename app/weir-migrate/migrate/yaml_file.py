# SPDX-License-Identifier: BSD-3-Clause
"""YAML files as entries, within limits: a few bytes with aliases can stand for gigabytes."""

try:
    import yaml
except ImportError:  # other trackers' files are read without it
    yaml = None

from . import config_text
from .entries import DEPTH_MAX, Entry, join

NODES_MAX = 1_000_000
ALIASES_MAX = 100


def loader():
    """The safe one that is written in C, where the package has it."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TooMuch(Exception):
    """The file is beyond a limit; the text says which."""


def check_events(text):
    """Raises TooMuch, or yaml.YAMLError, before anything is built of the text."""
    nodes = aliases = depth = 0
    for event in yaml.parse(text, Loader=loader()):
        nodes += isinstance(event, yaml.NodeEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1
        if nodes > NODES_MAX:
            raise TooMuch(line, f"has too many values; must have at most {NODES_MAX}")
        if aliases > ALIASES_MAX:
            raise TooMuch(line, f"has too many aliases; must have at most {ALIASES_MAX}")
        if depth > DEPTH_MAX:
            raise TooMuch(line, f"is nested too deeply; must be nested at most {DEPTH_MAX} times")


class Walk:
    """Turns nodes into entries."""

    def __init__(self, path, problems):
        self._path = path
        self._problems = problems
        self._construct = yaml.SafeLoader("").construct_object
        self._left = NODES_MAX

    def where(self, node):
        return f"{self._path}:{node.start_mark.line + 1}"

    def scalar(self, node):
        try:
            return self._construct(node)
        except (yaml.YAMLError, ValueError, TypeError, OverflowError):
            self._problems.add(self.where(node), "", f"{node.tag} cannot be read; must be a plain value")
            return None

    def entries(self, node, key, name, depth=0):
        self._left -= 1
        if self._left < 0 or depth > DEPTH_MAX:
            raise TooMuch(node.start_mark.line + 1, f"stands for more than {NODES_MAX} values")
        if isinstance(node, yaml.MappingNode):
            yield from self.mapping(node, key, name, depth)
        elif isinstance(node, yaml.SequenceNode):
            yield from self.sequence(node, key, name, depth)
        else:
            value = self.scalar(node)
            if value is not None:
                yield Entry(key, name, value, self.where(node))

    def mapping(self, node, key, name, depth):
        seen = set()
        for label, value in node.value:
            part = label.value if isinstance(label, yaml.ScalarNode) else "?"
            if part in seen:
                self._problems.add(
                    self.where(label), join(name, part), "is there twice; must be there once at most"
                )
                continue
            seen.add(part)
            yield from self.entries(value, join(key, part), join(name, part), depth + 1)

    def sequence(self, node, key, name, depth):
        if node.value and all(isinstance(item, yaml.MappingNode) for item in node.value):
            for number, item in enumerate(node.value):
                yield from self.entries(item, f"{key}[]", f"{name}[{number}]", depth + 1)
            return
        self._left -= len(node.value)
        items = [
            (self.scalar(item) if isinstance(item, yaml.ScalarNode) else {}, self.where(item))
            for item in node.value
        ]
        yield Entry(key, name, [value for value, _ in items], self.where(node), items)


def read(path, problems):
    """Entries; none where a problem was added."""
    if yaml is None:
        problems.add(path, "", "needs a reader of YAML: install the package python3-yaml")
        return []
    text = config_text.read_text(path, problems)
    if text is None:
        return []
    try:
        check_events(text)
        node = yaml.compose(text, Loader=loader())
        return list(Walk(path, problems).entries(node, "", "")) if node else []
    except TooMuch as much:
        problems.add(f"{path}:{much.args[0]}", "", much.args[1])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problems.add(f"{path}:{line}", "", f"is no YAML: {error.problem or error.context}")
    except (yaml.YAMLError, RecursionError) as error:
        problems.add(path, "", f"is no YAML: {str(error).splitlines()[0]}")
    return []
