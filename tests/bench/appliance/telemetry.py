# SPDX-License-Identifier: BSD-3-Clause
"""The telemetry socket of a DPDK program: commands in, JSON out."""

import json
import socket
import time
from dataclasses import dataclass

from process import Failed

TIMEOUT_S = 10
BOOT_S = 120  # memory of small pages is touched page by page


def socket_path(runtime, file_prefix):
    """The socket of a program with RUNTIME_DIRECTORY=runtime."""
    return runtime / "dpdk" / file_prefix / "dpdk_telemetry.v2"


@dataclass
class Reply:
    value: object
    when_s: float  # monotonic clock, half way between request and reply
    took_s: float


class Telemetry:
    def __init__(self, path, process):
        """Waits until the process has opened its socket."""
        self._path = path
        process.wait_for(self._connects, "telemetry socket", BOOT_S)
        self._reply_max = json.loads(self._socket.recv(1024))["max_output_len"]

    def _connects(self):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(TIMEOUT_S)
        return self._socket.connect_ex(str(self._path)) == 0

    def ask(self, command):
        before = time.monotonic()
        try:
            self._socket.send(command.encode("ascii"))
            text = self._socket.recv(self._reply_max)
        except OSError as error:
            raise Failed(f"telemetry {command}: {error.strerror or error}") from None
        after = time.monotonic()
        value = json.loads(text)[command.partition(",")[0]]
        if value is None:
            raise Failed(f"telemetry {command}: refused")
        return Reply(value, (before + after) / 2, after - before)
