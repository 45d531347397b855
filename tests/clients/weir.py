# SPDX-License-Identifier: BSD-3-Clause
"""One running Weir inside a namespace: start, questions, end."""

import os
import re
import socket

import process
import results
import telemetry

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def driver_config(driver):
    return os.path.join(ROOT, "drivers-config", f"{driver}.cfg")


def write_config(folder, driver, settings):
    """A main configuration: the driver's file as it is, and our settings after it."""
    path = os.path.join(folder, "main.cfg")
    with open(path, "w", encoding="utf-8") as file:
        # libconfig wants an absolute path here.
        file.write(f'@include "{driver_config(driver)}"\n{settings}\n')
    return path


def needs_af_xdp():
    af_xdp = 44  # without a name in this Python
    try:
        socket.socket(af_xdp, socket.SOCK_RAW).close()
    except OSError:
        raise results.Skip("this kernel has no AF_XDP sockets (CONFIG_XDP_SOCKETS)") from None


class Weir:
    """`config` is handed to -c as it is; `folder` is private and holds log and telemetry socket."""

    def __init__(self, namespace, binary, config, folder, log_name="weir.log"):
        self.namespace = namespace
        self.binary = os.path.abspath(binary)
        self.config = config
        self.folder = folder
        self.log_path = os.path.join(folder, log_name)
        self.process = None

    def start(self, *arguments, folder=ROOT, run_folder=None):
        """Starts in `folder` and returns when all is up. `run_folder`: what Weir sees as /run."""
        command = [self.binary, "-c", self.config, *arguments]
        if run_folder is not None:
            # `ip netns exec` has made a mount namespace, so this concerns the child alone.
            script = 'mount --bind "$0" /run && exec "$@"'
            command = ["sh", "-c", script, run_folder, *command]
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = self.namespace.spawn(
                *command,
                cwd=folder,
                env=dict(os.environ, RUNTIME_DIRECTORY=self.folder),
                stdout=log,
                stderr=log,
            )
        self.wait_for_log("weir: ready")

    def log(self):
        return process.read_text(self.log_path)

    def wait_for_log(self, text, timeout=20):
        def seen():
            if text in self.log():
                return True
            if self.process.poll() is not None:
                raise process.Failure(f"weir ended with {self.process.returncode}:\n{self.log()}")
            return False

        process.wait_until(seen, f'"{text}" in the log of weir', timeout)

    def wait_for_addresses(self):
        """Returns once Weir answers on its addresses: link up, nobody else has them."""
        self.wait_for_log("address 10.77.0.1: no conflict, in use")
        self.wait_for_log("address fd77::1: no conflict, in use")

    def mac(self):
        return re.search(r"weir: port \S+: ([0-9a-f:]{17}),", self.log()).group(1)

    def ask(self, command):
        return telemetry.ask(telemetry.socket_path(self.folder), command)

    def stats(self):
        return self.ask("/weir/stats")

    def verdicts(self, family=None):
        return self.ask("/weir/verdicts" if family is None else f"/weir/verdicts,{family}")

    def wait_for_end(self, timeout=20):
        """The exit status of a Weir that was told when to end."""
        return self.process.wait(timeout)

    def stop(self):
        """Ends it; returns the exit status, None if it never ran."""
        return None if self.process is None else process.stop(self.process)
