# SPDX-License-Identifier: BSD-3-Clause
"""Draws stacks as an interactive flame graph.

The program is Brendan Gregg's flamegraph.pl, which Debian ships in libdevel-nytprof-perl. The SVG is
self-contained: search, zoom and details work in any browser without a network.
"""

import colorsys
import pathlib
import subprocess
import tempfile
import zlib

import process

SCRIPT = pathlib.Path("/usr/share/perl5/Devel/NYTProf/flamegraph.pl")
WIDTH = 1400

# Colours show layers: hue and saturation of each, and the name of the colour for the title.
_LAYERS = {
    "Weir": (0.48, 0.55, "green"),
    "DPDK": (0.09, 0.75, "orange"),
    "driver": (0.76, 0.40, "violet"),
    "C library": (0.58, 0.45, "blue"),
    "kernel": (0.0, 0.60, "red"),
}
_LIGHTNESS = 0.62, 0.16  # minimum and range: neighbours should differ


def require():
    if not SCRIPT.exists():
        raise process.Failure("flamegraph.pl is not installed: package libdevel-nytprof-perl")


def _colour(name, layer):
    hue, saturation, _ = _LAYERS[layer]
    lightness = _LIGHTNESS[0] + _LIGHTNESS[1] * (zlib.crc32(name.encode()) % 256) / 256
    rgb = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "rgb({},{},{})".format(*(round(255 * part) for part in rgb))


def _legend(layers):
    present = set(layers.values())
    return ", ".join(f"{name} {entry[2]}" for name, entry in _LAYERS.items() if name in present)


def draw(stacks, title, path):
    require()
    with tempfile.TemporaryDirectory(prefix="weir-flame-") as folder:
        folded = pathlib.Path(folder) / "folded"
        stacks.write_folded(folded)
        palette = [f"{n}->{_colour(n, layer)}\n" for n, layer in stacks.layers.items()]
        palette.append("->rgb(190,190,190)\n")  # the root has no name
        (pathlib.Path(folder) / "palette.map").write_text("".join(palette))
        result = subprocess.run(
            [
                *("perl", SCRIPT, "--cp", "--colors", "io", "--fonttype", "sans-serif"),
                *("--width", str(WIDTH), "--minwidth", "0.3"),
                *("--title", f"{title} ({_legend(stacks.layers)})", folded),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if result.returncode != 0:
        raise process.Failure(f"flamegraph.pl: {result.stderr.strip()}")
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")
