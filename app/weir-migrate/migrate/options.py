# SPDX-License-Identifier: BSD-3-Clause
"""The command line."""

import getopt
import os
import types

from .options_table import OPTIONS

TRACKERS = ("opentracker", "aquatic", "torrust", "chihaya", "counts")


class Options(types.SimpleNamespace):
    """Values by field of the table; `tracker`: the word of TRACKERS."""

    def state_path(self, name):
        """Where a file of the output will be when Weir runs."""
        return os.path.join(os.path.abspath(self.state or self.output or "."), name)


def _default(option):
    if option.many:
        return []
    return False if option.argument == "" else None


def _defaults():
    return Options(tracker="", **{option.field: _default(option) for option in OPTIONS})


def _long(option):
    return option.name + ("=" if option.argument and not option.argument.startswith("[") else "")


def _short(option):
    return option.letter + (":" if option.argument and not option.argument.startswith("[") else "")


def _take(options, option, argument, mistakes):
    if option.argument == "":
        setattr(options, option.field, True)
        return
    try:
        value = option.read(argument)
    except ValueError as wanted:
        mistakes.append(f"--{option.name} must be {wanted}")
        return
    if option.many:
        getattr(options, option.field).append(value)
    else:
        setattr(options, option.field, value)


def _check(options, operands, mistakes):
    """Rules between options."""
    if not operands or operands[0] not in TRACKERS:
        mistakes.append(f"the first word must be one of {', '.join(TRACKERS)}")
    mistakes += [f"{word} is one word too many" for word in operands[1:]]
    options.tracker = operands[0] if operands else ""
    if options.tracker == "counts":
        if not options.counts:
            mistakes.append("counts needs --counts FILE")
        for field in ("config", "database", "torrents", "keys"):
            if getattr(options, field):
                mistakes.append(f"--{field} does not go with counts")
    elif not options.config:
        mistakes.append("--config FILE is missing")
    if not options.output and not options.check:
        mistakes.append("--output FOLDER is missing; --check does without it")
    if options.torrents and options.tracker == "torrust" and options.database:
        mistakes.append("--torrents does not go with --database, which has the list, too")


def _split_help(arguments):
    """--help=man is the only option whose argument may be left out."""
    words = {"--help": "text", "-h": "text", "--help=man": "man"}
    return next((words[argument] for argument in arguments if argument in words), "")


def parse(arguments):
    """(options, mistakes). With --help and --version nothing else is looked at."""
    options, mistakes = _defaults(), []
    options.help = _split_help(arguments)
    options.version = "--version" in arguments or "-V" in arguments
    if options.help or options.version:
        return options, []
    by_word = {f"--{option.name}": option for option in OPTIONS}
    by_word |= {f"-{option.letter}": option for option in OPTIONS if option.letter}
    try:
        pairs, operands = getopt.gnu_getopt(
            arguments, "".join(map(_short, OPTIONS)), [_long(option) for option in OPTIONS]
        )
    except getopt.GetoptError as error:
        return options, [error.msg]
    for word, argument in pairs:
        option = by_word.get(word)
        _take(options, option, argument, mistakes)
    _check(options, operands, mistakes)
    return options, mistakes
