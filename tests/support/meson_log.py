#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a run of meson test came to: cases counted, failures shown, reasons of what was skipped.

meson_log.py LOG reads LOG.junit.xml, which has the cases, and LOG.json, which has what each test
printed. It explains on standard error and prints "PASSED FAILED SKIPPED", then the names of the
tests that failed, a line each.
"""

import json
import re
import sys
import xml.etree.ElementTree
from dataclasses import dataclass, field

GOOD = {"OK", "SKIP", "EXPECTEDFAIL"}
STANDARD_ERROR_LINES = 40


@dataclass
class Test:
    """One test of meson, which has many cases."""

    name: str
    result: str
    output: str
    errors: str
    passed: int = 0
    failed: int = 0
    skipped: list = field(default_factory=list)  # (case, reason)

    def add(self, case):
        skip = case.find("skipped")
        if skip is not None:
            name = re.sub(r"^\d+( - )?", "", case.get("name"))
            self.skipped.append((name, case.findtext("system-out", "")))
        elif case.find("failure") is not None or case.find("error") is not None:
            self.failed += 1
        else:
            self.passed += 1

    def close(self):
        """A test that ends badly without a case that failed, or has no cases at all, counts as one."""
        silent = not (self.passed or self.failed or self.skipped)
        if silent:
            self.result += ", no case ran"
        if not self.failed and (self.result not in GOOD or silent):
            self.failed = 1

    def failures(self):
        """Meson's verdict, the cases that failed with the comments that follow them, and the last errors."""
        lines, shown = [f"{self.name}: {self.result}"], False
        for line in self.output.splitlines():
            if not line.startswith("#"):
                shown = line.startswith("not ok")
            if shown:
                lines.append(f"    {line}")
        return lines + [f"    ! {line}" for line in self.errors.splitlines()[-STANDARD_ERROR_LINES:]]


def read(log):
    tests = {}
    with open(f"{log}.json", encoding="utf-8", errors="replace") as file:
        for line in file:
            test = json.loads(line)
            tests[test["name"]] = Test(
                test["name"].rpartition(" / ")[2],
                test["result"],
                test.get("stdout") or "",
                test.get("stderr") or "",
            )
    for suite in xml.etree.ElementTree.parse(f"{log}.junit.xml").getroot():
        test = tests.get(suite.get("name").partition(".")[2])
        for case in suite.iterfind("testcase") if test else ():
            test.add(case)
    for test in tests.values():
        test.close()
    return list(tests.values())


def main():
    tests = read(sys.argv[1])
    bad = [test for test in tests if test.failed]
    for test in tests:
        for name, reason in test.skipped:
            print(f"  skipped: {test.name}: {name}" + f": {reason}" * bool(reason), file=sys.stderr)
    for test in bad:
        print("\n".join(test.failures()), file=sys.stderr)
    counts = (
        sum(test.passed for test in tests),
        sum(test.failed for test in tests),
        sum(len(test.skipped) for test in tests),
    )
    print(*counts)
    for test in bad:
        print(test.name)


if __name__ == "__main__":
    main()
