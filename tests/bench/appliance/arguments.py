# SPDX-License-Identifier: BSD-3-Clause
"""The command-line options that benchmarks of the whole appliance share."""

import argparse
import sys

import machine
import progress
from process import Failed


def parser(name, description, programs=("--weir", "--weir-load")):
    """A parser with the options of every benchmark of the whole appliance."""
    common = argparse.ArgumentParser(
        prog=f"scripts/bench {name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="write the rows as JSON; without FILE, or with -, to standard output instead of the table",
    )
    common.add_argument("--quick", action="store_true", help="less than 50 s, less accurate")
    for program in programs:  # --help needs none
        common.add_argument(program, required=not {"-h", "--help"} & set(sys.argv), help=argparse.SUPPRESS)
    return common


def parse(name, description, cpus_needed, huge_pages_mib, add=lambda parser: None):
    """Parses the options; `add` adds more to the parser. `hugepages` is set if enough are free."""
    common = parser(name, description)
    common.add_argument(
        "--hugepages",
        action="store_true",
        help="reserve huge pages during the run (as root; done by scripts/bench)",
    )
    add(common)
    options = common.parse_args()
    cpus = machine.allowed_cpus()
    if len(cpus) < cpus_needed:
        raise Failed(f"{cpus_needed} CPUs are required, {len(cpus)} available")
    options.cpus = cpus
    options.hugepages = machine.free_huge_pages() * machine.HUGE_PAGE_KIB >= huge_pages_mib * 1024
    pages = "2 MiB" if options.hugepages else "4 KiB"
    progress.note(f"memory in pages of {pages}, for all programs")
    return options
