# SPDX-License-Identifier: BSD-3-Clause
"""Prints tables of functions."""

import os
from collections import Counter

TOP = 25


def _where(function):
    return f"{function.layer}: {os.path.basename(function.file)}"


def _rows(counts, other, scale, total):
    for function, count in counts.most_common(TOP):
        yield (
            f"{count / scale:10.1f} {other[function] / scale:10.1f} {count / total:7.1%}  "
            f"{function.name:<32} {_where(function)}"
        )


def functions(costs, scale, unit):
    """Prints two tables: cost of functions alone, and with callees. `scale`: divisor of the costs,
    `unit`: its name."""
    own = costs.own_by_function()
    heads = (
        (f"Instructions per {unit}, callees excluded", "own", "total", own),
        (f"Instructions per {unit}, callees included, inlined or not", "total", "own", costs.with_callees),
    )
    for title, first, second, counts in heads:
        other = costs.with_callees if counts is own else own
        print(f"\n{title}:\n\n{first:>10} {second:>10}   share  function")
        print("\n".join(_rows(counts, other, scale, costs.total)))


def layers(costs, scale):
    """Prints the instructions of each layer."""
    sums = Counter()
    for function, cost in costs.own_by_function().items():
        sums[function.layer] += cost
    print("layers: " + ", ".join(f"{name} {n / scale:,.1f}" for name, n in sums.most_common()))


def verdicts(packets):
    """Prints shares of verdicts; `packets`: number by verdict."""
    total = sum(packets.values())
    parts = sorted(packets.items(), key=lambda item: -item[1])
    print("verdicts: " + ", ".join(f"{name} {count / total:.1%}" for name, count in parts))


def samples(stacks):
    """Prints samples by layer and two tables of functions, like functions()."""
    own, calls, total = stacks.own(), stacks.with_callees(), stacks.samples
    sums = Counter()
    for name, count in own.items():
        sums[stacks.layers[name]] += count
    print("layers: " + ", ".join(f"{name} {n / total:.1%}" for name, n in sums.most_common()))
    heads = (
        ("Share of time, callees excluded", "own", "total", own, calls),
        ("Share of time, callees included, inlined or not", "total", "own", calls, own),
    )
    for title, first, second, counts, other in heads:
        print(f"\n{title}:\n\n{first:>10} {second:>10}  function")
        for name, count in counts.most_common(TOP):
            shares = f"{count / total:>10.1%} {other[name] / total:>10.1%}"
            print(f"{shares}  {name:<40} {stacks.layers[name]}")
