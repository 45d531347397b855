# SPDX-License-Identifier: BSD-3-Clause
"""Sources that take more than their share, among others that do not."""

import json

import loaded
from full import times
from suite import case, check

GOOD = 100_000
ABUSERS = 1000
SECONDS = times(20, 6)
ATTEMPTS = times(1, 3)
GOOD_LOAD, ALL_LOAD = 0.3, 2.0  # of the capacity
GOOD_ANSWERED = 0.999
BUDGET, BURST = 200, 2000
PRICE_MAX = 5  # units of an announce for 30 peers, rounded up
TABLE = 70_000
BUDGETS = f"budget = {BUDGET}; burst = {BURST}; connects = 100000;"
ALL_IPV4 = ("--ipv6-share", 0)  # its IPv6 network has fewer clients
STORED = 0.999
LIMITS = ("source_limited", "overload", "announce_source_full")


def limited(weir):
    verdicts = weir.ask("/weir/verdicts")
    return {name: verdicts[name] for name in LIMITS if verdicts[name] > 0}


def share(part):
    return part["answered"] / max(part["sent"], 1)


def capacity(laboratory):
    """Requests a second of the good clients alone, as fast as they get replies."""
    with loaded.running(laboratory, torrents=50_000, peers=200_000) as weir:
        results = weir.load(
            *ALL_IPV4, "--clients", GOOD, "--torrents", 40_000, "--peers", 150_000, "--duration", 3
        )
    return results["rate"]


def abused(laboratory, good, all_requests):
    """What the load saw and what Weir says, with so many requests a second."""
    with loaded.running(laboratory, torrents=50_000, peers=200_000, limits=BUDGETS) as weir:
        memory = weir.weir.ask("/weir/memory")
        results = weir.load(
            *ALL_IPV4,
            *("--clients", GOOD + ABUSERS, "--abusers", ABUSERS, "--abuse", 100 * (1 - good / all_requests)),
            *("--torrents", 40_000, "--peers", 150_000, "--duration", SECONDS, "--rate", int(all_requests)),
        )
        after = weir.weir.ask("/weir/memory")
        verdicts = weir.weir.ask("/weir/verdicts")
        sources = weir.weir.ask("/weir/sources")
    check(after["heap_used_bytes"] <= memory["heap_used_bytes"], f"{memory} {after}")
    return results, verdicts, sources


@case(
    "limits: a thousand abusive sources over the capacity take nothing from a hundred thousand good ones",
    alone=True,
)
def abuse(laboratory):
    # A lcore that the machine stops for some milliseconds must shed load, whoever sends it.
    for _ in range(ATTEMPTS):
        most = capacity(laboratory)
        results, verdicts, sources = abused(laboratory, good=most * GOOD_LOAD, all_requests=most * ALL_LOAD)
        if share(results) >= GOOD_ANSWERED:
            break
    announces, abusive = results["kinds"]["announce"], results["abuse"]["announce"]
    check(share(results) >= GOOD_ANSWERED, f"good clients: {json.dumps(results)}")
    check(share(announces) >= GOOD_ANSWERED, f"announces of good clients: {announces}")
    held_to = ABUSERS * (BUDGET * (SECONDS + 1) + BURST)  # units
    check(abusive["answered"] <= held_to, f"{abusive}: at most {held_to}")
    check(abusive["answered"] >= held_to / PRICE_MAX / 4, f"{abusive}: they get their budget")
    check(verdicts["source_limited"] > 0, f"{verdicts}")
    check(sources["limited"] > 0, f"{sources}")


@case("limits: without abuse nobody is limited, by default")
def no_abuse(laboratory):
    with loaded.running(laboratory, torrents=50_000, peers=200_000, limits="") as weir:
        results = weir.load(
            *ALL_IPV4,
            *("--clients", GOOD, "--torrents", 40_000, "--peers", 150_000),
            *("--duration", SECONDS, "--rate", 100_000),
        )
        told = limited(weir.weir)
    check(results["lost"] == results["errors"] == results["wrong"] == 0, json.dumps(results))
    check(not told, f"{told}")


@case("limits: a NAT in front of ten thousand clients with five torrents each is not limited, by default")
def nat(laboratory):
    clients, torrents = 10_000, 5
    with loaded.running(laboratory, torrents=500_000, peers=1_000_000, limits="") as weir:
        results = weir.load(
            *("--clients", 1, "--ipv6-share", 0, "--peers", clients * torrents, "--torrents", 20_000),
            # Their announces of half an hour, 28 a second, in the order of peers, with a connect each.
            *("--connect", 1, "--announce", 1, "--scrape", 0, "--rate", 2 * 28 * 2, "--duration", SECONDS),
            *("--num-want", 200, "--popularity", "uniform"),
        )
        told = limited(weir.weir)
    check(results["lost"] == results["errors"] == results["wrong"] == 0, json.dumps(results))
    check(not told, f"{told}")


@case("limits: one source stores no more than its share, and others find room")
def share_of_table(laboratory):
    with loaded.running(laboratory, peers=TABLE, peers_ipv6=0) as weir:
        # One address announces more peers than the table has places.
        weir.load(
            *("--clients", 1, "--ipv6-share", 0, "--client-net", "198.19.0.0/24", "--popularity", "uniform"),
            *("--peers", 60_000, "--torrents", 1000, "--fill"),
        )
        stats = weir.weir.ask("/weir/stats")
        verdicts = weir.weir.ask("/weir/verdicts")
        peers = stats["seeders_ipv4"] + stats["leechers_ipv4"]
        check(peers <= TABLE // 8, f"{peers} peers of one source")
        check(verdicts["announce_source_full"] > 0, f"{verdicts}")
        refused = verdicts["announce_source_full"]
        weir.load(
            *("--clients", 20_000, "--ipv6-share", 0, "--popularity", "uniform"),
            *("--peers", 40_000, "--torrents", 1000, "--fill"),
        )
        stats = weir.weir.ask("/weir/stats")
        verdicts = weir.weir.ask("/weir/verdicts")
    stored = stats["seeders_ipv4"] + stats["leechers_ipv4"] - peers
    check(stored >= 40_000 * STORED, f"{stored} of others, {verdicts}")
    check(verdicts["announce_source_full"] - refused <= 40_000 * (1 - STORED), f"{verdicts}")
