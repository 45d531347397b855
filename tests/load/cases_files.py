# SPDX-License-Identifier: BSD-3-Clause
"""--write: the contents of the file, and the replies of Weir to it."""

from laboratory import SMALL, TRACKER6
from suite import case, check

WEIR_PCAP_MAC = "02:70:63:61:70:00"
MIXED = ["--tracker6", TRACKER6, "--ipv6-share", 30, "--stopped", 5, "--completed", 5]

# Verdicts of the three kinds of junk.
JUNK = ("id_forged", "request_short", "request_magic", "request_action", "announce_short")


def write(laboratory, *arguments):
    file = laboratory.folder() / "in.pcap"
    ended = laboratory.load("--write", file, "--tracker-mac", WEIR_PCAP_MAC, *SMALL, *arguments)
    ended.check(ended.status == 0, f"exit status {ended.status}")
    return file, ended.json


@case("the same seed writes the same file, another seed a different one")
def seeds(laboratory):
    files = [
        write(laboratory, "--count", 3000, "--junk", 10, "--seed", seed, *MIXED)[0].read_bytes()
        for seed in (7, 7, 8)
    ]
    check(files[0] == files[1], "two files of one seed differ")
    check(files[0] != files[2], "files of two seeds are the same")


@case("Weir answers every request of a file, over IPv4 and IPv6")
def weir_answers(laboratory):
    file, written = write(laboratory, "--count", 30000, *MIXED)
    verdicts = laboratory.weir_on_pcap(file).verdicts
    sent = {kind: written["kinds"][kind]["sent"] for kind in written["kinds"]}
    answered = {kind: verdicts.get(("ipv4", kind), 0) + verdicts.get(("ipv6", kind), 0) for kind in sent}
    check(answered == sent, f"written {sent}, answered {answered}, of {verdicts}")
    check(sum(sent.values()) == 30000, f"written {sent}")
    for family, tally in written["families"].items():
        counted = sum(n for (where, _), n in verdicts.items() if where == family)
        check(counted == tally["sent"] > 0, f"{family}: written {tally}, Weir saw {counted}")


@case("every datagram of junk is dropped")
def junk(laboratory):
    file, written = write(laboratory, "--count", 6000, "--junk", 50, *MIXED)
    verdicts = laboratory.weir_on_pcap(file).verdicts
    dropped = sum(n for (_, name), n in verdicts.items() if name in JUNK)
    check(dropped == written["junk_sent"] > 2500, f"{written['junk_sent']} written, {verdicts}")


@case("--fill: every peer announces once and is stored, with the share of seeders")
def fill(laboratory):
    file, written = write(laboratory, "--fill", *MIXED)
    stats = laboratory.weir_on_pcap(file).stats
    seeders = stats["seeders_ipv4"] + stats["seeders_ipv6"]
    leechers = stats["leechers_ipv4"] + stats["leechers_ipv6"]
    check(written["kinds"]["announce"]["sent"] == 20000, f"written {written}")
    check(seeders + leechers == 20000, f"{seeders} and {leechers} stored")
    check(0.73 < seeders / 20000 < 0.77, f"{seeders} seeders, not about 75 %")
    check("completed" not in stats, "completions were counted")
