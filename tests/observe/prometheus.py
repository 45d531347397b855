# SPDX-License-Identifier: BSD-3-Clause
"""Where Prometheus' programs are: on the PATH, or unpacked from Debian's package.

The package is never installed: that would start a service.
"""

import contextlib
import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.parse

from suite import Failed, Skipped

DOWNLOAD_S = 300
TIMEOUT_S = 60


def _unpack(cache):
    """Fetches the package into `cache` and unpacks it beside."""
    cache.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            ["apt-get", "download", "prometheus"],
            cwd=cache,
            check=True,
            capture_output=True,
            timeout=DOWNLOAD_S,
        )
        [package] = cache.glob("prometheus_*.deb")
        subprocess.run(
            ["dpkg-deb", "-x", package, cache / "root"],
            check=True,
            capture_output=True,
            timeout=DOWNLOAD_S,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as why:
        raise Skipped(f"Debian's package prometheus cannot be had: {why}") from None


def _program(name, build):
    found = shutil.which(name)
    if found:
        return pathlib.Path(found)
    cache = pathlib.Path(build) / "cache" / "prometheus"
    path = cache / "root/usr/bin" / name
    if not path.exists():
        _unpack(cache)
    return path


def promtool(build):
    """Path of promtool; `build`: the folder of a build, where a cache may be kept."""
    return _program("promtool", build)


def prometheus(build):
    return _program("prometheus", build)


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """A running Prometheus with a data folder of its own, on loopback."""

    def __init__(self, build, folder, config):
        self.port = _free_port()
        self.said = open(folder / "prometheus.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [
                prometheus(build),
                f"--config.file={config}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=warn",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=self.said,
        )

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=TIMEOUT_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.said.close()

    def ask(self, path, **parameters):
        """`data` of an answer of its HTTP API; Failed where it refuses."""
        target = f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, TIMEOUT_S)
        try:
            connection.request("GET", target)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if answer["status"] != "success":
            raise Failed(f"{parameters}: {answer}")
        return answer["data"]

    def wait(self, enough):
        """Until enough() is true; it may be refused while Prometheus starts."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            with contextlib.suppress(OSError, ValueError):
                if enough():
                    return
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.said.seek(0)
                raise Failed(f"Prometheus does not come to it\n{self.said.read()}")
            time.sleep(0.2)

    def query(self, expression):
        """Samples of an instant query: {labels as sorted pairs: value}."""
        data = self.ask("query", query=expression)
        return {tuple(sorted(row["metric"].items())): float(row["value"][1]) for row in data["result"]}
