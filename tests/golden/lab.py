# SPDX-License-Identifier: BSD-3-Clause
"""What cases work with: the binary, folders, and the memory of all runs for the audit."""

import copy
import itertools
import os
import pathlib
import shutil
import tempfile
from dataclasses import dataclass

from appliance import Weir
from scenario import Scenario

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """One run of the appliance, as the audit wants it."""

    case: str
    ids: object  # connid.ConnectionIds
    verdicts: dict  # (family, name) -> packets
    received: list
    sent: list


class Lab:
    def __init__(self, weir, wrapper, keep):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="weir-golden-"))  # mode 0700
        self.keep = keep
        self.case = ""
        self.runs = []
        self._numbers = itertools.count(1)
        self._path = weir
        self._wrapper = wrapper
        self.weir = self.another_weir()

    def of(self, case):
        """The same lab for one case, which remembers its own runs."""
        lab = copy.copy(self)
        lab.case = case.name
        lab.runs = []
        return lab

    def another_weir(self, before=(), owner=None):
        """The same binary, started with more words in front, or by another user."""
        return Weir(self._path, [*before, *self._wrapper], self.folder(), owner)

    def folder(self):
        """A new folder for one run."""
        return pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.root))

    def file_prefix(self):
        return f"golden-{os.getpid()}-{next(self._numbers)}"

    def scenario(self, **arguments):
        return Scenario(self, **arguments)

    def keep_for_audit(self, scenario, ended):
        received = [frame for wire in scenario.wires for frame in wire.frames]
        sent = [frame for wire in scenario.wires for frame in wire.sent]
        self.runs.append(Run(self.case, scenario.ids, ended.verdicts, received, sent))

    def close(self):
        if not self.keep:
            shutil.rmtree(self.root, ignore_errors=True)
