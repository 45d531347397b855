# SPDX-License-Identifier: BSD-3-Clause
"""The commands that docs/lists.md and docs/limits.md tell an operator to type, as they stand."""

import re
import shlex

import documents
import reloading
from elsewhere import FOLLOWING
from suite import case, check

DOCS = documents.REPOSITORY / "docs"
LISTS = {"torrents": "access.file", "clients": "access.clients_file", "networks": "sources.deny_file"}


def commands(name):
    """Those of weirctl that end by themselves and need no file of another command."""
    told = [command.text for block in documents.read(DOCS / name) for command in block.commands()]
    return [
        text
        for text in told
        if text.startswith("weirctl ") and not FOLLOWING.match(text) and "/tmp/" not in text
    ]


def settings(folder):
    """Lists as docs/lists.md has them, in files of ours."""
    text = (DOCS / "lists.md").read_text()
    files = {}
    for kind, setting in {**LISTS, "keys": "keys.file"}.items():
        [lines] = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S)
        path = folder / kind
        path.touch(mode=0o600)
        path.write_text(lines)
        files[setting] = str(path)
    modes = {"access.mode": "deny", "access.clients_mode": "deny", "keys.required": True}
    return {**files, **modes}


@case("documents: the commands of lists.md and limits.md run as they stand")
def typed(laboratory):
    folder = laboratory.folder()
    text = reloading.config_text(laboratory.file_prefix(), settings(folder))
    with reloading.running(laboratory, text) as running:
        entries = {row["name"]: row["entries"] for row in running.weir.ask("/weir/lists").values()}
        check(entries == {"access": 3, "clients": 3, "sources": 4, "keys": 2}, f"entries {entries}")
        for name, wanted in (("lists.md", 17), ("limits.md", 4)):
            lines = commands(name)
            check(len(lines) >= wanted, f"{name}: only {lines}")
            for line in lines:
                words = shlex.split(line)[1:]
                ended = laboratory.weirctl(running.weir, *words)
                check(ended.status == 0, f"{name}: {line}\n{ended.out}{ended.err}")
