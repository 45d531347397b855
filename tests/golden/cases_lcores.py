# SPDX-License-Identifier: BSD-3-Clause
"""The same packets over other divisions of the work: workers, io lcores, queues, CPUs."""

import os
import shutil

from frames import client4, client6
from suite import Skipped, case, check

HASHES = [n.to_bytes(4, "big") * 5 for n in range(1, 80)]


def two_cpus():
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Skipped("this needs two CPUs")
    return cpus[:2]


def _announce_all(scenario, hashes):
    for client_of in (client4, client6):
        scenario.connect(client_of(2))
        for number, info_hash in enumerate(hashes):
            for other in range(number % 5 + 1):
                scenario.announce(client_of(10 + other), info_hash, left=other % 2)


def _scrape_all(scenario, hashes):
    """Last on its wire: a scrape visits one worker after the other, and what is sent meanwhile
    may be seen or not."""
    for client_of, most in ((client4, 72), (client6, 71)):
        for first in range(4):
            scenario.scrape(client_of(2), hashes[first : first + most])
        scenario.scrape(client_of(2), hashes[:1])
        scenario.scrape(client_of(2), [b"\0" * 20, *hashes[:3], b"\xff" * 20])


def _run(scenario, hashes_by_wire):
    for wire, hashes in enumerate(hashes_by_wire):
        _announce_all(scenario.on(wire), hashes)
        _scrape_all(scenario.on(wire), hashes)
    scenario.in_order = False  # workers do not wait for each other
    return scenario.run()


@case("lcores: two workers share the torrents, scrapes ask both")
def two_workers(lab):
    first, second = two_cpus()
    settings = {"lcores.io": [second], "lcores.workers": [first, second]}
    scenario = lab.scenario(settings=settings)
    _run(scenario, [HASHES])
    owners = [scenario.worker(info_hash) for info_hash in HASHES]
    check(20 < sum(owners) < len(HASHES) - 20, "the case is wrong: one worker has nearly all")


@case("lcores: io and worker on separate lcores")
def apart(lab):
    first, second = two_cpus()
    for io, worker in ((first, second), (second, first)):
        settings = {"lcores.main": [first], "lcores.io": [io], "lcores.workers": [worker]}
        _run(lab.scenario(settings=settings), [HASHES])


@case("lcores: two io lcores with a pair of queues each")
def two_ios(lab):
    first, second = two_cpus()
    # One torrent is announced on one queue only: the order between queues is not fixed.
    halves = [HASHES[:40], HASHES[40:]]
    for workers in ([first], [second], [first, second]):
        settings = {"lcores.io": [first, second], "lcores.workers": workers}
        _run(lab.scenario(settings=settings, queues=2), halves)


@case("lcores: one CPU for everything")
def one_cpu(lab):
    if shutil.which("taskset") is None:
        raise Skipped("there is no taskset")
    cpu = max(os.sched_getaffinity(0))
    weir = lab.another_weir(["taskset", "--cpu-list", str(cpu)])
    scenario = lab.scenario(weir=weir)
    _announce_all(scenario, HASHES)
    _scrape_all(scenario, HASHES)
    ended = scenario.run()
    ended.said(f"lcore 1 on CPU {cpu}: io worker")


@case("lcores: polling without sleep")
def polling(lab):
    scenario = lab.scenario(settings={"lcores.idle": "poll"})
    _announce_all(scenario, HASHES)
    _scrape_all(scenario, HASHES)
    scenario.run()


def cpu_flags():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        return set(next((line for line in file if line.startswith("flags")), "").split())


@case("lcores: ways to wait that the port or the CPU does not have")
def other_ways(lab):
    pauses = "waitpkg" in cpu_flags()
    told = {
        "interrupt": "sleep instead of interrupt: port net_pcap0 has no receive interrupts",
        "pause": None if pauses else "sleep instead of pause: this CPU cannot pause until a time",
        "monitor": (
            "pause instead of monitor: a port does not tell what to monitor"
            if pauses
            else "sleep instead of monitor: "
        ),
    }
    for idle, text in told.items():
        scenario = lab.scenario(settings={"lcores.idle": idle})
        _announce_all(scenario, HASHES[:10])
        _scrape_all(scenario, HASHES[:10])
        ended = scenario.run()
        if text is None:
            check("lcores.idle:" not in ended.err, ended.err)
        else:
            ended.said(f"lcores.idle: {text}")
            check(ended.err.count("lcores.idle:") == 1, ended.err)


NOBODY = 65534


def by_nobody(lab):
    """The same Weir, run by a user without privileges."""
    if os.geteuid() != 0:
        raise Skipped("nobody here is root: every other case shows it")
    if shutil.which("setpriv") is None:
        raise Skipped("there is no setpriv")
    ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    lab.root.chmod(0o711)  # others may pass, to folders of their own
    weir = lab.another_weir(["setpriv", *ids], owner=NOBODY)
    try:
        reachable = weir.run(["--version"], weir.runtime).status == 0
    except OSError:
        reachable = False
    if not reachable:
        raise Skipped("the binary cannot be reached by others than root")
    return weir


@case("lcores: Weir runs without privileges")
def without_privileges(lab):
    weir = by_nobody(lab)
    scenario = lab.scenario(weir=weir)
    _announce_all(scenario, HASHES)
    _scrape_all(scenario, HASHES)
    scenario.run()
