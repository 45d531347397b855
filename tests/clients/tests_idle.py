# SPDX-License-Identifier: BSD-3-Clause
"""Lcores without work, in each way that they wait: single requests after silences are answered at once."""

import os
import random
import threading
import time

import bep15
import process
import weir as weir_module
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from process import Failure
from results import Skip

REQUESTS = 500
SILENCE_MAX_S = 0.03
INTERRUPT_AFTER_MS = 5
# An lcore that nothing wakes looks after 100 ms. A wake-up that was lost takes that long.
LATE_S = 0.09
LATE_MAX = REQUESTS // 100  # the machine may stand still without a sign
REST_S = 2
TICKS_S = os.sysconf("SC_CLK_TCK")


def _cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def _two_cpus():
    cpus = sorted(os.sched_getaffinity(0))
    return cpus[0], cpus[-1]


def _lab(binary, idle, io=None, workers=None):
    lcores = f'idle = "{idle}"; interrupt_after = {INTERRUPT_AFTER_MS};'
    if io is not None:
        lcores += f" main = [ {io[0]} ]; io = {io}; workers = {workers};"
    return Lab(binary, f"{QUICK} lcores = {{ {lcores} }};")


class Stalls:
    """Notes when each CPU keeps a thread that has little to do from running: replies are late then, too."""

    NAP_S = 0.002
    STALL_S = 0.02

    def __init__(self):
        self._over = False
        self._found = []  # (begin, end); appended to by several threads
        self._threads = [threading.Thread(target=self._watch, args=(cpu,)) for cpu in os.sched_getaffinity(0)]

    def _watch(self, cpu):
        os.sched_setaffinity(0, {cpu})  # of this thread
        before = time.monotonic()
        while not self._over:
            time.sleep(self.NAP_S)
            now = time.monotonic()
            if now - before > self.STALL_S:
                self._found.append((before, now))
            before = now

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over = True
        for thread in self._threads:
            thread.join()

    def excuse(self, begin, end):
        return any(begin < last and first < end for first, last in self._found)


def _timed(function, *arguments):
    began = time.monotonic()
    function(*arguments)
    return time.monotonic() - began


def _requests(lab, seed=1):
    """Connects and announces of both families, each after a silence. Returns how long each took, in which
    the machine did not stand still."""
    rng = random.Random(seed)
    times = []
    with Stalls() as stalls:
        for address in ("10.77.0.1", "fd77::1"):
            times += _requests_to(lab, address, rng)
    return [end - begin for begin, end in times if not stalls.excuse(begin, end)]


def _requests_to(lab, address, rng):
    times = []
    with bep15.Client(lab.client(2), address) as client:
        client.connect()
        for number in range(REQUESTS // 2):
            time.sleep(rng.random() * SILENCE_MAX_S)
            begin = time.monotonic()
            if number % 5 == 0:
                client.connect()
            else:
                client.announce(rng.randbytes(20), 7001, 1)
            times.append((begin, time.monotonic()))
    return times


def _expect_prompt(times):
    if len(times) < REQUESTS // 5:
        raise Skip(f"this machine is too busy: only {len(times)} of {REQUESTS} requests count")
    late = sorted(seconds for seconds in times if seconds >= LATE_S)
    if len(late) > LATE_MAX:
        raise Failure(f"{len(late)} of {len(times)} replies took {LATE_S} s or longer: {late[:20]}")


def _lcores(weir):
    return list(weir.ask("/weir/lcores").values())


def _share_of_cpu(weir):
    """Of one CPU, in a silence."""
    before = _cpu_s(weir.process.pid)
    time.sleep(REST_S)
    return (_cpu_s(weir.process.pid) - before) / REST_S


def _serves(lab):
    weir = lab.start_weir()
    _expect_prompt(_requests(lab))
    return weir


@test("lcores.idle = poll: single requests after silences")
def poll(binary):
    with _lab(binary, "poll") as lab:
        lcore = _lcores(_serves(lab))[0]
        expect("idle", (lcore["idle"], lcore["interrupts"]), ("poll", 0))
        expect("waits", (lcore["waits"], lcore["interrupt_waits"], lcore["wait_percent"]), (0, 0, 0))


@test("lcores.idle = sleep: single requests after silences")
def sleep(binary):
    with _lab(binary, "sleep") as lab:
        lcore = _lcores(_serves(lab))[0]
        expect("idle", (lcore["idle"], lcore["interrupts"]), ("sleep", 0))
        expect("interrupts", lcore["interrupt_waits"], 0)
        if lcore["waits"] < REQUESTS or lcore["wait_percent"] < 50:
            raise Failure(f"the lcore does not sleep: {lcore}")


def _expect_interrupts(weir, wakes_min):
    for lcore in _lcores(weir):
        expect("idle", (lcore["idle"], lcore["interrupts"]), ("sleep", 1))
        if lcore["interrupt_wakes"] < wakes_min or lcore["wait_percent"] < 50:
            raise Failure(f"the lcore does not wait for interrupts: {lcore}")
    stats = weir.stats()
    for name in ("interrupt_waits", "interrupt_wakes", "wait_cycles"):
        if stats[name] == 0:
            raise Failure(f"no {name}: {stats}")


def _expect_rest(weir):
    """In a silence the process needs next to no CPU time, and telemetry wakes a worker."""
    share = _share_of_cpu(weir)
    if share > 0.03:
        raise Failure(f"{share:.1%} of a CPU without any work")
    questions = []
    for _ in range(10):
        time.sleep(10 * INTERRUPT_AFTER_MS / 1000)
        questions.append(_timed(weir.ask, "/weir/top,10"))
    if sorted(questions)[len(questions) // 2] >= LATE_S:
        raise Failure(f"telemetry waits for a worker: {questions}")


def _stops_at_once(lab):
    took = _timed(lab.weir.stop)
    if took > 5:
        raise Failure(f"Weir took {took} s to end")


@test("lcores.idle = interrupt: single requests after silences, one lcore", alone=True)
def interrupt(binary):
    with _lab(binary, "interrupt") as lab:
        weir = _serves(lab)
        _expect_interrupts(weir, REQUESTS // 10)
        _expect_rest(weir)
        _stops_at_once(lab)
        expect("mbufs leaked", "leaked" in weir.log(), False)


@test("lcores.idle = interrupt: an io lcore wakes its worker", alone=True)
def interrupt_worker(binary):
    first, second = _two_cpus()
    with _lab(binary, "interrupt", io=[first], workers=[second]) as lab:
        weir = _serves(lab)
        _expect_interrupts(weir, REQUESTS // 10)
        _expect_rest(weir)
        _stops_at_once(lab)


@test("lcores.idle = interrupt: two lcores with both roles and two queues", alone=True)
def interrupt_both(binary):
    cpus = list(_two_cpus())
    with _lab(binary, "interrupt", io=cpus, workers=cpus) as lab:
        weir = _serves(lab)
        _expect_interrupts(weir, 1)
        _expect_rest(weir)
        _stops_at_once(lab)


def _says(lab, text):
    process.wait_until(lambda: text in lab.weir.log(), text)


@test("lcores.idle = interrupt: a port without interrupts sleeps, and the log says so")
def without_interrupts(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        config = weir_module.write_config(
            lab.folder, "net_af_packet", f'{QUICK} lcores = {{ idle = "interrupt"; }};'
        )
        lab.weir = weir_module.Weir(lab.hub, binary, config, lab.folder)
        lab.on_exit(lab.weir.stop)
        lab.weir.start()
        lab.weir.wait_for_addresses()
        port = "port net_af_packet0 has no receive interrupts"
        _says(lab, f"lcores.idle: sleep instead of interrupt: {port}")
        bep15.full_exchange(client, "10.77.0.1")
        lcore = _lcores(lab.weir)[0]
        expect("idle", (lcore["idle"], lcore["interrupts"]), ("sleep", 0))
        expect("configured", lab.weir.ask("/weir/config")["lcores/idle"], "interrupt")
