# SPDX-License-Identifier: BSD-3-Clause
"""The command-line options that benchmarks of the whole appliance share."""

import argparse
import sys

import machine
import pages
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
    common.add_argument(
        "--quick",
        action="store_true",
        help="less accurate, but less than 50 s for a size of pages",
    )
    for program in programs:  # --help needs none
        common.add_argument(program, required=not {"-h", "--help"} & set(sys.argv), help=argparse.SUPPRESS)
    return common


def parse(name, description, cpus_needed, add=lambda parser: None):
    """Parses the options; `add` adds more to the parser."""
    common = parser(name, description)
    pages.add_options(common)
    add(common)
    options = common.parse_args()
    cpus = machine.allowed_cpus()
    if len(cpus) < cpus_needed:
        raise Failed(f"{cpus_needed} CPUs are required, {len(cpus)} available")
    options.cpus = cpus
    return options
