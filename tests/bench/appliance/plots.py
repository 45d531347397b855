# SPDX-License-Identifier: BSD-3-Clause
"""The plots of results: their data, and how gnuplot draws them. Styles are in gnuplot/."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from frames import KINDS
from process import Failed

_STYLES = Path(__file__).parent / "gnuplot"
_TERMINALS = {
    "svg": 'svg size 900,480 dynamic font "DejaVu Sans,13" background "white"',
    "png": 'pngcairo size 1800,960 fontscale 2.0 linewidth 2 pointscale 2 font "DejaVu Sans,10"',
}


@dataclass(frozen=True)
class Plot:
    """A plot. `lines` yields its data, tuples, from the results of its benchmark; no lines: no plot."""

    name: str
    bench: str
    title: str
    lines: Callable


def _pipeline_rates(result, _others):
    for kind in KINDS:
        baseline = result.get(f"{kind.name}_split", "rate", "baseline")
        rates = [result.get(f"{kind.name}_{way}", "rate") for way in ("split", "single")]
        if None not in (baseline, *rates):
            yield (kind.name, *(rate / 1e6 for rate in (baseline, *rates)))


_AIMS = {"connect_split": 0.5, "connect_single": 0.5, "announce_split": 0.31, "announce_single": 0.22}


def _pipeline_ratios(result, _others):
    for kind in KINDS:
        ratios = [result.get(f"{kind.name}_{way}", "rate", "ratio") for way in ("split", "single")]
        aims = [_AIMS.get(f"{kind.name}_{way}", "NaN") for way in ("split", "single")]
        if None not in ratios:
            yield (kind.name, *ratios, *aims)


_WAYS = {
    "workers_1": "one lcore, both roles",
    "io_worker": "io lcore + worker",
    "workers_2": "two lcores, both roles",
}


def _scale(result, _others):
    for name, text in _WAYS.items():
        rate = result.get(name, "rate")
        if rate is not None:
            yield (text, rate / 1e6)


def _points(result, name):
    return [result.get(f"{name}_{point}", "time_us") for point in ("p50", "p99", "p999")]


def _wire_latency(result, others):
    rows = [("50 % load", _points(result, "latency_half_load"))]
    latency = next((other for other in others if other.bench == "latency"), None)
    if latency is not None:
        rows += [
            (f"{load} % load,\\npeers expire", _points(latency, f"latency_{load}")) for load in (10, 50, 80)
        ]
    for text, points in rows:
        if None not in points:
            yield (text, *points)


def _peers(result, _others):
    rates = [
        (row["value"], row["name"])
        for row in result.rows
        if row["metric"] == "answers_per_s" and row["value"]
    ]
    for rate, name in sorted(rates):
        yield (name.replace("_", " "), rate / 1e6, int(name.startswith("weir")))


PLOTS = (
    Plot("pipeline_rates", "pipeline", "The whole pipeline, and testpmd on the same port", _pipeline_rates),
    Plot("pipeline_ratios", "pipeline", "The whole pipeline, in parts of testpmd's rate", _pipeline_ratios),
    Plot("scale", "scale", "Announces by ways to use lcores", _scale),
    Plot("wire_latency", "wire", "Latency over a wire", _wire_latency),
    Plot("peers", "peers", "Answers by tracker, each on one core", _peers),
)


def draw(results, folder):
    """Draws the plots that there are results for; returns them."""
    drawn = []
    for plot in PLOTS:
        result = next((result for result in results if result.bench == plot.bench), None)
        lines = list(plot.lines(result, results)) if result is not None else []
        if lines:
            for ending in _TERMINALS:
                _draw(plot, ending, lines, result, folder)
            _strip_line_ends(folder / f"{plot.name}.svg")
            drawn.append(plot)
    return drawn


def _strip_line_ends(path):
    """Removes trailing white space, which gnuplot writes and lint rejects."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line.rstrip()}\n" for line in lines), encoding="utf-8")


def _draw(plot, ending, lines, result, folder):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as data:
        for line in lines:
            print(*line, sep="\t", file=data)
        data.flush()
        words = {
            "data": data.name,
            "out": str(folder / f"{plot.name}.{ending}"),
            "heading": f"{plot.title}{result.pages_text}",
            "machine": result.machine_text,
        }
        settings = "".join(f"{name} = {_quoted(text)}\n" for name, text in words.items())
        script = (
            f"{settings}count = {len(lines)}\nset terminal {_TERMINALS[ending]}\n"
            f"load {_quoted(str(_STYLES / 'style.gp'))}\nload {_quoted(str(_STYLES / (plot.name + '.gp')))}\n"
        )
        try:
            subprocess.run(["gnuplot"], input=script, text=True, capture_output=True, check=True)
        except FileNotFoundError:
            raise Failed("there is no gnuplot: apt-get install gnuplot-nox") from None
        except subprocess.CalledProcessError as error:
            raise Failed(f"plot {plot.name}:\n{error.stderr}") from None


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"
