#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""transfer.py LINK: two libtorrent clients on the NIC LINK find each other through Weir, over IPv4 and IPv6.

The test is that of tests/clients: it compares every count and every verdict of a Weir that has served
nobody else.
"""

import sys

from hub import Hub
from process import Failure

import tests_libtorrent


def main():
    with Hub(sys.argv[1]) as hub:
        for family in ("ipv4", "ipv6"):
            try:
                tests_libtorrent.transfer(hub, family)
            except Failure as failure:
                print(f"{family}: {failure}")
                return 1
            print(
                f"{family}: 2 MiB fetched from a peer that Weir named; every count and verdict as it must be"
            )
        print(f"completed: {hub.weir.stats()['completed']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
