#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sets up a machine for Weir on a network card: the card's driver, CPUs, huge pages, the kernel's
command line, and Weir's configuration. Shows what it would do; --apply does it, --undo takes it back.
Not measured on hardware.
"""

import argparse
import ipaddress
import os
import pathlib
import shutil
import sys

import cards
import configuration
import placement
import read
import routes
import show
import write
from machine import PAGE_1G, PAGE_2M
from plan import Plan, Request
from steps import Command, Failed

TOP = pathlib.Path(__file__).resolve().parents[2]
DRIVERS = TOP / "drivers-config"
REFUSED = 2
SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # not in the PATH of users
PAGES = {"2M": PAGE_2M, "1G": PAGE_1G}


def _address(text):
    ipaddress.ip_interface(text)
    if "/" not in text:
        raise ValueError
    return text


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="setup-host", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    option = parser.add_argument
    option(
        "--nic", metavar="CARD", action="append", default=[], help="PCI address or interface; may be repeated"
    )
    option(
        "--address",
        metavar="ADDRESS/LENGTH",
        type=_address,
        action="append",
        default=[],
        help="an address of the tracker, with its prefix length; may be repeated",
    )
    option("--max-torrents", metavar="N", type=int, default=0, help="swarm.max_torrents of the configuration")
    option("--max-peers", metavar="N", type=int, default=0, help="swarm.max_peers of the configuration")
    option("--lcores", metavar="N", type=int, default=0, help="number of lcores; default: up to 4")
    option("--pages", choices=PAGES, help="size of huge pages; default: 1G for tables of 4 GiB or more")
    option("--config", metavar="FILE", default="/etc/weir/weir.cfg", help="configuration to write")
    option("--weir", metavar="PROGRAM", help="the program weir; default: the installed one")
    option(
        "--force",
        action="store_true",
        help="take the card of the default route or of this SSH connection, too",
    )
    option("--apply", action="store_true", help="do it; without this option nothing is changed")
    option(
        "--undo", action="store_true", help="restore what was there before --apply, also where that failed"
    )
    # For tests: a folder that stands for the machine's.
    option("--root", type=pathlib.Path, default=pathlib.Path("/"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.apply and arguments.undo:
        parser.error("--apply and --undo exclude each other")
    if min(arguments.max_torrents, arguments.max_peers, arguments.lcores) < 0:
        parser.error("a number is negative")
    if not arguments.config.startswith("/"):
        arguments.config = os.path.abspath(arguments.config)
    return arguments


def request_of(arguments):
    return Request(
        nics=tuple(arguments.nic),
        addresses=tuple(arguments.address),
        lcores=arguments.lcores,
        page_bytes=PAGES.get(arguments.pages, 0),
        max_torrents=arguments.max_torrents,
        max_peers=arguments.max_peers,
        force=arguments.force,
    )


def installed():
    return {name for name in ("driverctl",) if shutil.which(name)}


def make_plan(machine, request, arguments):
    """The plan, and the configuration; the latter is None if something stands in the way of it."""
    plan = Plan()
    cards.choose_nics(machine, request, plan)
    cards.check_addresses(request, plan)
    if plan.driver is None:
        return plan, None
    driver_file = (DRIVERS / plan.driver.file).read_text()
    placement.choose_lcores(machine, request, plan, configuration.queues_max(driver_file))
    cards.choose_binding(machine, plan)
    cards.check_tools(plan, installed())
    if plan.lcores is None or not request.addresses:
        return plan, None
    include = configuration.include_path(arguments.root, DRIVERS, plan.driver.file)
    text = configuration.text(plan, request, include)
    try:
        sizing = configuration.check(arguments.weir or shutil.which("weir") or "weir", text)
        placement.choose_pages(machine, request, plan, sizing)
    except configuration.Refused as refused:
        plan.refusals += refused.args
    placement.choose_words(machine, plan)
    return plan, text


def check_rights(arguments, plan):
    if arguments.apply and not os.access(arguments.root / "etc", os.W_OK):
        plan.refusals.append("no permission to change this machine: sudo scripts/setup-host")
    if arguments.apply and write.State(arguments.root).exists():
        plan.refusals.append("an --apply is in force, or failed: scripts/setup-host --undo first")


def undo(arguments):
    if not os.access(arguments.root / "etc", os.W_OK):
        raise Failed("no permission to change this machine: sudo scripts/setup-host --undo")
    if not write.State(arguments.root).exists():
        print("nothing to undo")
        return 0
    write.undo(arguments.root, print)
    print("restored; a kernel command line that was changed is in force until a reboot")
    return 0


def apply(arguments, plan, steps):
    try:
        write.apply(arguments.root, steps, print)
    except Failed as failed:
        raise Failed(f"{failed}\nsetup-host: scripts/setup-host --undo takes back what was done") from failed
    if plan.words:
        print("done; reboot, then start Weir: systemctl reboot")
    else:
        print("done; start Weir: systemctl restart weir")


def set_up(arguments):
    machine = read.machine(arguments.root, routes.ssh_connection(os.environ))
    plan, text = make_plan(machine, request_of(arguments), arguments)
    check_rights(arguments, plan)
    print("\n".join(show.machine_lines(machine)))
    if plan.refusals:
        sys.stdout.flush()
        print("\n".join(show.refusal_lines(plan.refusals)), file=sys.stderr)
        return REFUSED
    print("\n".join(["", *show.plan_lines(plan), "", f"{arguments.config}", text]))
    steps = write.steps_of(plan, machine, arguments.config, text)
    if arguments.apply:
        apply(arguments, plan, steps)
        return 0
    shown = [step for step in steps if not (isinstance(step, Command) and step.at_undo)]
    print("\n".join([*show.step_lines(shown), "", "nothing was changed; --apply does it"]))
    return 0


def main():
    arguments = parse_arguments()
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:{SBIN}"
    try:
        return undo(arguments) if arguments.undo else set_up(arguments)
    except KeyboardInterrupt:
        print("setup-host: interrupted; --undo takes back what was done", file=sys.stderr)
        return 130
    except Failed as failed:
        sys.stdout.flush()
        print(f"setup-host: {failed}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
