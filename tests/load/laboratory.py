# SPDX-License-Identifier: BSD-3-Clause
"""Runs of weir and weir-load for the cases, in folders of their own."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

from appliance import Watched, Weir
from suite import Failed, check

TIMEOUT_S = 120

WEIR_MAC = "02:00:00:00:00:09"  # on memif
TRACKER = "192.0.2.1"
TRACKER6 = "2001:db8::1"

# A small tracker without limits by source, because loads come from few; names in braces are filled in.
CONFIG = """
ports = ( {{ addresses = [ "{tracker}/24", "{tracker6}/64" ]; }} );
host = {{ allow_private = true; dad = false; neighbour_rate = 1000000; }};
limits = {{ budget = 0; connects = 0; }};
swarm = {{ max_torrents = 20000; max_peers = 60000; max_peers_ipv6 = 20000; }};
memory = {{ file_prefix = "{prefix}"; }};
{more}
driver = {{ name = "test"; virtual = true; queues = 1; eal = [ "--no-pci", "{eal}" ]; }};
"""

# A load for that tracker, with a long time-out for busy machines. Cases may override its options: the
# last one counts.
SMALL = ["--clients", 1000, "--torrents", 2000, "--peers", 20000, "--warm-up", 0.2]
SMALL += ["--timeout", 3000]


@dataclass
class Loaded:
    """The result of a run of weir-load."""

    status: int
    err: str
    json: dict

    def check(self, condition, text):
        check(condition, f"{text}\n{json.dumps(self.json, indent=1)}\n{self.err}")

    def check_clean(self):
        """Checks that all requests were answered, and no reply was wrong."""
        self.check(self.status == 0, f"exit status {self.status}")
        self.check(self.json["wrong"] == 0, "wrong replies")
        self.check(self.json["answered"] == self.json["sent"] > 0, "not all requests were answered")


class Laboratory:
    def __init__(self, weir, weir_load):
        self.weir_load = weir_load
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="weir-load-test-"))  # mode 0700
        self.weir = Weir(weir, [], self.folder())
        self.weirs = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.root))

    def _write_config(self, folder, eal, more):
        self.weirs += 1
        path = folder / "weir.cfg"
        path.write_text(
            CONFIG.format(
                tracker=TRACKER,
                tracker6=TRACKER6,
                prefix=f"load-{os.getpid()}-{self.weirs}",
                eal=eal,
                more=more,
            )
        )
        return path

    def load(self, *arguments, eal=(), inside=()):
        """Runs weir-load; `inside`: words before the command, such as `ip netns exec`."""
        words = [*inside, self.weir_load, "--json", "-", *arguments, *(["--", *eal] if eal else [])]
        try:
            ended = subprocess.run(
                [str(word) for word in words], capture_output=True, text=True, timeout=TIMEOUT_S
            )
        except subprocess.TimeoutExpired as late:
            raise Failed(f"did not end within {TIMEOUT_S} s\n{late.stderr}") from None
        try:
            results = json.loads(ended.stdout) if ended.stdout else {}
        except ValueError:
            raise Failed(f"the results are not JSON:\n{ended.stdout}\n{ended.stderr}") from None
        return Loaded(ended.returncode, ended.stderr, results)

    def weir_on_pcap(self, file):
        """Runs Weir on a capture file until it ends."""
        folder = self.folder()
        eal = f"--vdev=net_pcap0,rx_pcap={file},tx_pcap={folder}/out.pcap"
        more = (
            "test = { seed = 1; time = 1700000000; };"
            'lcores = { main = [ 0 ]; io = [ 0 ]; workers = [ 0 ]; idle = "poll"; };'
        )
        config = self._write_config(folder, eal, more)
        ended = self.weir.run(["-c", config, "--run-for", 4], folder)
        ended.check_clean()
        return ended

    @contextlib.contextmanager
    def weir_on_memif(self, more=""):
        """A running Weir; `socket` is its memif, `ended` its result afterwards."""
        folder = self.folder()
        socket = folder / "memif.sock"
        eal = f"--vdev=net_memif0,role=server,id=0,socket={socket},socket-abstract=no,mac={WEIR_MAC}"
        config = self._write_config(folder, eal, more)
        watched = Watched(self.weir.start(["-c", config, "--run-for", TIMEOUT_S], folder))
        watched.socket = socket
        try:
            watched.wait_for("weir: ready")
            yield watched
            watched.process.terminate()
            watched.ended = watched.end()
        finally:
            watched.process.kill()
            watched.process.wait()
        watched.ended.check_clean()

    def load_memif(self, weir, *arguments):
        """Runs weir-load on the other end of a Weir's memif."""
        vdev = f"--vdev=net_memif0,role=client,id=0,socket={weir.socket},socket-abstract=no"
        return self.load(*arguments, eal=[vdev])
