# SPDX-License-Identifier: BSD-3-Clause
"""Questions to a running Weir over DPDK's telemetry socket, as dpdk-telemetry.py asks them."""

import json
import os
import socket

REPLY_MAX = 1 << 16
TIMEOUT_S = 30


def socket_path(runtime_directory, prefix="weir"):
    return os.path.join(runtime_directory, "dpdk", prefix, "dpdk_telemetry.v2")


class Connection:
    """A conversation; DPDK has room for ten at a time."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(TIMEOUT_S)
        self._socket.connect(path)
        self._socket.recv(REPLY_MAX)  # the greeting: version, process id, longest reply

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, command):
        """The value that answers `command`, for instance "/weir/verdicts,ipv4"."""
        self._socket.send(command.encode())
        reply = json.loads(self._socket.recv(REPLY_MAX))
        return reply[command.split(",")[0]]


def ask(path, command):
    with Connection(path) as connection:
        return connection.ask(command)
