# SPDX-License-Identifier: BSD-3-Clause
"""The end of a script that prints: what standard output did not take is an error."""

import os
import pathlib
import sys


def _complain(why):
    print(f"{pathlib.Path(sys.argv[0]).name}: standard output: {why}", file=sys.stderr)


def run(main):
    """Calls main and exits with what it returns; with 1 where standard output took less than all."""
    if sys.stdout is None:
        _complain("is closed")
        sys.exit(1)
    try:
        status = main()
    except SystemExit as ended:  # argparse's, for instance
        status = ended.code
    try:
        sys.stdout.flush()
    except OSError as error:
        _complain(os.strerror(error.errno))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes once more
        status = status or 1
    sys.exit(status)
