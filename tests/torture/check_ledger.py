#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether docs/torture.md has the sums of its ledger; --write brings them up to date."""

import sys

sys.dont_write_bytecode = True

from long import LEDGER  # noqa: E402

if sys.argv[1:] == ["--write"]:
    LEDGER.write_sums()
right = LEDGER.is_summed()
print(f"1..1\n{'ok' if right else 'not ok'} 1 - the sums of docs/torture.md are those of the ledger")
sys.exit(0 if right else 1)
