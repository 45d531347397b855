# SPDX-License-Identifier: BSD-3-Clause
"""Checks Weir's verdicts against those expected for its requests."""

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
DROPPED = "ring_full"  # an announce or scrape that was dropped because its worker was busy
TOLERANCE = 0.02  # an interval begins and ends within a file, whose mix is even only as a whole


class NothingReceived(Failed):
    """Weir stood still."""


def handled(shares, before, after):
    """Number of requests with the expected verdict between two readings of /weir/verdicts. `shares`: the
    mix of requests. Junk must be dropped; dropped announces and scrapes do not count."""
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    total = sum(grown.values())
    unexpected = set(grown) - _possible(shares) - {DROPPED}
    if total == 0:
        raise NothingReceived("no packets were received")
    if unexpected:
        raise Failed(f"unexpected verdicts: {grown}")
    _check_shares(shares, grown, total)
    return total - grown.get(DROPPED, 0)


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
        "announce and scrape": sum(grown.get(name, 0) for name in ("announce", "scrape", DROPPED)),
        "junk": sum(grown.get(name, 0) for name in JUNK),
    }
    for name, share in wanted.items():
        if abs(found[name] / total - share) > TOLERANCE:
            raise Failed(
                f"{name}: {found[name] / total:.1%} of the verdicts, {share:.1%} of the requests: {grown}"
            )
