# SPDX-License-Identifier: BSD-3-Clause
"""Where Prometheus' programs are: on the PATH, or unpacked from Debian's package.

The package is never installed: that would start a service.
"""

import pathlib
import shutil
import subprocess

from suite import Skipped

DOWNLOAD_S = 300


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
