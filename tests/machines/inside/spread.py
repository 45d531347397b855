#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""spread.py LINK WEIR-MAC CLIENTS: that many clients of each family, each with an address of its own, ask
Weir for a connection id and announce a torrent of their own. Prints their addresses, and how many packets or
jobs each lcore took meanwhile, as JSON.
"""

import json
import os
import socket
import struct
import sys
import time

from hub import Hub, process

import bep15

CLIENT = 9
FIRST = 20
ADDRESSES = {
    socket.AF_INET: ("10.77.0.{:d}", 24, "10.77.0.1"),
    socket.AF_INET6: ("fd77::{:x}", 64, "fd77::1"),
}


def packets(hub):
    return {number: row["packets"] for number, row in hub.weir.ask("/weir/lcores").items()}


def prepare(client, weir_mac, count):
    """Addresses, and no ARP or NDP for them: what is counted are requests."""
    made = {}
    for family, (form, length, weir) in ADDRESSES.items():
        made[family] = [form.format(FIRST + i) for i in range(count)]
        for address in made[family]:
            nodad = ("nodad",) if family == socket.AF_INET6 else ()
            client.ip("addr", "add", f"{address}/{length}", "dev", "eth0", *nodad)
        client.ip("neigh", "replace", weir, "lladdr", weir_mac, "dev", "eth0", "nud", "permanent")
    return made


def ask(asker, request):
    """It is not sent again, because requests are counted."""
    asker.send(request)
    return asker.recv(100)


def take_part(client, family, address, weir):
    """Two requests and their replies."""
    with client.socket(family) as asker:
        asker.bind((address, 0))
        asker.settimeout(10)
        asker.connect((weir, 6969))
        connection_id = ask(asker, bep15.connect_request(1))[8:]
        head = connection_id + struct.pack(">II", bep15.ANNOUNCE, 2) + os.urandom(40)
        ask(asker, head + struct.pack(">QQQIIIiH", 0, 1000, 0, bep15.STARTED, 0, 0, -1, 7000))


def main():
    link, weir_mac, count = sys.argv[1:]
    try:
        with Hub(link) as hub:
            client = hub.client(CLIENT)
            made = prepare(client, weir_mac, int(count))
            time.sleep(6)  # the kernel's reports of groups have gone out
            before = packets(hub)
            for family, addresses in made.items():
                for address in addresses:
                    take_part(client, family, address, ADDRESSES[family][2])
            time.sleep(1)
            after = packets(hub)
            took = {number: after[number] - before[number] for number in after}
            print(json.dumps({"addresses": sum(made.values(), []), "packets": took}))
    except (process.Failure, OSError) as failure:
        print(failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
