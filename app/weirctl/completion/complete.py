#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts the tables of commands and options into a completion:
complete.py COMMANDS.def OPTIONS.def CONTROL_COMMAND.def TEMPLATE OUTPUT.

For bash, @NAMES@ becomes the names of commands, @OPTIONS@ the options, @VALUED@ those with a value, @FILES@
those with the path of a file, and @ACTIONS@ a branch with the actions of each command that has some. For zsh,
@DESCRIPTIONS@ becomes a line 'name:help' for each command, as _describe wants them, @SPECIFICATIONS@ one for
each option, as _arguments does, and @VALUES@ a branch for actions.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "completion"))

from option_table import bracketed, quoted, read  # noqa: E402

COMMAND = re.compile(r'^COMMAND\((\w+), .*?,\s*"([^"]*)"\)$', re.M | re.S)
ACTION = re.compile(r'^CONTROL_COMMAND\(\w+, "(\w+)\.(\w+)"', re.M)

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


def described(name, text):
    return f"\t\t'{name}:{quoted(text).replace(':', chr(92) + ':')}'"


def specification(option, options):
    rivals = [other for other in options if other is option or {option.name, other.name} == {*EXCLUSIVE}]
    words = [word for other in rivals for word in other.words]
    attached = ("-", "=-") if option.argument == "[SECONDS]" else ("", "")
    names = [word + attached[word.startswith("--")] for word in option.words]
    forms = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
    completer = COMPLETERS.get(option.argument, "")
    return f"\t'({' '.join(words)})'{forms}'{bracketed(option.help)}{completer}' \\"


def alternatives(options, has):
    """A pattern of case for the options whose argument is of a kind."""
    return " | ".join(word for option in options if has(option.argument) for word in option.words)


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
    options = read(options)
    text = template.read_text()
    text = text.replace("@NAMES@", " ".join(name for name, _ in rows))
    text = text.replace("@OPTIONS@", " ".join(word for option in options for word in option.words))
    text = text.replace("@VALUED@", alternatives(options, lambda argument: argument and argument[0] != "["))
    text = text.replace("@FILES@", alternatives(options, lambda argument: argument in ("FILE", "PATH")))
    text = text.replace("@ACTIONS@", branches(actions, "\t\t\t{}) words='{}' ;;"))
    text = text.replace("@VALUES@", branches(actions, "\t{}) ((CURRENT == 2)) && _values 'action' {} ;;"))
    text = text.replace("@DESCRIPTIONS@", "\n".join(described(*row) for row in rows))
    text = text.replace("@SPECIFICATIONS@", "\n".join(specification(option, options) for option in options))
    output.write_text(text)


if __name__ == "__main__":
    main()
