# SPDX-License-Identifier: BSD-3-Clause
"""--help, and the OPTIONS section of the manual page (mdoc), in the form that Weir's other programs have."""

import re
import textwrap

from .options_table import GROUPS

MARGIN, WIDTH, MAN_WIDTH = 28, 80, 100

USAGE = "weir-migrate opentracker|aquatic|torrust|chihaya|counts [options]"

SUMMARY = """\
Moves a tracker into Weir: reads its configuration, lists, keys and completed
counts, and makes a folder with Weir's configuration, lists, keys and a
snapshot to start from. A report says what became of each setting, what has no
equal in Weir and why, and what is left to do. Nothing is written unless
everything could be read; the tracker and its files stay as they are.

  opentracker   lines of KEY VALUE; lists of torrents; a state dump
  aquatic       TOML of aquatic_udp; its access list
  torrust       TOML of schema 2.0.0 and 3.0.0; whitelist, keys and counts of
                its database
  chihaya       YAML; hooks for torrents, client programs and intervals
  counts        completed counts alone, without a configuration"""

EXAMPLES = """\
  Read opentracker's files, and see what would become of them:
    weir-migrate opentracker --config /etc/opentracker.conf --check
  Move Torrust with its database, for a card that the driver file ice serves:
    weir-migrate torrust --config tracker.toml --counts sqlite3.db \\
        --driver ice --device 0000:3b:00.0 --addresses 198.51.100.10/24 \\
        --output moved --state /var/lib/weir
  Take over the counts of opentracker:
    weir-migrate counts --counts state.dump --output moved"""

EXIT_STATUS = """\
  0   everything was read, and the files are there
  1   the output could not be written
  2   a mistake in the command line or in a file: each is named, with its line,
      and nothing was written"""


def _wrapped(text, margin, width):
    return textwrap.fill(text, width - margin, break_long_words=False, break_on_hyphens=False).replace(
        "\n", "\n" + " " * margin
    )


def _row(option):
    gap = "" if option.argument in ("", "[=man]") else " "
    letter = f"  -{option.letter}, " if option.letter else "      "
    head = f"{letter}--{option.name}{gap}{option.argument}"
    head = head + "\n" + " " * MARGIN if len(head) > MARGIN - 2 else head.ljust(MARGIN)
    return head + _wrapped(option.help, MARGIN, WIDTH) + "\n"


def text():
    parts = [f"usage: {USAGE}\n\n{SUMMARY}\n"]
    for title, options in GROUPS:
        parts.append(f"\n{title}:\n" + "".join(map(_row, options)))
    return "".join(parts) + f"\nExamples:\n{EXAMPLES}\n\nExit status:\n{EXIT_STATUS}\n"


def _man_argument(argument):
    if argument == "":
        return ""
    if argument.startswith("[="):
        return " Ns Op = Ns Cm " + argument[2:-1]
    return (" Cm " if "|" in argument else " Ar ") + argument


def _man_row(option):
    letter = f"Fl {option.letter} , " if option.letter else ""
    sentence = re.sub(r"(?<![^ -])-", r"\-", option.help)
    if re.match(r"[a-z]+[ ,:;]", sentence):
        sentence = sentence[0].upper() + sentence[1:]
    head = f".It {letter}Fl -{option.name}{_man_argument(option.argument)}\n"
    return head + _wrapped(f"{sentence}.", 0, MAN_WIDTH) + "\n"


def man():
    parts = [".Sh OPTIONS\n"]
    for title, options in GROUPS:
        parts.append(f".Ss {title}\n.Bl -tag -width Ds\n" + "".join(map(_man_row, options)) + ".El\n")
    return "".join(parts)
