# SPDX-License-Identifier: BSD-3-Clause
"""How much of a test is done: a part each time, all of it for a release."""

import os

FULL = os.environ.get("WEIR_TORTURE_FULL") == "1"


def times(full, part):
    return full if FULL else part
