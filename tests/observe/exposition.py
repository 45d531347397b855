# SPDX-License-Identifier: BSD-3-Clause
"""A strict reader of metrics as text: OpenMetrics 1.0, and Prometheus' text format 0.0.4.

What Prometheus would let pass is refused here: families that are torn apart, metadata in another
order, series that stand twice, buckets that do not add up, and a missing end.
"""

import re
from dataclasses import dataclass, field

from suite import Failed

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (\S+)")
_METADATA = re.compile(rf"# (HELP|TYPE|UNIT) ({_NAME}) (.+)")
_ORDER = ["HELP", "TYPE", "UNIT"]

# What stands behind a family's name in its samples, by type.
_SUFFIXES = {
    True: {
        "counter": ["_total"],
        "gauge": [""],
        "info": ["_info"],
        "histogram": ["_bucket", "_sum", "_count"],
    },
    False: {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]},
}


@dataclass
class Family:
    name: str
    metadata: dict = field(default_factory=dict)
    samples: dict = field(default_factory=dict)  # (name, labels as sorted pairs) -> value


def labels_of(text):
    labels, at = {}, 0
    while at < len(text or ""):
        match = _LABEL.match(text, at)
        if not match or match[1] in labels:
            raise Failed(f"labels {text}")
        value = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), match[2])
        labels[match[1]] = value
        at = match.end()
    return tuple(sorted(labels.items()))


class Reader:
    def __init__(self, open_metrics):
        self.open_metrics = open_metrics
        self.families = {}
        self.family = None

    def fail(self, line, why):
        raise Failed(f"{why}: {line}")

    def metadata(self, line):
        match = _METADATA.fullmatch(line)
        if not match or (match[1] == "UNIT" and not self.open_metrics):
            self.fail(line, "no metadata")
        what, name, text = match.groups()
        if self.family is None or self.family.name != name:
            if name in self.families:
                self.fail(line, "a family is torn apart")
            self.family = self.families[name] = Family(name)
        had = list(self.family.metadata)
        if [*had, what] != _ORDER[: len(had) + 1] or self.family.samples:
            self.fail(line, "metadata out of order")
        if what == "UNIT" and not name.endswith(f"_{text}"):
            self.fail(line, "the family's name does not end with its unit")
        self.family.metadata[what] = text

    def sample(self, line):
        match = _SAMPLE.fullmatch(line)
        if not match or self.family is None:
            self.fail(line, "no sample")
        name, labels, value = match[1], labels_of(match[2]), float(match[3])
        kind = self.family.metadata.get("TYPE")
        suffixes = _SUFFIXES[self.open_metrics].get(kind, [])
        if name not in [self.family.name + suffix for suffix in suffixes]:
            self.fail(line, f"does not belong to the family {self.family.name}, a {kind}")
        if not self.open_metrics and kind == "counter" and not name.endswith("_total"):
            self.fail(line, "a counter's name ends with _total")
        if (name, labels) in self.family.samples:
            self.fail(line, "stands twice")
        self.family.samples[name, labels] = value

    def read(self, text):
        if not text.endswith("\n"):
            raise Failed("the last line does not end")
        lines = text[:-1].split("\n")
        if self.open_metrics and lines.pop() != "# EOF":
            raise Failed("no # EOF")
        for line in lines:
            if line.startswith("#"):
                self.metadata(line)
            else:
                self.sample(line)
        for family in self.families.values():
            check_family(family)
        return self.families


def check_family(family):
    if not family.samples:
        raise Failed(f"{family.name} has no samples")
    if family.metadata["TYPE"] != "histogram":
        return
    rows = {}  # labels without le -> [(le, count)]
    for (name, labels), value in family.samples.items():
        if name.endswith("_bucket"):
            rest = tuple(pair for pair in labels if pair[0] != "le")
            rows.setdefault(rest, []).append((float(dict(labels)["le"]), value))
    for labels, buckets in rows.items():
        counts = [count for _, count in buckets]
        count = family.samples[f"{family.name}_count", labels]
        if buckets != sorted(buckets) or counts != sorted(counts):
            raise Failed(f"{family.name}{labels}: buckets are not cumulative: {buckets}")
        if buckets[-1] != (float("inf"), count):
            raise Failed(f"{family.name}{labels}: +Inf is not the count")
        if (f"{family.name}_sum", labels) not in family.samples:
            raise Failed(f"{family.name}{labels}: no sum")


def parse(text, open_metrics=False):
    """Families by name; Failed where anything is not as it should be."""
    return Reader(open_metrics).read(text)


def samples(families):
    """All samples: {(name, labels as sorted pairs): value}."""
    return {key: value for family in families.values() for key, value in family.samples.items()}
