# SPDX-License-Identifier: BSD-3-Clause
"""unittest's results as TAP, which meson reads."""

import unittest


class Tap(unittest.TestResult):
    """Prints a line for each test."""

    def _line(self, test, status, text="", skip=""):
        directive = f" # SKIP {skip}" if skip else ""
        print(f"{status} {self.testsRun} - {test.id().partition('.')[2]}{directive}")
        print("".join(f"# {line}\n" for line in text.splitlines()), end="")

    def addSuccess(self, test):
        self._line(test, "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(test, "ok", skip=reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line(test, "not ok", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._line(test, "not ok", self.errors[-1][1])


def run(module):
    """All tests of a module; the exit status."""
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    print(f"1..{tests.countTestCases()}")
    result = Tap()
    tests.run(result)
    return 0 if result.wasSuccessful() else 1
