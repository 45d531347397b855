# SPDX-License-Identifier: BSD-3-Clause
"""Steps that take minutes and depend on each other, as TAP while they happen."""

import time

from root import Failure


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def say(self, ok, name, text="", skip=""):
        self.count += 1
        self.failed += not ok
        directive = f" # SKIP {skip}" if skip else ""
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}{directive}")
        self.comment(text)

    @staticmethod
    def comment(text):
        print("".join(f"# {line}\n" for line in text.splitlines()), end="", flush=True)

    def step(self, name, function, *arguments):
        """What the function returns, also shown where it is text; None where it fails."""
        began = time.monotonic()
        try:
            result = function(*arguments)
        except Failure as failure:
            self.say(False, name, str(failure))
            return None
        shown = result if isinstance(result, str) else ""
        self.say(True, name, f"{shown}\n{time.monotonic() - began:.0f} s".strip())
        return result
