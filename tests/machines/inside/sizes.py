#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""sizes.py LINK MTU ADDRESS…: how much the replies of a Weir at these addresses hold, as JSON. MTU is that of
the client's interface.

  peers, rows   the most in an announce reply and in a scrape reply, by address
  verdicts      with an MTU above 1500: how many packets were dropped as what, after a scrape of one torrent
                more than a packet of 1500 bytes has, one of 150 torrents, and a ping of the MTU, each sent
                once to each address
"""

import json
import os
import struct
import sys
import time

from hub import Hub, process

import bep15

CLIENT = 8
PEERS = {4: 210, 6: 80}  # in a torrent, more than any reply holds
SCRAPE_MAX = {4: 72, 6: 71}
SCRAPE_JUMBO = 150
HEADERS = {4: 28, 6: 48}  # of a ping
COUNTED = ("request_long", "frame_segmented", "ipv4_header", "ipv6_header")


def peers_in_reply(client, count):
    info_hash = os.urandom(20)
    for i in range(count):
        client.announce(info_hash, 7000 + i, left=1000, event=bep15.STARTED, want=0)
    return len(client.announce(info_hash, 6999, left=1000, event=bep15.STARTED, want=1000).peers)


def send_scrape(client, count):
    """A request that gets no reply."""
    client.socket.send(struct.pack(">QII", client.connection_id, bep15.SCRAPE, 1) + os.urandom(20 * count))


def send_too_much(namespace, client, address, mtu):
    send_scrape(client, SCRAPE_MAX[client.version] + 1)
    send_scrape(client, SCRAPE_JUMBO)
    size = mtu - HEADERS[client.version]
    command = ("ping", "-n", "-c", "1", "-W", "2", "-M", "do", "-s", str(size), address)
    if namespace.run(*command, check=False).returncode == 0:
        raise process.Failure(f"{address} has answered a ping of {size} bytes")


def measure(hub, mtu, addresses):
    namespace = hub.client(CLIENT)
    namespace.ip("link", "set", "eth0", "mtu", str(mtu))
    found = {"peers": {}, "rows": {}}
    before = hub.weir.verdicts()
    for address in addresses:
        with bep15.Client(namespace, address) as client:
            version = client.version
            client.connect()
            found["peers"][address] = peers_in_reply(client, PEERS[version])
            hashes = [os.urandom(20) for _ in range(SCRAPE_MAX[version])]
            found["rows"][address] = len(client.scrape(*hashes))
            if mtu > 1500:
                send_too_much(namespace, client, address, mtu)
    time.sleep(1)
    after = hub.weir.verdicts()
    return found | {"verdicts": {name: after[name] - before[name] for name in COUNTED}}


def main():
    link, mtu, *addresses = sys.argv[1:]
    try:
        process.run(["ip", "link", "set", link, "mtu", mtu])
        with Hub(link) as hub:
            print(json.dumps(measure(hub, int(mtu), addresses)))
    except process.Failure as failure:
        print(failure)
        return 1
    finally:
        process.run(["ip", "link", "set", link, "mtu", "1500"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
