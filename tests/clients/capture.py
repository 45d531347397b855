# SPDX-License-Identifier: BSD-3-Clause
"""Frames recorded by tcpdump, and what they say to us and to tshark."""

import signal
import subprocess
import time

import frames
import process

# What tshark must not find in a frame of ours.
COMPLAINTS = (
    "_ws.malformed",
    'ip.checksum.status == "Bad"',
    'udp.checksum.status == "Bad"',
    'icmp.checksum.status == "Bad"',
    'icmpv6.checksum.status == "Bad"',
)
CHECKSUMS_ON = ("-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")


class Capture:
    def __init__(self, namespace, link, path):
        self.path = path
        # -Z root: the folder is ours alone, and tcpdump would become another user.
        self._process = namespace.spawn(
            "tcpdump",
            "-i",
            link,
            "-n",
            "-U",
            "--immediate-mode",
            "-Z",
            "root",
            "-w",
            path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        line = self._process.stderr.readline().decode(errors="replace")
        if "listening on" not in line:
            process.stop(self._process)
            raise process.Failure(f"tcpdump does not listen: {line.strip()}")

    def stop(self):
        if self._process.poll() is None:
            time.sleep(0.2)  # frames on their way to tcpdump
        process.stop(self._process, signal.SIGINT)

    def datagrams(self):
        """All UDP datagrams, in order."""
        return list(frames.read_datagrams(self.path))

    def _tshark_count(self, condition):
        result = process.run(
            ["tshark", "-r", self.path, *CHECKSUMS_ON, "-Y", condition, "-T", "fields", "-e", "frame.number"],
            timeout=60,
        )
        return len([line for line in result.stdout.splitlines() if line.strip().isdigit()])

    def tshark_report(self, mac):
        """What tshark thinks of the frames sent from `mac`: how many of which kind."""
        sent = f"eth.src == {mac}"
        return {
            "frames": self._tshark_count(sent),
            "udp over ipv4": self._tshark_count(f"{sent} && ip && udp && !icmp"),
            "udp over ipv6": self._tshark_count(f"{sent} && ipv6 && udp && !icmpv6"),
            "good udp checksums": self._tshark_count(
                f'{sent} && udp.checksum.status == "Good" && !icmp && !icmpv6'
            ),
            "complaints": self._tshark_count(f"{sent} && ({' || '.join(COMPLAINTS)})"),
        }
