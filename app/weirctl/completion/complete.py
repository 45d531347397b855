#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts the tables of commands and options into a completion:
complete.py COMMANDS.def OPTIONS.def CONTROL_COMMAND.def TEMPLATE OUTPUT.

For bash, @NAMES@ becomes the names of commands, @OPTIONS@ the options, and @ACTIONS@ a branch with the
actions of each command that has some. For zsh, @DESCRIPTIONS@ becomes a line 'name:help' for each command,
as _describe wants them, @SPECIFICATIONS@ one for each option, as _arguments does, and @VALUES@ a branch for
actions.
"""

import pathlib
import re
import sys

COMMAND = re.compile(r'^COMMAND\((\w+), .*?,\s*"([^"]*)"\)$', re.M | re.S)
ACTION = re.compile(r'^CONTROL_COMMAND\(\w+, "(\w+)\.(\w+)"', re.M)
OPTION = re.compile(
    r"""^OPTION\(\w+,\s+\w+,\s+('.'|0),\s+"([\w-]+)",\s+"([^"]*)",\s+"[^"]*",\s+[^,]+,\s+[^,]+,\s+"""
    r"""((?:"[^"]*"\s*)+)\)$""",
    re.M,
)

# What completes the argument of an option, and options that exclude each other.
COMPLETERS = {
    "PREFIX": ":prefix:_weirctl_prefixes",
    "PATH": ":socket:_files",
    "FILE": ":file:_files",
    "TIME": ":time",
    "TEXT": ":text",
    "[SECONDS]": "::seconds",
}
EXCLUSIVE = ("file-prefix", "socket")


def quoted(text):
    return text.replace("'", "'\\''")


def described(name, text):
    return f"\t\t'{name}:{quoted(text).replace(':', chr(92) + ':')}'"


class Option:
    def __init__(self, letter, name, argument, texts):
        self.words = [f"--{name}"] if letter == "0" else [f"-{letter[1]}", f"--{name}"]
        self.name, self.argument = name, argument
        self.help = "".join(re.findall(r'"([^"]*)"', texts))

    def specification(self, options):
        rivals = [option for option in options if option is self or {self.name, option.name} == {*EXCLUSIVE}]
        words = [word for option in rivals for word in option.words]
        attached = ("-", "=-") if self.argument == "[SECONDS]" else ("", "")
        names = [word + attached[word.startswith("--")] for word in self.words]
        forms = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
        text = re.sub(r"([\[\]])", r"\\\1", quoted(self.help))
        return f"\t'({' '.join(words)})'{forms}'[{text}]{COMPLETERS.get(self.argument, '')}' \\"


def branches(rows, form):
    """A branch for each command with actions."""
    actions = {}
    for command, action in rows:
        actions.setdefault(command, []).append(action)
    return "\n".join(form.format(command, " ".join(words)) for command, words in actions.items())


def main():
    commands, options, control, template, output = map(pathlib.Path, sys.argv[1:])
    actions = ACTION.findall(control.read_text())
    rows = COMMAND.findall(commands.read_text())
    options = [Option(*found) for found in OPTION.findall(options.read_text())]
    text = template.read_text()
    text = text.replace("@NAMES@", " ".join(name for name, _ in rows))
    text = text.replace("@OPTIONS@", " ".join(word for option in options for word in option.words))
    text = text.replace("@ACTIONS@", branches(actions, "\t\t\t{}) words='{}' ;;"))
    text = text.replace("@VALUES@", branches(actions, "\t{}) ((CURRENT == 2)) && _values 'action' {} ;;"))
    text = text.replace("@DESCRIPTIONS@", "\n".join(described(*row) for row in rows))
    text = text.replace("@SPECIFICATIONS@", "\n".join(o.specification(options) for o in options))
    output.write_text(text)


if __name__ == "__main__":
    main()
