#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Many torrents that can be checked: what is in torrent N follows from N.

  crowd.py LINK fill FROM TO    announces torrents FROM to TO-1
  crowd.py LINK grow FROM FILE  announces torrents from FROM on until it is ended, for ten minutes at most;
                                FILE has the number of the first one that is not announced completely
  crowd.py LINK check FROM TO   scrapes them; prints how many are whole, and the first that are not, as JSON

Even torrents are in the IPv4 swarm, odd ones in the IPv6 swarm. Each has a seeder; every third has another
one that was a leecher first, which is a completed download; the others have a leecher.
"""

import hashlib
import json
import os
import sys
import time

from hub import Hub, process

import bep15

ADDRESSES = ("10.77.0.1", "fd77::1")
CLIENT = 9
ID_S = 60  # BEP 15: how long a connection id is used
GROW_S = 600
HASHES_IN_SCRAPE = 70


def info_hash(number):
    return hashlib.sha1(f"torrent {number}".encode()).digest()


def downloaded(number):
    return number % 3 == 0


def expected(number):
    return bep15.Scraped(2, 1, 0) if downloaded(number) else bep15.Scraped(1, 0, 1)


class Crowd:
    def __init__(self, hub):
        self._clients = [bep15.Client(hub.client(CLIENT), address) for address in ADDRESSES]
        self._connected = None

    def client(self, number):
        now = time.monotonic()
        if self._connected is None or now > self._connected + ID_S:
            for client in self._clients:
                client.connect()
            self._connected = now
        return self._clients[number % len(self._clients)]

    def announce(self, number):
        client, torrent = self.client(number), info_hash(number)
        client.announce(torrent, 7000, left=0, event=bep15.STARTED, want=0)
        client.announce(torrent, 7001, left=1, event=bep15.STARTED, want=0)
        if downloaded(number):
            client.announce(torrent, 7001, left=0, event=bep15.COMPLETED, want=0)

    def fill(self, first, end):
        for number in range(first, end):
            self.announce(number)

    def grow(self, first, path):
        end = time.monotonic() + GROW_S
        number = first
        while time.monotonic() < end:
            with open(f"{path}.new", "w", encoding="ascii") as file:
                file.write(str(number))
            os.replace(f"{path}.new", path)
            self.announce(number)
            number += 1

    def check(self, first, end):
        wrong, count = [], 0
        for parity in range(len(ADDRESSES)):
            numbers = [number for number in range(first, end) if number % len(ADDRESSES) == parity]
            for at in range(0, len(numbers), HASHES_IN_SCRAPE):
                part = numbers[at : at + HASHES_IN_SCRAPE]
                rows = self.client(parity).scrape(*map(info_hash, part))
                bad = [(n, row) for n, row in zip(part, rows) if row != expected(n)]
                count += len(part) - len(bad)
                wrong += bad
        return {"whole": count, "wrong": sorted(wrong)[:5]}


def main():
    link, command, first, last = sys.argv[1:]
    try:
        with Hub(link) as hub:
            crowd = Crowd(hub)
            if command == "fill":
                crowd.fill(int(first), int(last))
            elif command == "grow":
                crowd.grow(int(first), last)
            else:
                print(json.dumps(crowd.check(int(first), int(last))))
    except process.Failure as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
