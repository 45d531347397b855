# SPDX-License-Identifier: BSD-3-Clause
"""weirctl that goes on: --watch, and top on a pseudo terminal whose screen is read."""

import contextlib
import os
import re
import signal
import subprocess
import termios

import loaded
import mixture
import pcap
from cases_weirctl import equal, refused
from mixture import count
from suite import Skipped, case, check

try:
    from terminal import Terminal
except ModuleNotFoundError as missing:
    if missing.name != "pyte":
        raise
    Terminal = None

SIZES = ((24, 80), (40, 120))
RATE = 2000  # requests each second of a load
LOAD_S = 60  # it ends sooner, once they have been seen


class Watching:
    """weirctl --watch, whose rounds are read as they come."""

    def __init__(self, laboratory, prefix, *words):
        self._process = subprocess.Popen(
            [laboratory.programs.weirctl, "-f", prefix, "--watch", "0.3", *words],
            env=laboratory.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def round(self):
        """Rows of the next round, of which all but the first begin with an empty line."""
        lines = []
        for line in self._process.stdout:
            if line.strip():
                lines.append(line)
            if line.startswith("torrents_expired"):  # the last
                return {words[0]: words[1:] for words in map(str.split, lines)}
        check(False, f"ended: {self._process.stderr.read()}")

    def complaint(self):
        return self._process.stderr.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def interrupt(self):
        self._process.terminate()
        equal(self._process.wait(timeout=30), 0, "exit status when interrupted")


@case("weirctl --watch: rounds with rates, until interrupted; a restarted Weir is gone on with")
def watch(laboratory):
    scenario = mixture.make(laboratory)
    folder = laboratory.folder()
    pcap.write(scenario.wire.file(folder, "in"), scenario.wire.frames)
    text = scenario.config_text(folder)
    packets = len(scenario.wire.frames)
    received = f"{packets:,}"
    with contextlib.ExitStack() as stack:
        with laboratory.running(text, folder) as weir:
            weir.wait_decided(packets)
            watching = stack.enter_context(Watching(laboratory, weir.prefix, "stats"))
            first, second = watching.round(), watching.round()
            equal(first["rx_packets"][:2], [received, "packets"], "the first round")
            equal(second["rx_packets"][:3], [received, "0", "packets"], "the second, with a rate")
            equal(second["torrents"][:2], ["120", "torrents"], "a gauge has no rate")
            check(count(second["io_turns"][0]) > count(first["io_turns"][0]), "nothing went on")
        said = watching.complaint()
        check(f"weirctl: {weir.socket}: " in said, said)
        with laboratory.running(text, folder) as weir:
            weir.wait_decided(packets)
            while (again := watching.round())["rx_packets"][0] != received:
                pass
            again = watching.round()
            equal(again["rx_packets"][:3], [received, "0", "packets"], "after a restart")
            watching.interrupt()


# --- top ----------------------------------------------------------------------------------------


def top(laboratory, prefix, rows=24, columns=80, term=None):
    """weirctl top on a terminal of that size."""
    if Terminal is None:
        raise Skipped("python3-pyte is not installed")
    words = [laboratory.programs.weirctl, "-f", prefix, "top", "--watch", "0.5"]
    more = {} if term is None else {"term": term}
    return Terminal(words, rows, columns, laboratory.environment(), **more)


def numbers(text, name):
    """The numbers behind a name on the screen, as far as they go."""
    found = re.search(rf"(?:^|  ){name}((?: +[\d,]+)+)", text, re.M)
    return [count(number) for number in found.group(1).split()] if found else []


def is_raw(screen):
    """Whether keys come one by one, and unseen."""
    flags = screen.settings()[3]
    return not flags & (termios.ECHO | termios.ICANON)


def quit_by(screen, keys="q"):
    screen.press(keys)
    equal(screen.end(), 0, "exit status")
    check(not is_raw(screen), "the terminal was left as top needs it")


@case("weirctl top: the numbers of the frames on screens of two sizes; q ends it")
def screens(laboratory):
    for rows, columns in SIZES:
        scenario = mixture.make(laboratory)
        verdicts = {name: mixture.verdicts(scenario, name) for name in ("ipv4", "ipv6")}
        gauges = scenario.tracker.gauges()
        with laboratory.fed(scenario) as weir, top(laboratory, weir.prefix, rows, columns) as screen:
            screen.wait_for("last 30 s")
            screen.wait_until(lambda text: numbers(text, "announce") == [0, 0], "no announces")
            check(is_raw(screen), "keys are not read one by one")
            screen.press("t")
            wanted = [verdicts[family]["announce"] for family in verdicts]
            popular = f"{mixture.POPULAR.hex()}        {mixture.POPULAR_PEERS}"
            text = screen.wait_until(
                lambda text: numbers(text, "announce") == wanted and popular in text and text,
                f"{wanted} announces, {popular}",
            )
            for kind in ("connect", "scrape"):
                wanted = [verdicts[family].get(kind, 0) for family in verdicts]
                equal(numbers(text, kind), wanted, kind)
            equal(numbers(text, "other"), [3, 1], "other")
            equal(numbers(text, "received")[:1], [len(scenario.wire.frames)], "received")
            equal(numbers(text, "id_forged"), [3], "id_forged")
            equal(numbers(text, "request_short"), [1], "request_short")
            for role in ("seeders", "leechers"):
                wanted = [gauges[f"{role}_{family}"] for family in verdicts]
                equal(numbers(text, role), wanted, role)
            equal(numbers(text, "completed")[:1], [1], "completed")
            check(re.search(r"^torrents +120 of +1,000 .*12%", text, re.M), text)
            check("\nhealthy\n" in text, text)
            check(f"process {weir.process.pid}" in text, text)
            equal("net_pcap0" in text, rows > 24, "ports are shown where there is room")
            quit_by(screen)


@case("weirctl top: rates of a load")
def rates(laboratory):
    small = ["--torrents", 2000, "--peers", 20000, "--duration", LOAD_S, "--rate", RATE]
    with loaded.running(laboratory) as memif, memif.loading(*small):
        with top(laboratory, memif.weir.prefix) as screen:

            def right(text):
                kinds = [numbers(text, kind) for kind in ("connect", "announce", "scrape")]
                return abs(sum(map(sum, kinds)) - RATE) < RATE / 20

            screen.wait_until(right, f"{RATE} requests a second")
            check(re.search(r"announce +[\d,]+ +[\d,]+ .*[▁▂▃▄▅▆▇█]", screen.text()), screen.text())
            quit_by(screen, "\x03")


@case("weirctl top: grows and shrinks with the window, and says where that is too small")
def sizes(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("healthy")
        check("ports" not in screen.text(), screen.text())
        screen.resize(40, 120)
        screen.wait_for("no buffer")
        equal(len(screen.lines()[0]), 120, "width of the title")
        screen.resize(20, 70)
        screen.wait_for("weirctl top needs 80 columns and 24 rows")
        screen.wait_for("here are 70 and 20")
        screen.resize(24, 80)
        screen.wait_for("healthy")
        quit_by(screen)


@case("weirctl top: help, pause, order of lcores")
def keys(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("healthy")
        screen.press("h")
        screen.wait_for("pause, and go on")
        check("healthy" not in screen.text(), "numbers beside the help")
        screen.press("?p")
        screen.wait_for("PAUSED")
        screen.press("sp")
        screen.wait_until(lambda text: "PAUSED" not in text and "healthy" in text, "no pause")
        check(re.search(r"^lcores +busy", screen.text(), re.M), screen.text())
        quit_by(screen)


@case("weirctl top: says that Weir is gone, and goes on with the next")
def restarted(laboratory):
    scenario = mixture.make(laboratory)
    folder = laboratory.folder()
    pcap.write(scenario.wire.file(folder, "in"), scenario.wire.frames)
    text = scenario.config_text(folder)
    with contextlib.ExitStack() as stack:
        with laboratory.running(text, folder) as weir:
            screen = stack.enter_context(top(laboratory, weir.prefix))
            screen.wait_for(f"process {weir.process.pid}")
        said = f"{weir.socket}: no Weir runs there".replace(" ", "")  # longer than a row
        screen.wait_until(lambda text: said in "".join(text.split()), said)
        screen.wait_for("waiting for it")
        check("process" not in screen.text(), "numbers of one that is gone")
        with laboratory.running(text, folder) as weir:
            screen.wait_for(f"process {weir.process.pid}")
            screen.press("t")
            screen.wait_until(lambda text: numbers(text, "id_forged") == [3], "3 forged ids")
            quit_by(screen)


@case("weirctl top: a Weir that does not answer is told, and keys work all the same")
def hanging(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("healthy")
        weir.process.send_signal(signal.SIGSTOP)
        try:
            screen.wait_for("no answer for ")
            screen.press("t")
            screen.wait_for("since start")
            quit_by(screen)
        finally:
            weir.process.send_signal(signal.SIGCONT)


@case("weirctl top: the terminal is as before after signals")
def signals(laboratory):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with top(laboratory, "nobody") as screen:
            screen.wait_for("waiting for it")
            check(is_raw(screen), "keys are not read one by one")
            os.kill(screen.pid, number)
            equal(screen.end(), -number, "how it ended")
            check(not is_raw(screen), f"signal {number} left the terminal as top needs it")


@case("weirctl top: terminals without colours, without blocks, and those that are none")
def terminals(laboratory):
    colour = re.compile(rb"\x1b\[(?:\d+;)*[34]\dm")
    for term, coloured in (("linux", True), ("vt100", False)):
        with top(laboratory, "nobody", term=term) as screen:
            screen.wait_for("waiting for it")
            quit_by(screen)
            equal(bool(colour.search(screen.raw)), coloured, f"colours on a {term}")
    with top(laboratory, "nobody", term="typewriter") as screen:
        screen.wait_for("top cannot use this terminal (TERM=typewriter)")
        equal(screen.end(), 1, "exit status")
    ended = laboratory.run(laboratory.programs.weirctl, "top")
    refused(ended, 1, "top needs a terminal; elsewhere: weirctl --watch stats")
