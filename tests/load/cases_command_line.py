# SPDX-License-Identifier: BSD-3-Clause
"""Errors of the command line, and runs that must fail."""

from suite import case, check


@case("all errors of a command line are reported at once")
def all_errors(laboratory):
    ended = laboratory.load("--clients", "many", "--tracker6", "192.0.2.1", "--write", "x", "--no")
    check(ended.status == 2, f"exit status {ended.status}")
    for words in ("--clients many", "--tracker6 192.0.2.1", "unknown option --no", "--write requires"):
        check(words in ended.err, f"{words} is missing in\n{ended.err}")
    check(ended.json == {}, "there are results")


@case("a port with no host behind it: the run fails, it does not report losses")
def nobody(laboratory):
    ended = laboratory.load("--duration", 1, eal=["--vdev=net_null0,no-rx=1"])
    ended.check(ended.status == 1, f"exit status {ended.status}")
    ended.check("no reply to ARP requests" in ended.err, "the reason is missing")
    ended.check(ended.json["finished"] is False, "counts as finished")


@case("connects without replies: the run fails")
def silence(laboratory):
    ended = laboratory.load(
        "--duration", 1, "--tracker-mac", "02:00:00:00:00:01", eal=["--vdev=net_null0,no-rx=1"]
    )
    ended.check(ended.status == 1, f"exit status {ended.status}")
    ended.check("no reply to connects" in ended.err, "the reason is missing")


@case("without a port the error says how to add one")
def no_port(laboratory):
    ended = laboratory.load("--duration", 1, eal=["--no-pci"])
    ended.check(ended.status == 1, f"exit status {ended.status}")
    ended.check("DPDK found no port" in ended.err, "the reason is missing")
