# SPDX-License-Identifier: BSD-3-Clause
"""The committed table: instructions per packet of each kind, and the setup they were counted with."""

import pathlib
import re
import subprocess

PATH = pathlib.Path(__file__).resolve().parent / "budget.txt"

_HEAD = """\
# Instructions per packet, without the driver, counted by callgrind. Checked by tests/budget/run.py,
# written by: tests/budget/run.py --weir WEIR --update
# The counts depend on the setup below. With any other setup the tests are skipped.
"""


def _said(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout


def _cpu():
    """The CPU features that valgrind reports to the program, which selects vector code by them."""
    flags = re.search(r"^flags\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    names = flags[1].split() if flags else []
    return "AVX2" if "avx2" in names else "no AVX2"


def setup(weir):
    """What instruction counts depend on besides the sources."""
    # One line for each compiler; Debian's start-up code is always by gcc.
    comment = _said("readelf", "-p", ".comment", weir)
    compilers = re.findall(r"^ +\[ +\w+\] +(.+?) *$", comment, re.M)
    dpdk = re.search(r"DPDK (\S+)", _said(weir, "--version"))
    valgrind = re.search(r"valgrind-(\S+)", _said("valgrind", "--version"))
    return {
        "compiler": ", ".join(compilers) or "unknown",
        "dpdk": dpdk[1] if dpdk else "unknown",
        "valgrind": valgrind[1] if valgrind else "unknown",
        "cpu": _cpu(),
    }


def read(path=PATH):
    """Returns (setup, instructions by kind)."""
    made_with, budget = {}, {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("#") or not line.strip():
            continue
        name, _, value = line.partition("=")
        if value:
            made_with[name.strip()] = value.strip()
            continue
        kind, family, instructions = line.split()[:3]
        budget[f"{kind} {family}"] = float(instructions)
    return made_with, budget


def write(made_with, kinds, budget, path=PATH):
    """Writes the table; `budget`: instructions by kind. Kinds without one are left out."""
    lines = [f"{name} = {value}" for name, value in made_with.items()]
    lines.append("")
    for kind in kinds:
        if str(kind) in budget:
            row = f"{kind.name:<20} {kind.family:<5} {budget[str(kind)]:8.1f}   # {kind.what}"
            lines.append(row)
    path.write_text(_HEAD + "\n" + "\n".join(lines) + "\n")
