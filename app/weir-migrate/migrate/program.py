# SPDX-License-Identifier: BSD-3-Clause
"""The program from its start to its end. Read it from its last function upwards."""

import contextlib
import os
import signal
import sys
import tempfile

from . import help_text
from .folder import SIGNALS, Folder
from .move import Move
from .options import parse
from .problems import Refused, Unwritten
from .progress import Progress

OK, FAILED, WRONG = 0, 1, 2


def print_report(report, options):
    print(report.json() if options.json else report.text(), end="\n" if options.json else "")
    sys.stdout.flush()


def place_of(options):
    """The folder of the output; with --check one that is never kept."""
    if options.check:
        return Folder(os.path.join(tempfile.gettempdir(), "weir-migrate"), False)
    folder = Folder(options.output, options.force)
    refusal = folder.refusal()
    if refusal:
        raise Refused(refusal)
    return folder


def move(options):
    """Returns the exit status."""
    place = place_of(options)
    try:
        with Progress(options.quiet) as progress, place as folder:
            run = Move(options, folder, progress)
            run.run()
            if not options.check:
                progress.step("writing to disk")
                folder.keep()
    except OSError as error:
        raise Unwritten(f"{place.path} cannot be written: {error.strerror}") from None
    print_report(run.report, options)
    return OK


def complain(text):
    with contextlib.suppress(OSError):  # there is nobody else to tell
        print(f"weir-migrate: {text}", file=sys.stderr, flush=True)


def run_safely(function, *arguments):
    """The exit status, whatever happens."""
    try:
        return function(*arguments)
    except Refused as refused:
        complain(f"{refused}: nothing was written")
        return WRONG
    except Unwritten as unwritten:
        complain(f"{unwritten}: nothing was written")
    except BrokenPipeError:
        sys.stdout = None  # nobody reads: no message, no success
    except OSError as error:
        complain(f"standard output cannot be written: {error.strerror}")
        sys.stdout = None
    except KeyboardInterrupt:
        complain("stopped: nothing was written")
    return FAILED


def print_text(text):
    print(text, end="")
    sys.stdout.flush()
    return OK


def version_text(version, revision_file):
    with open(revision_file, encoding="ascii") as revision:
        return f"weir-migrate {version}\nrevision {revision.read()}"


def end_by_signal(*_):
    raise KeyboardInterrupt


def main(arguments, version, revision_file):
    os.umask(0o077)  # keys, addresses of clients
    for number in SIGNALS:
        signal.signal(number, end_by_signal)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # or print would take standard output
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # names of files may be any bytes
    if sys.stdout is None:
        complain("standard output is closed")
        return FAILED
    options, mistakes = parse(arguments)
    if options.help:
        return run_safely(print_text, help_text.man() if options.help == "man" else help_text.text())
    if options.version:
        return run_safely(print_text, version_text(version, revision_file))
    for mistake in mistakes:
        complain(f"{mistake}; see weir-migrate --help")
    return WRONG if mistakes else run_safely(move, options)
