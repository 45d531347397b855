# SPDX-License-Identifier: BSD-3-Clause
"""A root booted by systemd-nspawn: a real systemd with a network of its own, in seconds and without KVM.

The root itself stays as it is: what the guest changes goes to a folder of its own by overlayfs.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

BOOT_S = 90
END_S = 60

# systemd-nspawn needs the mount, and it goes when the last process of the guest has.
BOOT = r"""
set -e
mkdir -p "$3/upper" "$3/work" "$3/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$3/upper,workdir=$3/work" "$3/root"
root=$3/root name=$2
shift 3
exec systemd-nspawn --quiet --directory="$root" --machine="$name" --boot --private-network \
    --register=no --keep-unit --console=pipe --resolv-conf=off --timezone=off "$@"
"""


class Failure(Exception):
    """The guest did not do what it should; the text says how."""


def obstacle():
    """Why there are no guests here; None: there can be."""
    if os.geteuid() != 0:
        return "needs root"
    for program in ("systemd-nspawn", "nsenter", "unshare"):
        if shutil.which(program) is None:
            return f"needs {program} (packages systemd-container, util-linux)"
    return None


def children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
    try:
        return [int(word) for task in tasks for word in task.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


class Guest:
    """with Guest(root, folder) as guest: guest.run("systemctl", "status", "weir")"""

    def __init__(self, root, folder, *options, name="weir-guest"):
        self.root = pathlib.Path(root)
        self.folder = pathlib.Path(folder)
        self.options = options
        self.name = name
        self.console = self.folder / "console.log"
        self.nspawn = None
        self.leader = None  # the guest's first process, as this machine counts it

    @property
    def upper(self):
        """Files that the guest has changed, and that are to be there when it boots."""
        return self.folder / "upper"

    def put(self, source, path, mode=0o644):
        """Copies a file into the guest before it boots."""
        target = self.upper / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        target.chmod(mode)

    def write(self, path, text, mode=0o644):
        target = self.upper / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def boot(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.console.open("ab") as console:
            self.nspawn = subprocess.Popen(
                ["unshare", "--mount", "bash", "-c", BOOT, "boot"]
                + [str(self.root), self.name, str(self.folder), *self.options],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + BOOT_S
        while time.monotonic() < deadline:
            if self.nspawn.poll() is not None:
                raise Failure(f"systemd-nspawn ended: {self.console.read_text(errors='replace')[-2000:]}")
            if self.leader is None:
                self.leader = self._find_leader()
            elif self._is_up():
                return
            time.sleep(0.2)
        raise Failure(f"no boot within {BOOT_S} s: {self.console.read_text(errors='replace')[-2000:]}")

    def _find_leader(self):
        for child in children(self.nspawn.pid):
            for pid in [child, *children(child)]:
                try:
                    if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                        return pid
                except (FileNotFoundError, ProcessLookupError):
                    pass
        return None

    def _is_up(self):
        said = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return said in ("running", "degraded")

    def run(self, *command, check=True, timeout_s=120, stdin=None):
        """Runs a command in the guest; standard output and error are one text."""
        ended = subprocess.run(
            ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
            + ["--root", "/usr/bin/env", "-i", "-C", "/", "HOME=/root", "LC_ALL=C.UTF-8", "TERM=dumb"]
            + ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
        if check and ended.returncode != 0:
            raise Failure(f"{' '.join(command)}: status {ended.returncode}\n{ended.stdout}")
        return ended

    def shell(self, text, **options):
        return self.run("bash", "-c", text, **options)

    def wait_for(self, what, condition, within_s=30):
        """Calls `condition` until it is true."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                raise Failure(f"not within {within_s} s: {what}")
            time.sleep(0.2)

    def end(self):
        """Powers the guest off; ends it by force where it does not go."""
        if self.nspawn is None:
            return
        if self.leader is not None and self.nspawn.poll() is None:
            try:
                os.kill(self.leader, signal.SIGRTMIN + 4)  # poweroff.target
                self.nspawn.wait(END_S)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                pass
        if self.nspawn.poll() is None:
            self.nspawn.kill()
            self.nspawn.wait()
        self.nspawn = self.leader = None

    def __enter__(self):
        self.boot()
        return self

    def __exit__(self, *_):
        self.end()
