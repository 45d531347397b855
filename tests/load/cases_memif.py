# SPDX-License-Identifier: BSD-3-Clause
"""Against Weir over memif: needs neither privileges nor a network."""

from laboratory import SMALL, TRACKER6, WEIR_MAC
from suite import case, check

MIXED = ["--tracker6", TRACKER6, "--ipv6-share", 40, "--stopped", 5, "--completed", 5]


def check_sums(ended):
    """The sums over kinds and over address families are those of all requests."""
    for division in ("kinds", "families"):
        for key in ("sent", "answered", "lost", "errors"):
            total = sum(part[key] for part in ended.json[division].values())
            ended.check(total == ended.json[key], f"{division} have {total} {key}")


def check_latency(ended):
    latency = ended.json["latency_us"]
    order = [latency[key] for key in ("min", "p50", "p90", "p99", "p999", "p9999", "max")]
    ended.check(order == sorted(order) and order[0] > 0, "percentiles are not in order")
    ended.check(latency["min"] <= latency["mean"] <= latency["max"], "the mean is out of range")


@case("closed loop: every request is answered, and Weir counts the same")
def closed(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--duration", 1, *SMALL, *MIXED)
    ended.check_clean()
    check_sums(ended)
    check_latency(ended)
    announce = ended.json["kinds"]["announce"]
    ended.check(0 < announce["peers_per_reply"] <= 30, "no peers in replies, or too many")
    ended.check(ended.json["families"]["ipv6"]["sent"] > 0, "nothing over IPv6")
    seen = weir.ended.verdicts.get(("ipv4", "announce"), 0)
    check(seen >= announce["answered"] // 2, f"Weir saw {seen} announces over IPv4")


@case("open loop: the requests that are due, and their latency")
def open_loop(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--duration", 1, "--rate", 20000, *SMALL)
    ended.check_clean()
    check_latency(ended)
    due = ended.json["sent"] + ended.json["unsent"]
    ended.check(abs(due - 20000 * ended.json["seconds"]) < 1000, f"{due} were due")


@case("--count ends the run after that number of requests")
def count(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--count", 12345, *SMALL)
    ended.check_clean()
    ended.check(ended.json["sent"] == 12345, "the number of requests sent is wrong")


@case("--fill: the tracker stores every peer")
def fill(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--fill", *SMALL)
    ended.check_clean()
    stats = weir.ended.stats
    check(stats["seeders_ipv4"] + stats["leechers_ipv4"] == 20000, f"Weir holds {stats}")


@case("junk gets no reply and does not disturb other requests")
def junk(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--count", 20000, "--junk", 30, *SMALL, *MIXED)
    ended.check_clean()
    ended.check(5000 < ended.json["junk_sent"] < 7000, "the share of junk is not about 30 %")
    ended.check(ended.json["sent"] + ended.json["junk_sent"] == 20000, "the number of requests sent is wrong")


@case("requests of abusive clients are counted apart")
def abuse(laboratory):
    with laboratory.weir_on_memif() as weir:
        ended = laboratory.load_memif(weir, "--count", 20000, "--abusers", 10, "--abuse", 40, *SMALL)
    ended.check_clean()
    check_sums(ended)
    abusive = ended.json["abuse"]["announce"]
    ended.check(3500 < abusive["answered"] < 4500, "not 40 % of announces")
    ended.check(abusive["answered"] == abusive["sent"], "lost")
    sent = ended.json["sent"] + sum(kind["sent"] for kind in ended.json["abuse"].values())
    ended.check(sent == 20000, "the number of requests sent is wrong")


@case("requests that an overloaded tracker drops are counted as lost")
def lossy(laboratory):
    # Rings of one entry between the lcores: nearly all of a burst is dropped.
    more = 'lcores = { main = [ 0 ]; io = [ 0 ]; workers = [ 1 ]; ring_size = 2; idle = "sleep"; };'
    with laboratory.weir_on_memif(more) as weir:
        ended = laboratory.load_memif(
            weir, *SMALL, "--count", 20000, "--window", 64, "--timeout", 100, "--connect", 0
        )
    lost = ended.json["lost"]
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(lost > 0, "nothing was lost")
    ended.check(
        ended.json["answered"] + lost == ended.json["sent"], "some requests are neither answered nor lost"
    )
    check_sums(ended)


@case("--replay sends a file unchanged and counts the replies")
def replay(laboratory):
    file = laboratory.folder() / "connects.pcap"
    with laboratory.weir_on_memif() as weir:
        written = laboratory.load(
            "--write", file, "--count", 5000, "--announce", 0, "--scrape", 0, "--tracker-mac", WEIR_MAC
        )
        ended = laboratory.load_memif(weir, "--replay", file, "--rate", 20000, "--count", 7000)
    written.check(written.status == 0, f"exit status {written.status}")
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(ended.json["sent"] == 7000, "the number of requests sent is wrong")
    # Weir drops replies that a full ring does not accept.
    ended.check(
        6000 < ended.json["replies"]["connect"] <= 7000, "too few or too many replies to 7000 connects"
    )
    check(ended.json["mode"] == "replay", "the mode is wrong")
