# SPDX-License-Identifier: BSD-3-Clause
"""Rows of the comparison: Weir against the best of the other trackers."""

from dataclasses import dataclass

from rows import Row


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    best: object = None  # max or min of the others is the baseline; None: no baseline


METRICS = (
    Metric("answers_per_s", "answers/s", max),
    Metric("answers_per_cpu_s", "answers/s", max),
    Metric("answers_per_process_cpu_s", "answers/s", max),
    Metric("loss", "%"),
    Metric("rss_mib", "MiB", min),
    Metric("peers_per_reply", "peers"),
    Metric("aquatic_load_answers_per_s", "answers/s", max),
)


def add_rows(report, results, ours):
    """Adds rows. `results`: metrics by name of the tracker; `ours`: names that get a baseline."""
    for name, values in results.items():
        for metric in METRICS:
            if metric.name in values:
                baseline = _baseline(metric, results, ours) if name in ours else None
                report.append(_row(report.pages, name, metric, values[metric.name], baseline))


def _baseline(metric, results, ours):
    others = [
        values[metric.name] for name, values in results.items() if name not in ours and metric.name in values
    ]
    return metric.best(others) if metric.best and others else None


def _row(pages, name, metric, value, baseline):
    ratio = None
    if value and baseline:
        ratio = baseline / value if metric.best is min else value / baseline
    return Row(name, metric.name, metric.unit, value, baseline, ratio, pages)
