#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes files as C: page_embed.py OUTPUT.c FILE... . index.html is served as /, JSON below /api/v1."""

import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json; charset=utf-8",
}
BYTES_A_LINE = 24


def array(number, data):
    lines = [f"static const unsigned char bytes_{number}[] = {{"]
    for at in range(0, len(data), BYTES_A_LINE):
        lines.append("".join(f"{byte}," for byte in data[at : at + BYTES_A_LINE]))
    return [*lines, "};"]


def row(number, path, data):
    name = "" if path.name == "index.html" else path.name
    folder = "/api/v1/" if path.suffix == ".json" else "/"
    tag = hashlib.sha256(data).hexdigest()[:16]
    return (
        f'{{"{folder}{name}", "{TYPES[path.suffix]}", "\\"{tag}\\"", '
        f"bytes_{number}, sizeof(bytes_{number})}},"
    )


def main():
    output, *paths = map(pathlib.Path, sys.argv[1:])
    files = [(number, path, path.read_bytes()) for number, path in enumerate(paths)]
    lines = ['#include "page_files.h"']
    for number, _, data in files:
        lines += array(number, data)
    lines.append("const struct page_file page_files[] = {")
    lines += [row(*file) for file in files]
    lines += ["};", f"const unsigned page_file_count = {len(files)};"]
    output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
