#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draws docs/img/weirctl-top.svg: weirctl top, on a Weir that weir-load has kept busy for a minute.

Memif only; wants two CPUs and python3-pyte.
"""

import argparse
import pathlib
import sys
from xml.sax.saxutils import escape

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / "golden"), str(tests / "support")]

import loaded  # noqa: E402
from laboratory import Laboratory, Programs  # noqa: E402
from terminal import Terminal  # noqa: E402

ROWS, COLUMNS = 32, 104
CELL_X, CELL_Y, BASELINE, MARGIN = 8.4, 18, 13.5, 14

# Seconds and requests each second: a minute in which something changes.
LOADS = ((14, 24_000), (16, 42_000), (20, 31_000), (60, 50_000))
SEEN_OF_LAST_S = 22

WEIR = 'lcores = { main = [ 0 ]; io = [ 0 ]; workers = [ 0 ]; idle = "sleep"; };'
MIX = ["--clients", 20_000, "--torrents", 30_000, "--peers", 150_000, "--junk", 0.4]
MIX += ["--stopped", 3, "--completed", 2, "--seeders", 60, "--timeout", 1000]

# On a background of its own: the same on light pages and on dark ones.
BACKGROUND, FRAME, TEXT = "#0d1117", "#30363d", "#c9d1d9"
COLOURS = {
    "default": TEXT,
    "red": "#ff7b72",
    "green": "#56d364",
    "blue": "#1f4f8f",
    "cyan": "#39c5cf",
    "white": "#f0f6fc",
    "ink": BACKGROUND,  # of what is reversed, and its paper
    "paper": TEXT,
}
LOWER = "▁▂▃▄▅▆▇█"
LEFT = "▏▎▍▌▋▊▉█"


def runs(row, columns):
    """A row of cells in pieces of one look: (first column, text, foreground, background, bold)."""
    pieces = []
    for column in range(columns):
        cell = row[column]
        look = (*(("ink", "paper") if cell.reverse else (cell.fg, cell.bg)), cell.bold)
        block = cell.data in LOWER or cell.data in LEFT
        if pieces and pieces[-1][2] == look and not block and not pieces[-1][3]:
            pieces[-1][1].append(cell.data)
        else:
            pieces.append((column, [cell.data], look, block))
    return [(column, "".join(text), *look) for column, text, look, _ in pieces]


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def block(x, y, character, colour):
    """A block character as what it means: fonts draw them in different sizes."""
    width, height = CELL_X - 1, CELL_Y - 4
    if character in LEFT:
        width *= (LEFT.index(character) + 1) / len(LEFT)
    else:
        height *= (LOWER.index(character) + 1) / len(LOWER)
    return rectangle(x, y + CELL_Y - 2 - height, width, height, colour)


def piece(row, column, text, foreground, background, bold):
    x, y = MARGIN + column * CELL_X, MARGIN + row * CELL_Y
    colour = COLOURS.get(foreground, TEXT)
    if text in LOWER or text in LEFT:
        yield block(x, y, text, colour)
        return
    if background != "default":
        fill = COLOURS.get(background, FRAME)
        yield rectangle(x, y, CELL_X * len(text), CELL_Y, fill)
    stripped = text.strip()
    if not stripped:
        return
    x += CELL_X * (len(text) - len(text.lstrip()))
    weight = ' font-weight="bold"' if bold else ""
    yield (
        f'<text x="{x:.1f}" y="{y + BASELINE:.1f}" fill="{colour}"{weight}'
        f' textLength="{CELL_X * len(stripped):.1f}" lengthAdjust="spacingAndGlyphs"'
        f' xml:space="preserve">{escape(stripped)}</text>'
    )


def draw(screen):
    width, height = 2 * MARGIN + COLUMNS * CELL_X, 2 * MARGIN + ROWS * CELL_Y
    lines = [
        "<!-- SPDX-License-Identifier: BSD-3-Clause; made by tests/observe/picture_top.py -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}"'
        f' width="{width:.1f}" height="{height:.1f}" role="img"'
        ' font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"'
        ' font-size="14">',
        "<title>weirctl top</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}" stroke="{FRAME}"/>',
    ]
    for row in range(ROWS):
        for run in runs(screen.buffer[row], COLUMNS):
            lines += piece(row, *run)
    return "\n".join([*lines, "</svg>", ""])


def watch(laboratory, memif):
    """A minute of loads before the eyes of weirctl top; returns the screen."""
    words = [laboratory.programs.weirctl, "-f", memif.weir.prefix, "top"]
    with Terminal(words, ROWS, COLUMNS, laboratory.environment()) as screen:
        for number, (seconds, rate) in enumerate(LOADS):
            last = number == len(LOADS) - 1
            with memif.loading(*MIX, "--rate", rate, "--duration", seconds) as process:
                screen.read_for(SEEN_OF_LAST_S if last else 0)
                while not last and process.poll() is None:
                    screen.read_for(0.5)
                if last:
                    return screen.screen


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of a build")
    parser.add_argument("file", type=pathlib.Path, help="the SVG to write")
    arguments = parser.parse_args()
    with Laboratory(Programs.of(arguments.build)) as laboratory:
        with loaded.running(laboratory, 40_000, 300_000, WEIR) as memif:
            screen = watch(laboratory, memif)
    print("\n".join(screen.display))
    if not screen.display[1].startswith("healthy"):
        sys.exit("not drawn: other programs held the CPUs for too long; try again")
    arguments.file.write_text(draw(screen))


if __name__ == "__main__":
    main()
