# SPDX-License-Identifier: BSD-3-Clause
"""How much of a test is done: a part each time, all of it for a release."""

import os


def is_full(variable):
    """Whether the environment has the variable at 1."""
    return os.environ.get(variable) == "1"


def times_of(variable):
    """The function that chooses between the whole and a part."""
    full = is_full(variable)
    return lambda whole, part: whole if full else part


FULL = is_full("WEIR_CONTROL_FULL")
times = times_of("WEIR_CONTROL_FULL")
