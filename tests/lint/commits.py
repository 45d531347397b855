#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Commits whose messages are not as CONTRIBUTING.md wants them, from the one on that added this file.

A subject is "topic: what", with a lower-case letter after the colon, without a full stop, of 72
characters at most. A body follows it after an empty line.
"""

import re
import subprocess
import sys

from repository import REPOSITORY

SUBJECT = re.compile(r"[a-z0-9][^:]*: [^A-Z\s].*[^.\s]")
SUBJECT_MAX = 72


def git(*words):
    ended = subprocess.run(
        ["git", *words], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, errors="replace", check=True
    )
    return ended.stdout


def messages(begin):
    """(short hash, message) of a commit and those after it, less merges."""
    said = git("log", "--no-merges", "--format=%h %B%x00", f"{begin}~..HEAD")
    for entry in filter(None, map(str.strip, said.split("\0"))):
        yield entry.split(" ", 1)


def mistakes(message):
    subject, _, rest = message.partition("\n")
    if len(subject) > SUBJECT_MAX:
        yield f"the subject has {len(subject)} characters, at most {SUBJECT_MAX}"
    if not SUBJECT.fullmatch(subject):
        yield 'the subject is not "topic: what in lower case"'
    if not rest.startswith("\n") or not rest.strip():
        yield "there is no body after an empty line"


def main():
    added = git("log", "--diff-filter=A", "--format=%H", "--", __file__).split()
    wrong = [
        f"{name} {message.partition(chr(10))[0]}: {mistake}"
        for name, message in (messages(added[-1]) if added else ())
        for mistake in mistakes(message)
    ]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
