# SPDX-License-Identifier: BSD-3-Clause
"""A ledger: a file of tab-separated rows, and a document whose table between two marks has their sums."""

import csv
import re

BEGIN, END = "<!-- sums -->\n", "<!-- end of sums -->\n"


class Ledger:
    def __init__(self, path, columns, document, table):
        """`table`: makes the lines of the document's table from the rows."""
        self.path = path
        self.columns = columns
        self.document = document
        self._table = table

    def read(self):
        if not self.path.exists():
            return []
        with self.path.open(encoding="ascii", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def write(self, rows):
        """All rows; and the document after them."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("w", encoding="ascii", newline="") as file:
            writer = csv.DictWriter(file, self.columns, delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        self.write_sums()

    def _with_sums(self, text):
        sums = "\n".join(self._table(self.read())) + "\n"
        return re.sub(f"{BEGIN}.*?{END}", lambda _: BEGIN + sums + END, text, flags=re.S)

    def write_sums(self):
        text = self.document.read_text(encoding="utf-8")
        self.document.write_text(self._with_sums(text), encoding="utf-8")

    def is_summed(self):
        """Whether the document has the sums of the rows."""
        text = self.document.read_text(encoding="utf-8")
        return BEGIN in text and END in text and self._with_sums(text) == text
