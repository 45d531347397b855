#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""answer.py LINK ADDRESS: whether ADDRESS answers a client's pings."""

import sys

from hub import Hub, process

from tests_host import ping


def main():
    link, address = sys.argv[1:]
    try:
        with Hub(link) as hub:
            ping(hub.client(8), address)
    except process.Failure as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
