#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Completion of a program that has options only: complete_options.py PROGRAM OPTIONS.def TEMPLATE OUTPUT.

The template is options.bash.in or options.zsh.in. @PROGRAM@ becomes the name of the program, and @FUNCTION@
that of its functions. For bash, @OPTIONS@ becomes the options, and @ARGUMENTS@ a branch for each one with an
argument, which completes it. For zsh, @SPECIFICATIONS@ becomes a line for each option, as _arguments wants
them.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True

from option_table import bracketed, read  # noqa: E402

# What completes an argument: for bash, for zsh. @FUNCTION@ is replaced later.
NOTHING = ("nothing", "")
FILES = ("files", "_files")
BY_ARGUMENT = {
    "FILE": FILES,
    "FILE.pcap": ("files", "_files -g '*.pcap'"),
    "PATH": FILES,
    "NAME": ('words "$(compgen -u)"', "_users"),
    "SETTING": ('words "$(_@FUNCTION@_settings)"', "{ compadd -- $(_@FUNCTION@_settings) }"),
}
BY_OPTION = {
    "file-prefix": ('words "$(_@FUNCTION@_prefixes)"', "{ compadd -- $(_@FUNCTION@_prefixes) }"),
    "url-path": NOTHING,
}


def choices(argument):
    """The words of "a|b" or of "[=a]"; empty where the argument is something else."""
    optional = re.fullmatch(r"\[=([\w|]+)\]", argument)
    words = (optional[1] if optional else argument).split("|")
    return words if optional or len(words) > 1 else []


def completer(option):
    return BY_OPTION.get(option.name) or BY_ARGUMENT.get(option.argument, NOTHING)


def branch(option):
    words = choices(option.argument)
    command = f"words '{' '.join(words)}'" if words else completer(option)[0]
    # What may be left out is only taken from the same word.
    names = [f"{option.words[-1]}="] if option.argument.startswith("[=") else option.words
    return f"\t{' | '.join(names)}) _@FUNCTION@_{command} ;;"


def specification(option):
    words, name = choices(option.argument), option.argument.strip("[=]")
    # A value is the next word, or follows in the same one; "-" in front: only that.
    attached = {"": ("", ""), "[": ("", "=-")}.get(option.argument[:1], ("+", "="))
    action = f"({' '.join(words)})" if words else completer(option)[1]
    value = f"{':' * (1 + option.argument.startswith('['))}{name.replace('|', ' or ')}:{action}"
    forms = ",".join(word + attached[word.startswith("--")] for word in option.words)
    names = f"{{{forms}}}" if "," in forms else forms
    text = bracketed(option.help) + (value.replace("'", "'\\''") if option.argument else "")
    return f"\t'({' '.join(option.words)})'{names}'{text}' \\"


def without_unused(text):
    """Without functions that nothing calls; each is a paragraph with a comment on top."""
    for name in ("_@FUNCTION@_prefixes", "_@FUNCTION@_settings"):
        if text.count(name) == 1:
            text = re.sub(rf"^#[^\n]*\n{name}\(\) {{\n.*?^}}\n\n", "", text, flags=re.M | re.S)
    return text


def main():
    program, table, template, output = sys.argv[1:]
    options = read(pathlib.Path(table))
    text = pathlib.Path(template).read_text()
    text = text.replace("@OPTIONS@", " ".join(word for option in options for word in option.words))
    text = text.replace("@ARGUMENTS@", "\n".join(branch(option) for option in options if option.argument))
    text = text.replace("@SPECIFICATIONS@", "\n".join(map(specification, options)))
    text = without_unused(text).replace("@FUNCTION@", program.replace("-", "_")).replace("@PROGRAM@", program)
    pathlib.Path(output).write_text(text)


if __name__ == "__main__":
    main()
