# SPDX-License-Identifier: BSD-3-Clause
"""Payloads of BEP 15, both ways."""

import struct

MAGIC = 0x41727101980
CONNECT, ANNOUNCE, SCRAPE, ERROR = range(4)
NONE, COMPLETED, STARTED, STOPPED, PAUSED = range(5)

PEERS_MAX = {"ipv4": 200, "ipv6": 66}
SCRAPE_MAX = {"ipv4": 72, "ipv6": 71}
STRIDE = {"ipv4": 6, "ipv6": 18}

ID_EXPIRED = b"connection id expired"
PORT_ZERO = b"port must not be 0"
CLIENT_DENIED = b"client not allowed"
KEY_UNKNOWN = b"key unknown"
KEY_EXPIRED = b"key expired"

PEER_ID = b"-GT0001-golden-tests"


def connect(transaction_id, magic=MAGIC, action=CONNECT):
    return struct.pack(">QII", magic, action, transaction_id)


def announce(
    connection_id,
    transaction_id,
    info_hash,
    port,
    *,
    left=0,
    event=NONE,
    num_want=-1,
    ip=0,
    key=0,
    downloaded=0,
    uploaded=0,
    peer_id=PEER_ID,
):
    return struct.pack(
        ">QII20s20sQQQIIIiH",
        connection_id,
        ANNOUNCE,
        transaction_id,
        info_hash,
        peer_id,
        downloaded,
        left,
        uploaded,
        event,
        ip,
        key,
        num_want,
        port,
    )


def url_data(*pieces):
    """Options of BEP 41 behind an announce, one for each piece of the URL."""
    return b"".join(bytes([2, len(piece)]) + piece for piece in pieces)


def scrape(connection_id, transaction_id, info_hashes):
    return struct.pack(">QII", connection_id, SCRAPE, transaction_id) + b"".join(info_hashes)


def connect_reply(transaction_id, connection_id):
    return struct.pack(">IIQ", CONNECT, transaction_id, connection_id)


def announce_reply(transaction_id, interval, leechers, seeders, peers=b""):
    head = struct.pack(">IIIII", ANNOUNCE, transaction_id, interval, leechers, seeders)
    return head + peers


def scrape_reply(transaction_id, rows):
    """Rows of (seeders, completed, leechers)."""
    head = struct.pack(">II", SCRAPE, transaction_id)
    return head + b"".join(struct.pack(">III", *row) for row in rows)


def error_reply(transaction_id, text):
    return struct.pack(">II", ERROR, transaction_id) + text
