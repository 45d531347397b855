# SPDX-License-Identifier: BSD-3-Clause
"""A machine for documents: a fresh Debian that systemd-nspawn boots, and shells in it.

Its network is its own and has no way out: what it installs has been downloaded into the root before. Its only
interface is one end of a veth pair.
"""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time
import uuid

from child import spawn, stop
from nspawn import Guest

ANSWER_S = 120
USER = "reader"  # who types what stands behind "$ "
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
    "DEBIAN_FRONTEND": "noninteractive",
}
# DPDK looks for modules in /sys/module, and systemd-nspawn shows a part of /sys alone. A Weir beside the
# kernel loads an XDP program.
OPTIONS = ("--bind=/dev/net/tun", "--bind-ro=/sys/module", "--capability=CAP_BPF", "--system-call-filter=bpf")
INTERFACE = """
ip link add eth0 type veth peer name other0
ip addr add 198.51.100.7/24 dev eth0
ip addr add 2001:db8::7/64 dev eth0 nodad
ip link set other0 up
ip link set eth0 up
"""


class Broken(Exception):
    """The machine does not do as it should; the text says what."""


class Machine(Guest):
    def __init__(self, root, folder):
        own = pathlib.Path(tempfile.mkdtemp(prefix="machine-", dir=folder))
        super().__init__(root, own, *OPTIONS, name=f"weir-{uuid.uuid4().hex[:8]}")

    def boot(self):
        super().boot()
        self.shell(INTERFACE)

    def __exit__(self, *why):
        super().__exit__(*why)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _inside(self, root, *words):
        home = "/root" if root else f"/home/{USER}"
        variables = [f"{name}={value}" for name, value in {**ENVIRONMENT, "HOME": home}.items()]
        who = [] if root else ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups"]
        enter = [
            "nsenter",
            f"--target={self.leader}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
            "--cgroup",
        ]
        return [*enter, "--root", "--wd", "--", *who, "env", "-i", "-C", home, *variables, *words]

    def make(self, path, text):
        """Makes a file and its folder, as the machine sees them: its /tmp and /run are not in the root."""
        words = self._inside(True, "bash", "-ec", 'mkdir -p "$(dirname "$1")" && cat >"$1"', "make", path)
        subprocess.run(words, input=text, text=True, timeout=ANSWER_S, check=True)

    def shell_of(self, root):
        return Shell(self._inside(root, "bash"))

    def watch(self, root, command, keys, seconds):
        """Runs a command at a terminal for some seconds, then types keys; its status and what it showed."""
        child, terminal = pty.fork()
        if child == 0:
            words = self._inside(root, "bash", "-c", f"stty rows 40 columns 120; {command}")
            os.execvp(words[0], words)
        shown, ends = b"", time.monotonic() + seconds
        typed = False
        while time.monotonic() < ends + 20:
            if not typed and time.monotonic() > ends:
                os.write(terminal, keys.encode())
                typed = True
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:  # the other end is closed
                    break
        else:
            os.kill(child, 9)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(errors="replace")


class Shell:
    """A shell that keeps its folder and its variables from command to command, as a reader's does."""

    def __init__(self, words):
        self._process = spawn(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        )
        if self.run("echo word; (exit 7)", ANSWER_S) != (7, "word\n"):
            raise Broken("this shell does not say how commands end")

    def run(self, command, timeout_s):
        """Exit status, and all that was said."""
        mark = f"--{uuid.uuid4().hex}--"
        script = f'{{\n{command}\n}} </dev/null 2>&1; printf "\\n{mark} %s\\n" $?\n'
        self._process.stdin.write(script.encode())
        said, ends = b"", time.monotonic() + timeout_s
        while f"\n{mark} ".encode() not in said or not said.endswith(b"\n"):
            if not select.select([self._process.stdout], [], [], max(0, ends - time.monotonic()))[0]:
                raise Broken(f"not done after {timeout_s} s\n{said.decode(errors='replace')}")
            some = os.read(self._process.stdout.fileno(), 65536)
            if not some:
                raise Broken(f"the shell ended\n{said.decode(errors='replace')}")
            said += some
        text, _, status = said.decode(errors="replace").rpartition(f"\n{mark} ")
        return int(status), text

    def close(self):
        stop(self._process)
