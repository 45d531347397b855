#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""beside.py LINK CARD ROUNDS: Weir on CARD, the only interface that the kernel has here, comes and goes
ROUNDS times: by systemctl, and by kill -9, after which systemd brings it back. All that time somebody talks
to the kernel over TCP at the same address, and pings it. LINK is the interface of the clients, in a namespace
of their own meanwhile. JSON:

  words        that went there and back over TCP
  pings, lost  pings sent, and those without a reply
  mode         of XDP, as Weir's log has it
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

from hub import process

import bep15
import namespace
import tests_beside
from tests_host import ping

SERVICE = "weir"
BOTH = tests_beside.BOTH
SERVES_S = 120


class Here:
    """The machine's own namespace, with what tests_beside asks of its hub."""

    def ip(self, *arguments):
        return process.run(["ip", *arguments])

    def run(self, *arguments, **options):
        return process.run(arguments, **options)

    def spawn(self, *arguments, **options):
        return process.spawn(arguments, **options)


class World:
    """The clients' side, and the server with its one interface. It is the lab of tests_beside.Line."""

    def __init__(self, link, card):
        self.link, self.card = link, card
        self.hub = Here()
        self.client = namespace.Namespace("world")
        self._children = []

    def __enter__(self):
        self.hub.ip("link", "set", self.link, "netns", self.client.name)
        tests_beside.configure(self.client, self.link, 2)
        tests_beside.configure(self.hub, self.card, 1)
        others = [name for name in self.interfaces() if name not in ("lo", self.card)]
        for name in others:
            self.hub.ip("link", "set", name, "down")
        process.wait_until(self._reaches, "the kernel's reply to a ping", 60)
        return self

    def __exit__(self, *_):
        for child in self._children:
            process.stop(child)
        self.client.ip("link", "set", self.link, "netns", "1")
        self.client.delete()
        self.hub.ip("addr", "flush", "dev", self.card)
        self.hub.ip("link", "set", self.card, "down")

    def interfaces(self):
        return [row["ifname"] for row in json.loads(self.hub.ip("-j", "link", "show").stdout)]

    def _reaches(self):
        command = ("ping", "-n", "-c", "1", "-W", "1", BOTH[0])
        return self.client.run(*command, check=False).returncode == 0

    def spawn(self, where, *arguments, **options):
        child = where.spawn(*arguments, **options)
        self._children.append(child)
        return child

    def has_program(self):
        return "prog/xdp" in self.hub.ip("-d", "link", "show", "dev", self.card).stdout


def systemctl(*arguments):
    return process.run(["systemctl", *arguments], timeout=SERVES_S).stdout.strip()


def main_process():
    return systemctl("show", SERVICE, "--property=MainPID", "--value")


def answers(world, address):
    """One whole exchange; a Weir that starts may take a while."""

    def asked():
        try:
            bep15.full_exchange(world.client, address)
        except (process.Failure, OSError):
            return False
        return True

    process.wait_until(asked, f"Weir's reply at {address}", SERVES_S)


def come_and_go(world, killed):
    process.run(["systemctl", "reset-failed", SERVICE], check=False)  # systemd may not know it yet
    systemctl("start", SERVICE)
    for address in BOTH:
        answers(world, address)
        ping(world.client, address, world.link)
        bep15.expect(f"{address}: a closed port", tests_beside.refuses_datagrams(world.client, address), True)
    if killed:
        before = main_process()
        os.kill(int(before), signal.SIGKILL)
        process.wait_until(lambda: not world.has_program(), "an interface without a program", 20)
        process.wait_until(lambda: main_process() not in ("0", before), "another Weir by systemd", SERVES_S)
        for address in BOTH:
            answers(world, address)
    systemctl("stop", SERVICE)
    bep15.expect("the program is on", world.has_program(), False)


def journal(since):
    return process.run(["journalctl", "-u", SERVICE, "-o", "cat", "--no-pager", since]).stdout


def mode(since):
    said = journal(f"--since=@{since}")
    found = re.findall(r"beside the kernel on \S+, (\w+) XDP", said)
    return found[-1] if found else said


def stay(world, rounds):
    began = int(time.time())
    line = tests_beside.Line(world, world.client)
    command = ("ping", "-n", "-i", "0.2", "-W", "5", BOTH[0])
    pinging = world.spawn(world.client, *command, stdout=subprocess.PIPE, text=True)
    try:
        for number in range(rounds):
            come_and_go(world, killed=number % 2 == 1)
    finally:
        line.ended.set()  # its thread ends, whatever happened
    pinging.send_signal(signal.SIGINT)
    told = pinging.communicate()[0]
    sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received", told).groups())
    return {"words": line.end(), "pings": sent, "lost": sent - received, "mode": mode(began)}


def main():
    link, card, rounds = sys.argv[1:]
    try:
        with World(link, card) as world:
            print(json.dumps(stay(world, int(rounds))))
    except (process.Failure, OSError) as failure:
        print(f"{failure}\n{journal('--lines=25')}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
