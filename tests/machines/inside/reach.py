#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""reach.py LINK NUMBER: a client pings and uses the tracker at 10.77.0.NUMBER and fd77::NUMBER."""

import sys

from hub import Hub, process

import bep15
from tests_host import ping

CLIENT = 8


def main():
    link, number = sys.argv[1:]
    try:
        with Hub(link) as hub:
            client = hub.client(CLIENT)
            for address in (f"10.77.0.{number}", f"fd77::{number}"):
                ping(client, address)
                bep15.full_exchange(client, address)
                print(f"{address}: every exchange as it must be")
    except process.Failure as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
