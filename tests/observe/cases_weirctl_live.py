# SPDX-License-Identifier: BSD-3-Clause
"""weirctl that goes on: --watch, and top on a pseudo terminal whose screen is read."""

import contextlib
import os
import re
import signal
import subprocess
import termios

import frames
import loaded
import mixture
import partial_weir
import pcap
from cases_weirctl import equal, refused
from mixture import count
from suite import Skipped, case, check
from tracker import Tracker

try:
    from terminal import Terminal
except ModuleNotFoundError as missing:
    if missing.name != "pyte":
        raise
    Terminal = None

SIZES = ((24, 80), (40, 120), (24, 160))
SMALL = ["per", "connect", "announce", "scrape", "other"]  # first words of a small screen's rows
UP, DOWN, PAGE_UP, PAGE_DOWN, ESCAPE = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b"
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


@case("weirctl --watch: shows rates until interrupted, and follows a restarted Weir")
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


def top(laboratory, prefix, rows=24, columns=80, term=None, **environment):
    """weirctl top on a terminal of that size."""
    if Terminal is None:
        raise Skipped("python3-pyte is not installed")
    words = [laboratory.programs.weirctl, "-f", prefix, "top", "--watch", "0.5"]
    more = {} if term is None else {"term": term}
    return Terminal(words, rows, columns, {**laboratory.environment(), **environment}, **more)


def numbers(text, name):
    """The numbers behind a name on the screen, as far as they go."""
    found = re.search(rf"(?:^|  ){name}((?: +[\d,]+(?= |$))+)", text, re.M)
    return [count(number) for number in found.group(1).split()] if found else []


def is_small(text):
    """Health, requests and keys, on a screen of ten rows."""
    rows = text.split("\n")
    firsts = [row.split(" ")[0] for row in rows]
    return firsts[1:7] == ["healthy", *SMALL] and rows[9].startswith("q quit")


def hashes_of(text):
    """Of the list of the largest, once there are two."""
    found = re.findall(r"^([0-9a-f]{40}) ", text, re.M)
    return found if len(found) > 1 else None


def new_page(text, first, seen):
    """Peers that are shown, once they are those from `first` on, all of them and none of `seen`."""
    peers = set(re.findall(r"^(\S+:6881) ", text, re.M))
    title = re.search(rf"^peers {first}-(\d+) of", text, re.M)
    whole = title is not None and len(peers) == int(title.group(1)) - first + 1
    return peers if whole and not peers & seen else None


def is_raw(screen):
    """Whether keys come one by one, and unseen."""
    flags = screen.settings()[3]
    return not flags & (termios.ECHO | termios.ICANON)


def quit_by(screen, keys="q"):
    screen.press(keys)
    equal(screen.end(), 0, "exit status")
    check(not is_raw(screen), "the terminal was left as top needs it")


@case("weirctl top: shows the numbers of the frames on screens of three sizes; q quits")
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
            check(f"pid {weir.process.pid}" in text, text)
            wide = columns >= 160
            equal("net_pcap0" in text, rows > 24 or wide, "ports are shown where there is room")
            beside = re.search(r"latency .*largest swarms", text) is not None
            equal(beside, wide, "the largest swarms are a column of their own")
            quit_by(screen)


@case("weirctl top: shows the rates of a load")
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


@case("weirctl top: follows the size of the window, and says if it is too small")
def sizes(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("healthy")
        check("ports" not in screen.text(), screen.text())
        screen.resize(40, 120)
        screen.wait_for("no mbuf")
        equal(len(screen.lines()[0]), 120, "width of the title")
        screen.resize(10, 40)
        screen.wait_until(is_small, "a small one")
        screen.resize(9, 39)
        screen.wait_for("weirctl top needs 40 columns and 10")
        screen.wait_for("this terminal has 39 and 9")
        screen.resize(24, 80)
        screen.wait_for("healthy")
        quit_by(screen)


@case("weirctl top: a torrent of the list opens with pages of its peers, and closes")
def opened(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        popular = mixture.POPULAR.hex()
        screen.wait_for(popular)
        listed = screen.wait_until(hashes_of, "two torrents")
        for keys, wanted in ((DOWN, listed[1]), (UP, popular)):
            screen.press(keys + "\r")
            screen.wait_for(f"torrent {wanted}")
            screen.press("q")
            screen.wait_for("largest swarms")
        screen.press("\r")
        swarm = weir.scenario.tracker.torrents[mixture.POPULAR]
        for row, place in (("seeders", 0), ("leechers", 1)):
            counts = [swarm.counts(family)[place] for family in ("ipv4", "ipv6")]
            wanted = [sum(counts), *counts]
            screen.wait_until(lambda text, r=row, w=wanted: numbers(text, r) == w, f"{row} {wanted}")
        check("latency" not in screen.text(), screen.text())
        seen, first, total = set(), 1, mixture.POPULAR_PEERS
        while first <= total:
            page = screen.wait_until(
                lambda text, n=first: new_page(text, n, seen), f"other peers, from {first} on"
            )
            seen |= page
            first += len(page)
            screen.press(PAGE_DOWN)
        equal(len(seen), total, "peers of all pages")
        check("10.77.0.102:6881" in seen, seen)
        screen.press(PAGE_UP * 9)
        screen.wait_for(f"peers 1-15 of {total}")
        screen.press(ESCAPE)
        screen.wait_for("largest swarms")
        quit_by(screen)


@case("weirctl top: problems are explained, with their age")
def problems(laboratory):
    scenario = laboratory.scenario(settings={"swarm.max_torrents": 2}, tracker=Tracker(2))
    for number in range(3):
        scenario.announce(frames.client4(9), mixture.info_hash(number))
    with laboratory.fed(scenario) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("torrents_full (for ")
        sentence = "): torrents were not stored: swarm.max_torrents is reached"
        screen.wait_until(lambda text: sentence in " ".join(text.split()), sentence)
        age = r"torrents_full \(for (?:over )?0:0[3-9]\)"
        screen.wait_until(lambda text: re.search(age, text), "an age that grows")
        quit_by(screen)


@case("weirctl top: numbers of a failed command are missing, not 0")
def not_told(laboratory):
    if Terminal is None:
        raise Skipped("python3-pyte is not installed")
    with (
        laboratory.fed(mixture.make(laboratory)) as weir,
        partial_weir.between(laboratory, weir) as partial,
    ):
        words = [laboratory.programs.weirctl, "-s", partial.path, "top", "-w0.5"]
        with Terminal(words, 24, 80, laboratory.environment()) as screen:
            screen.wait_for("seeders  ")
            partial.refused = {"/weir/stats", "/weir/health"}
            screen.wait_for("health: no data from this Weir")
            screen.wait_until(lambda text: "expired" not in text, "no counts of swarms")
            check(re.search(r"^torrents +120 of", screen.text(), re.M), screen.text())
            partial.refused = set()
            screen.wait_for("healthy")
            screen.wait_for("expired")
            quit_by(screen)


@case("weirctl top: after Weir has ended, its numbers stay dimmed, with their age")
def restarted(laboratory):
    scenario = mixture.make(laboratory)
    folder = laboratory.folder()
    pcap.write(scenario.wire.file(folder, "in"), scenario.wire.frames)
    text = scenario.config_text(folder)
    with contextlib.ExitStack() as stack:
        with laboratory.running(text, folder) as weir:
            screen = stack.enter_context(top(laboratory, weir.prefix))
            screen.press("t")
            screen.wait_for(f"pid {weir.process.pid}")
            screen.wait_until(lambda text: numbers(text, "id_forged") == [3], "3 forged ids")
            equal(screen.screen.buffer[2][0].bg, "blue", "background of a panel's title")
        said = f"{weir.socket}: no Weir runs there; these numbers are".replace(" ", "")
        screen.wait_until(lambda text: said in "".join(text.split()), said)
        screen.wait_for(" 0:02 old")
        equal(numbers(screen.text(), "id_forged"), [3], "numbers of one that is gone")
        title = next(n for n, line in enumerate(screen.lines()) if line.startswith("since start"))
        equal(screen.screen.buffer[title][0].bg, "default", "background of a title that is old")
        check(b"\x1b[0;10;2m" in screen.raw or b"\x1b[2m" in screen.raw, "nothing was dimmed")
        with laboratory.running(text, folder) as weir:
            screen.wait_for(f"pid {weir.process.pid}")
            screen.wait_for("healthy")
            screen.wait_until(lambda text: numbers(text, "id_forged") == [3], "3 forged ids")
            check(" old" not in screen.text(), screen.text())
            quit_by(screen)


@case("weirctl top: a Weir that does not answer is reported, and keys still work")
def hanging(laboratory):
    with laboratory.fed(mixture.make(laboratory)) as weir, top(laboratory, weir.prefix) as screen:
        screen.wait_for("healthy")
        weir.process.send_signal(signal.SIGSTOP)
        try:
            screen.wait_for("no reply for ")
            screen.press("t")
            screen.wait_for("since start")
            quit_by(screen)
        finally:
            weir.process.send_signal(signal.SIGCONT)


@case("weirctl top: signals restore the terminal")
def signals(laboratory):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with top(laboratory, "nobody") as screen:
            screen.wait_for("waiting for Weir")
            check(is_raw(screen), "keys are not read one by one")
            os.kill(screen.pid, number)
            equal(screen.end(), -number, "how it ended")
            check(not is_raw(screen), f"signal {number} left the terminal as top needs it")


@case("weirctl top: works without colours and with NO_COLOR, and refuses a pipe")
def terminals(laboratory):
    colour = re.compile(rb"\x1b\[(?:\d+;)*[34]\dm")
    for term, no_color, coloured in (
        ("linux", "", True),
        ("linux", "1", False),
        ("vt100", "", False),
    ):
        with top(laboratory, "nobody", term=term, NO_COLOR=no_color) as screen:
            screen.wait_for("waiting for Weir")
            quit_by(screen)
            seen = bool(colour.search(screen.raw))
            equal(seen, coloured, f"colours on a {term} with NO_COLOR={no_color}")
    with top(laboratory, "nobody", term="typewriter") as screen:
        screen.wait_for("top cannot use this terminal (TERM=typewriter)")
        equal(screen.end(), 1, "exit status")
    ended = laboratory.run(laboratory.programs.weirctl, "top")
    refused(ended, 1, "top needs a terminal; elsewhere: weirctl --watch stats")
