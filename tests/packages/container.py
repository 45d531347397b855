# SPDX-License-Identifier: BSD-3-Clause
"""The container: the commands of docs/container.md as they stand, in a store and a network of their own.

Commands of "Build" use the machine's network, for Debian's packages and debootstrap. All others run
in a network namespace made here.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from root import REPOSITORY, Failure, own_mirror

DOCUMENT = REPOSITORY / "docs/container.md"
CLIENT = pathlib.Path(__file__).resolve().parent / "client.py"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
READY_S = 30
STEP_S = 1800
# What podman may do differs between machines: no cgroups of version 2 with crun, no higher limits without
# CAP_SYS_RESOURCE, and no bridge of its own in any case.
CONFIGURATION = """
[containers]
netns = "none"
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE = """
[storage]
driver = "overlay"
graphroot = "{folder}/store"
runroot = "{folder}/run"
"""


def commands(section):
    """Of a section of the document, with lines that go on in the next one put together."""
    text = DOCUMENT.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    for block in BLOCK.findall(text):
        yield from re.findall(r"^# (.*(?<!\\)(?:\\\n.*)*?)$", block.replace("\\\n", " "), re.M)


class Container:
    def __init__(self, packages, folder):
        self.packages = packages
        self.folder = folder
        self.network = None

    def _environment(self):
        return {
            **os.environ,
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "BUILDAH_ISOLATION": "chroot",
        }

    def say(self, command, within_s=0, apart=True):
        """Runs a command in the sources; tries again for a while where it fails."""
        enter = ["nsenter", f"--target={self.network.pid}", "--net"] if apart else []
        deadline = time.monotonic() + within_s
        while True:
            ended = subprocess.run(
                [*enter, "bash", "-c", command],
                cwd=REPOSITORY,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=STEP_S,
                check=False,
            )
            if ended.returncode == 0:
                return ended.stdout
            if time.monotonic() > deadline:
                tail = "\n".join(ended.stdout.splitlines()[-25:])
                raise Failure(f"{command}: status {ended.returncode}\n{tail}")
            time.sleep(0.5)

    @contextlib.contextmanager
    def open(self):
        """The store, and the network that stands for the machine's."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "containers.conf").write_text(CONFIGURATION)
        (self.folder / "storage.conf").write_text(STORAGE.format(folder=self.folder))
        self.network = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        try:
            time.sleep(0.5)
            self.say("ip link set lo up")
            yield self
        finally:
            with contextlib.suppress(Failure):
                self.say("podman rm --all --force --time 5 && podman volume prune --force")
            with contextlib.suppress(Failure):
                self.say("podman rmi --all --force", apart=False)
            self.network.kill()
            self.network.wait()

    def build(self):
        for name in ("container", "debian-12"):
            shutil.rmtree(REPOSITORY / "build" / name, ignore_errors=True)
        target = REPOSITORY / "build" / "container"
        target.mkdir(parents=True)
        shutil.copy(self.packages.found["weir"], target)
        made, *rest = commands("Build")
        if not made.startswith("scripts/package "):
            raise Failure(f"the first command is not scripts/package: {made}")
        bootstrap, *rest = rest
        self.say(f"{bootstrap} {own_mirror()}", apart=False)
        for command in rest:
            self.say(command, apart=False)
        return self.say("podman images").strip()

    def inside(self, command):
        """In the network of the container."""
        pid = self.say("podman inspect --format '{{.State.Pid}}' weir").strip()
        return self.say(f"nsenter --target {pid} --net {command}")

    def announce(self, port):
        self.inside("ip link set weir0 up")
        self.inside("ip addr replace 10.77.0.2/24 dev weir0")
        return json.loads(self.inside(f"{sys.executable} {CLIENT} 10.77.0.1 {'33' * 20} {port}"))

    def run(self):
        start, *looks = list(commands("Run"))[:4]
        self.say(start)
        said = [self.say(look, within_s=READY_S) for look in looks]
        told = self.announce(7001)
        return f"{told}\n{said[-1].splitlines()[-1]}"

    def start_again(self):
        stop, start, remove, check_it = list(commands("Run"))[4:8]
        self.say(stop)
        self.say(start)
        self.say("podman exec weir weirctl info", within_s=READY_S)
        told = self.announce(7002)
        if told["ports"] != [7001]:
            raise Failure(f"peers are lost: {told}")
        rights = self.say("podman exec weir grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/1/status")
        self.say(check_it)
        self.gateway()
        self.say(remove)
        return f"{told}\n{rights.strip()}"

    def gateway(self):
        start, remove = commands("The gateway")
        self.say(start)
        request = "printf 'GET /metrics HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3"
        said = self.say(f"exec 3<>/dev/tcp/127.0.0.1/1212 && {request} && cat <&3", within_s=READY_S)
        if not re.search(r"^weir_torrents(\{[^}]*\})? 1$", said, re.M):
            raise Failure(said[:2000])
        self.say(remove)


def quadlet(root):
    """What Debian's podman makes of the unit; older ones have no Quadlet."""
    with root.locked():
        root.install("podman")
        folder = root.folder / "etc/containers/systemd"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "scripts/container/weir.container", folder)
        made = root.inside("/usr/libexec/podman/quadlet -dryrun", "Quadlet")
    said = made.lower().replace("=", " ")  # versions differ in what stands before a value
    for word in (
        "--cap-add net_admin",
        "--sdnotify container",
        "--read-only",
        "type notify",
        "localhost/weir",
    ):
        if word not in said:
            raise Failure(f"no {word} in\n{made}")
    return next(line for line in made.splitlines() if line.startswith("ExecStart="))
