# SPDX-License-Identifier: BSD-3-Clause
"""Installs programs from package registries, by name, to a folder; nothing else is changed."""

import os
import shutil
import subprocess
import time

import progress
from process import Failed

INSTALL_S = 3600


def _find(tool, *more):
    path = shutil.which(tool, path=os.pathsep.join([os.environ.get("PATH", ""), *more]))
    if path is None:
        raise Failed(f"{tool} is not installed")
    return path


def _run(folder, words, environment=None):
    """Runs a command with the lowest priority; logs its output, and shows the last line as progress."""
    folder.mkdir(parents=True, exist_ok=True)
    log_path = folder / "install.log"
    with open(log_path, "ab") as log:
        child = subprocess.Popen(
            ["nice", "-n", "19", *map(str, words)], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, env={**os.environ, **(environment or {})},
        )  # fmt: skip
        try:
            _wait(child, log_path)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
    if child.returncode != 0:
        raise Failed(f"{words[0]} failed; the end of {log_path}:\n{_tail(log_path, 6)}")


def _wait(child, log_path):
    end = time.monotonic() + INSTALL_S
    while child.poll() is None:
        if time.monotonic() > end:
            raise Failed(f"not installed within {INSTALL_S} s; see {log_path}")
        progress.tick(f"installing: {_tail(log_path, 1)[:90]}")
        time.sleep(0.5)


def _tail(path, lines):
    return "\n".join(f"  {line}" for line in path.read_text(errors="replace").splitlines()[-lines:])


def install_crate(folder, crate, version, *options):
    """Installs a program from cargo's registry, with its published versions of dependencies."""
    cargo = _find("cargo", os.path.expanduser("~/.cargo/bin"))
    target = folder / "target"
    words = [cargo, "install", "--locked", "--root", folder, "--version", version, *options, crate]
    _run(folder, words, {"CARGO_TARGET_DIR": str(target)})
    shutil.rmtree(target, ignore_errors=True)


def install_module(folder, package, requirements):
    """Installs a Go program with the versions in `requirements`, a list of (module, version)."""
    go = _find("go", "/usr/local/go/bin")
    folder.mkdir(parents=True, exist_ok=True)
    required = "\n".join(f"\t{module} {version}" for module, version in requirements)
    (folder / "go.mod").write_text(f"module peers.invalid\n\ngo 1.21\n\nrequire (\n{required}\n)\n")
    tools = f'//go:build tools\n\npackage tools\n\nimport _ "{package}"\n'
    (folder / "tools.go").write_text(tools)
    environment = {"GOBIN": str(folder / "bin"), "GOFLAGS": "-mod=mod"}
    _run(folder, [go, "mod", "tidy"], environment)
    _run(folder, [go, "install", package], environment)


def unpack_debian(folder, *packages):
    """Unpacks Debian packages without installing them: no service starts, no user is created."""
    _run(folder, [_find("apt-get"), "download", *packages])
    for path in folder.glob("*.deb"):
        _run(folder, [_find("dpkg-deb"), "--extract", path, "."])
