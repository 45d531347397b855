# SPDX-License-Identifier: BSD-3-Clause
"""The packages of these sources, and the same ones under other versions."""

import pathlib
import shutil
import subprocess
import tempfile

from root import REPOSITORY, Failure

BUILD_S = 3600
NAMES = ("weir", "weir-tools", "weir-doc")


def run(*command, what, timeout=300):
    ended = subprocess.run(
        [*map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=timeout,
    )
    if ended.returncode != 0:
        tail = "\n".join(ended.stdout.splitlines()[-25:])
        raise Failure(f"{what}: status {ended.returncode}\n{tail}")
    return ended.stdout


def field(package, name):
    return run("dpkg-deb", "--field", package, name, what=f"{name} of {package.name}").strip()


class Packages:
    """`given`: a folder with packages that were built before, or None."""

    def __init__(self, system, folder, given):
        self.system = system
        self.given = given
        self.folder = folder / "now"
        self.found = {}

    def build(self):
        if self.given is not None:
            self.folder = self.given
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
            script = REPOSITORY / "scripts" / "package"
            system = self.system.name.replace("-", ":")
            run(script, "--system", system, "--output", self.folder, what="scripts/package", timeout=BUILD_S)
        for name in NAMES:
            built = sorted(self.folder.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
            if not built:
                raise Failure(f"no package {name} in {self.folder}")
            self.found[name] = built[-1]
        return "\n".join(f"{path.name}: {path.stat().st_size // 1024} KiB" for path in self.found.values())

    def changes(self):
        return sorted(self.folder.glob("*.changes"), key=lambda path: path.stat().st_mtime)[-1]

    def version(self):
        return field(self.found["weir"], "Version")

    def again(self, version, target, change=lambda tree: None):
        """The content of the package weir under another version; `change` gets its unpacked tree."""
        package = self.found["weir"]
        target.mkdir(parents=True, exist_ok=True)
        path = target / f"weir_{version}_{field(package, 'Architecture')}.deb"
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--raw-extract", package, folder, what="unpacking")
            control = pathlib.Path(folder) / "DEBIAN" / "control"
            text = control.read_text()
            control.write_text(text.replace(f"Version: {self.version()}\n", f"Version: {version}\n"))
            change(pathlib.Path(folder))
            run("dpkg-deb", "--build", "--root-owner-group", "-Zgzip", folder, path, what="packing")
        return path
