# SPDX-License-Identifier: BSD-3-Clause
"""Questions to a running Weir over DPDK's telemetry socket, as dpdk-telemetry.py asks them."""

import json
import os
import socket

REPLY_MAX = 1 << 16
TIMEOUT_S = 30


def socket_path(runtime_directory, prefix="weir"):
    return os.path.join(runtime_directory, "dpdk", prefix, "dpdk_telemetry.v2")


def ask(path, command):
    """The value that answers `command`, for instance "/weir/verdicts,ipv4"."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(TIMEOUT_S)
        connection.connect(path)
        connection.recv(REPLY_MAX)  # the greeting: version, process id, longest reply
        connection.send(command.encode())
        reply = json.loads(connection.recv(REPLY_MAX))
    return reply[command.split(",")[0]]
