# SPDX-License-Identifier: BSD-3-Clause
"""The list of cases, and the ways a case can end besides well."""

from dataclasses import dataclass
from typing import Callable


class Failed(Exception):
    """The appliance did something else than expected; the text says what, a line each."""


class Skipped(Exception):
    """The case cannot run here; the text says why."""


@dataclass(frozen=True)
class Case:
    name: str
    function: Callable


CASES = []


def case(name):
    """Adds the function below to the list. It is called with a Lab."""

    def add(function):
        CASES.append(Case(name, function))
        return function

    return add


def check(condition, text):
    if not condition:
        raise Failed(text)
