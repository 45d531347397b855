# SPDX-License-Identifier: BSD-3-Clause
"""Holds Weir's verdicts against what the requests it was given deserve."""

from process import Failed

REQUESTS = ("connect", "announce", "scrape")
JUNK = (
    "id_forged",
    "id_expired",
    "request_short",
    "request_magic",
    "request_action",
    "announce_short",
    "announce_port_zero",
    "scrape_short",
    "udp_length",
)
GIVEN_UP = "ring_full"  # an announce or scrape for which a worker had no time
SLACK = 0.02  # an interval begins and ends within a file, whose mixture is even only on the whole


def handled(shares, before, after):
    """Requests that ended as they should between two readings of /weir/verdicts. `shares` says what
    the requests are. Junk ends well when it is refused; a request given up does not count."""
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    total = sum(grown.values())
    strange = set(grown) - _possible(shares) - {GIVEN_UP}
    if total == 0 or strange:
        raise Failed(f"not what these requests deserve: {grown or 'nothing came in'}")
    _check_shares(shares, grown, total)
    return total - grown.get(GIVEN_UP, 0)


def _possible(shares):
    possible = {name for name in REQUESTS if shares.get(name)}
    return possible | set(JUNK) if shares.get("junk") else possible


def _check_shares(shares, grown, total):
    wanted = {
        "connect": shares.get("connect", 0),
        "announce and scrape": shares.get("announce", 0) + shares.get("scrape", 0),
        "junk": shares.get("junk", 0),
    }
    found = {
        "connect": grown.get("connect", 0),
        "announce and scrape": sum(grown.get(name, 0) for name in ("announce", "scrape", GIVEN_UP)),
        "junk": sum(grown.get(name, 0) for name in JUNK),
    }
    for name, share in wanted.items():
        if abs(found[name] / total - share) > SLACK:
            raise Failed(
                f"{name}: {found[name] / total:.1%} of the verdicts, {share:.1%} of the requests: {grown}"
            )
