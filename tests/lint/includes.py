#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Includes that the layout of app/ and lib/ does not allow.

A file may include those of its own folder, of folders that its meson.build declares as dependencies, and
of what these depend on. Rooms of app/weir may include weir.h as well, which puts them together. No files of
app/ include each other in a circle, where a .c file and its header count as one. What weir.h embeds knows
nothing of struct weir.
"""

import posixpath
import re
import sys

from repository import REPOSITORY, files

WEIR = "app/weir"
WEIR_HEADER = "app/weir/weir.h"
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def read(path):
    return (REPOSITORY / path).read_text()


class Layout:
    """What the meson.build files declare: folders of names, and the names that each folder depends on."""

    def __init__(self):
        self.folders = {}  # of a dependency: net -> lib/net
        self.needs = {}  # names that a dependency needs, by its own name
        self.declared = {}  # names that a folder of app/ needs
        self._read_lib()
        for path in files("app/**/meson.build", "app/*/meson.build"):
            self._read_app(path)

    def _read_lib(self):
        text = read("lib/meson.build")
        for name, how in re.findall(r"^(\w+) = declare_dependency\((.*?)\)$", text, re.M | re.S):
            self.folders[name] = f"lib/{name}"
            self.needs[name] = set(re.findall(r"\w+", how.partition("dependencies:")[2]))

    def _read_app(self, path):
        folder, text = path.parent.as_posix(), read(path)
        lists = dict(re.findall(r"^(\w+) = \[([^]]*)\]", text, re.M))
        names = set()
        for words in re.findall(r"dependencies: (\[[^]]*\]|\w+)", text):
            for name in re.findall(r"\w+", words):
                names |= set(re.findall(r"\w+", lists.get(name, name)))
        self.declared[folder] = names
        for name in re.findall(r"^(\w+) = declare_dependency\(", text, re.M):
            self.folders[name] = folder
            self.needs[name] = names

    def _closure(self, names):
        found, left = set(), set(names)
        while left:
            name = left.pop()
            if name in found:
                continue
            found.add(name)
            left |= self.needs.get(name, set())
        return found

    def allowed(self, folder):
        """Folders of which a file of this folder may include files."""
        library = folder.startswith("lib/")
        names = {posixpath.basename(folder)} if library else self.declared.get(folder, set())
        folders = {self.folders[name] for name in self._closure(names) if name in self.folders}
        return folders | {folder, "lib/base"}

    def allows(self, path, included):
        """Whether a file may include another."""
        folder = posixpath.dirname(path)
        if included == WEIR_HEADER and folder.startswith(f"{WEIR}/"):
            return True
        return posixpath.dirname(included) in self.allowed(folder)

    def resolve(self, path, included):
        """The path of an included file: beside the includer, or in a folder that it depends on."""
        beside = posixpath.normpath(path.parent / included)
        if "/" in included or (REPOSITORY / beside).exists():
            return beside
        for folder in sorted(self.allowed(path.parent.as_posix())):
            if (REPOSITORY / folder / included).exists():
                return f"{folder}/{included}"
        return beside  # made by the build


def unit(path):
    """A .c file and its header are one."""
    return re.sub(r"\.[ch]$", "", path)


def circle(graph):
    """A list of nodes that leads back to its first; empty where there is none."""
    done = set()

    def walk(node, way):
        if node in way:
            return way[way.index(node) :] + [node]
        if node in done:
            return []
        for other in sorted(graph.get(node, ())):
            found = walk(other, way + [node])
            if found:
                return found
        done.add(node)
        return []

    for start in sorted(graph):
        found = walk(start, [])
        if found:
            return found
    return []


def embedded(includes):
    """Headers of app/weir that weir.h includes, directly or not."""
    found, left = set(), {WEIR_HEADER}
    while left:
        path = left.pop()
        new = {other for other in includes.get(path, ()) if other.startswith(f"{WEIR}/")} - found
        found |= new
        left |= new
    return found


def main():
    layout, wrong, includes, graph = Layout(), [], {}, {}
    for path in files("app/*.c", "app/*.h", "lib/*.c", "lib/*.h"):
        name, folder = path.as_posix(), path.parent.as_posix()
        includes[name] = {layout.resolve(path, other) for other in INCLUDE.findall(read(path))}
        if folder.startswith("app"):
            graph.setdefault(unit(name), set()).update(
                {unit(other) for other in includes[name]} - {unit(name)}
            )
        for other in sorted(includes[name]):
            if not layout.allows(name, other):
                wrong.append(f"{name} includes {other}, on which {folder} does not depend")
    found = circle(graph)
    if found:
        wrong.append("a circle of includes: " + " -> ".join(found))
    for path in sorted(embedded(includes)):
        if (REPOSITORY / path).exists() and re.search(r"\bstruct weir\b", read(path)):
            wrong.append(f"{path} is part of weir.h and names struct weir")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
