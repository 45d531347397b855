# SPDX-License-Identifier: BSD-3-Clause
"""What runs in a machine: commands and files, by QEMU's guest agent. Nothing of it needs a network."""

import base64
import time
from dataclasses import dataclass

from channel import Silence
from root import Failure

# Thirty times what an idle computer needs: all CPUs are emulated, and others use this one too.
BOOT_S = 900
POLL_S = 0.2
ENVIRONMENT = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8"]
ENVIRONMENT += ["DEBIAN_FRONTEND=noninteractive", "SYSTEMD_PAGER=", "PYTHONDONTWRITEBYTECODE=1"]


@dataclass
class Result:
    status: int
    output: str  # standard output and error


class Guest:
    def __init__(self, machine):
        self.machine = machine

    def _agent(self, command, timeout=30, **arguments):
        self.machine.expect_running()
        return self.machine.agent.ask(command, timeout, **arguments)

    def wait_for_agent(self, end):
        """Until a guest that starts listens. What it is asked before is read later, and ignored."""
        while True:
            try:
                return self._agent("guest-ping", timeout=3)
            except Silence:
                if time.monotonic() > end:
                    raise Failure(f"no agent after {BOOT_S} s\n{self.machine.console_tail()}") from None
                time.sleep(0.5)

    def wait_until_up(self):
        """Until systemd has started everything; returns what it says: running or degraded."""
        end = time.monotonic() + BOOT_S
        self.wait_for_agent(end)
        return self.run("systemctl is-system-running --wait", timeout=BOOT_S, check=False).output.strip()

    def run(self, command, timeout=60, check=True):
        """A shell command, ended after `timeout` seconds."""
        started = self._agent(
            "guest-exec",
            path="/usr/bin/timeout",
            arg=["--kill-after=5", str(timeout), "/bin/bash", "-c", f"exec 2>&1; {command}"],
            env=ENVIRONMENT,
            **{"capture-output": True},
        )
        end = time.monotonic() + timeout + 60
        while True:
            state = self._agent("guest-exec-status", pid=started["pid"])
            if state["exited"]:
                break
            if time.monotonic() > end:
                raise Failure(f"{command}: not over after {timeout} s")
            time.sleep(POLL_S)
        output = base64.b64decode(state.get("out-data", "")).decode(errors="replace")
        status = state.get("exitcode", -state.get("signal", 0))
        if check and status != 0:
            raise Failure(f"{command}: status {status}\n" + "\n".join(output.splitlines()[-40:]))
        return Result(status, output)

    def read(self, path):
        return self.run(f"cat {path}").output

    def write(self, path, text):
        """Writes a file, whole."""
        encoded = base64.b64encode(text.encode()).decode()
        self.run(f"mkdir -p $(dirname {path}) && echo {encoded} | base64 -d >{path}")

    def boot_id(self):
        return self.read("/proc/sys/kernel/random/boot_id").strip()

    def reboot(self):
        """As an operator does it, to its end: another kernel, everything started."""
        before = self.boot_id()
        self.run("systemd-run --collect --on-active=1 systemctl reboot")
        end = time.monotonic() + BOOT_S
        while True:
            try:
                if self.boot_id() != before:
                    return self.wait_until_up()
            except Silence:
                self.machine.agent.close()
            except Failure as failure:  # the agent of a system that ends
                self.machine.expect_running()
                if time.monotonic() > end:
                    raise failure
            if time.monotonic() > end:
                raise Failure(f"no reboot within {BOOT_S} s\n{self.machine.console_tail()}")
            time.sleep(1)

    def power_off(self):
        self.run("systemd-run --collect --on-active=1 systemctl poweroff")
        self.machine.wait_for_end(BOOT_S)

    def wait_until(self, command, what, timeout=60):
        """Until a shell command succeeds; its output."""
        end = time.monotonic() + timeout
        while True:
            result = self.run(command, check=False)
            if result.status == 0:
                return result.output
            if time.monotonic() > end:
                raise Failure(f"{what}: not within {timeout} s; last: {result.output.strip()}")
            time.sleep(0.5)
