# SPDX-License-Identifier: BSD-3-Clause
"""A soak: clients of all kinds, and something that happens to Weir every few seconds, at random from a seed.

It is a row of stretches. In each, a load runs to its end, and meanwhile one thing of EVENTS happens, or none.
By most of them no request may be lost. Never may a reply be wrong, an mbuf be missing afterwards, or resident
memory grow. Time, requests and events are summed up.
"""

import os
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

import loaded
from suite import check

TORRENTS, PEERS = 5000, 50_000
STRETCH_S = 5
REST_S = 5  # for Weir to be well again
RSS_MORE = 16 << 20  # bytes, in a life of a process after its first stretches: two lists of 100,000 entries
SETTLED = 3
# Of health: the link of memif is down while no client is there.
NO_PROBLEMS = ("status", "uptime_s", "ready", "problems", "link_down")
MIXES = {
    "production": ("--stopped", 3, "--completed", 2, "--num-want", 50, "--rate", 15_000),
    "hostile": ("--junk", 60, "--rate", 15_000),
    "scrapes": ("--scrape", 200, "--scrape-hashes", 70, "--rate", 5000),
    "closed": ("--window", 64),
}
CONFIG = """
snapshot = {{ file = "{folder}/snapshot"; interval = 2; }};
tracker = {{ key_file = "{folder}/key"; interval = {interval}; }};
access = {{ mode = "deny"; file = "{folder}/denied"; }};
"""


@dataclass
class Sums:
    seconds: float = 0
    counts: Counter = field(default_factory=Counter)
    p99_us: list = field(default_factory=list)  # of stretches of "production" without an event


class Soak:
    def __init__(self, laboratory, seed, tell):
        self.laboratory = laboratory
        self.rng = random.Random(seed)
        self.tell = tell
        self.folder = laboratory.folder()
        self.sums = Sums()
        self._denied(0)

    # --- what happens -----------------------------------------------------------------------------

    def _denied(self, count):
        """A list of torrents that no client has."""
        lines = "".join(f"{self.rng.getrandbits(160):040x}\n" for _ in range(count))
        path = self.folder / "denied.new"
        path.write_text(lines)
        path.rename(self.folder / "denied")

    def _weirctl(self, *words):
        ended = self.laboratory.weirctl(self.weir.weir, *words)
        check(ended.status == 0, f"weirctl {words}: {ended.err}{ended.out}")

    def nothing(self):
        pass

    def snapshot(self):
        self._weirctl("snapshot")

    def list_swap(self):
        self._denied(self.rng.randrange(100_000))
        self._weirctl("access", "reload")

    def edits(self):
        for _ in range(20):
            self._weirctl("access", "add", f"{self.rng.getrandbits(160):040x}", "--reason", "soak")

    def reload(self):
        path = self.weir.config_path
        interval = rf"\g<1>{self.rng.randrange(300, 1500)}"
        path.write_text(re.sub(r"(tracker = {[^}]*interval = )\d+", interval, path.read_text()))
        self._weirctl("reload")

    def stop_short(self):
        """The whole process stops, as a host stops a virtual machine."""
        self.weir.weir.process.send_signal(signal.SIGSTOP)
        time.sleep(self.rng.uniform(0.05, 0.5))
        self.weir.weir.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.weir.weir.process.kill()

    # What happens, how often, and whether requests may be lost by it.
    EVENTS = (
        (nothing, 3, False),
        (snapshot, 2, False),
        (list_swap, 2, False),
        (edits, 1, False),
        (reload, 2, False),
        (stop_short, 1, True),
        (kill, 1, True),
    )

    # --- stretches --------------------------------------------------------------------------------

    def _choose(self):
        event, _, loses = self.rng.choices(self.EVENTS, [odds for _, odds, _ in self.EVENTS])[0]
        return event, loses, self.rng.choice(sorted(MIXES))

    def _check_results(self, results, event, loses, mix):
        what = f"{event.__name__} during {mix}"
        check(results["wrong"] == 0, f"{what}: wrong replies: {results['wrong_examples']}")
        lost = results["sent"] - results["answered"]
        check(loses or lost == 0, f"{what}: {lost} of {results['sent']} lost")
        self.sums.counts.update(sent=results["sent"], answered=results["answered"], junk=results["junk_sent"])
        if event is Soak.nothing and mix == "production":
            self.sums.p99_us.append(results["latency_us"]["p99"])

    def _check_rest(self, baseline):
        """Once the load is over, nothing is left of it."""
        deadline = time.monotonic() + REST_S
        while True:
            memory = self.weir.weir.ask("/weir/memory")
            health = self.weir.weir.ask("/weir/health")
            wrong = {name: health[name] for name in health if health[name] and name not in NO_PROBLEMS}
            if memory["mbufs_in_use"] <= baseline["mbufs_in_use"] and not wrong:
                break
            check(time.monotonic() < deadline, f"{memory}, {baseline} before; {wrong}")
            time.sleep(0.1)

    def _stretch(self, baseline):
        event, loses, mix = self._choose()
        options = (*MIXES[mix], "--torrents", TORRENTS, "--peers", PEERS, "--duration", STRETCH_S)
        options += ("--seed", self.rng.randrange(1 << 31))
        with self.weir.loading_to_end(*options) as load:
            time.sleep(self.rng.uniform(0.5, STRETCH_S - 1))
            event(self)
            if event is Soak.kill:
                load.end()
            else:
                self._check_results(load.results(), event, loses, mix)
        self.sums.counts[event.__name__] += 1
        if event is Soak.kill:
            return False
        self._check_rest(baseline)
        return True

    def _rss(self):
        with open(f"/proc/{self.weir.weir.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1])

    def _life(self, until):
        """From a start of Weir to its end, or until it is killed."""
        more = CONFIG.format(folder=self.folder, interval=self.rng.randrange(300, 1500))
        with loaded.running(
            self.laboratory, torrents=2 * TORRENTS, peers=3 * PEERS, more=more, dies=True
        ) as self.weir:
            self.weir.load("--fill", "--torrents", TORRENTS, "--peers", PEERS)
            baseline = self.weir.weir.ask("/weir/memory")
            sizes = []
            lives = True
            while lives and time.monotonic() < until:
                lives = self._stretch(baseline)
                if lives:
                    sizes.append(self._rss())
                self.tell(self.sums)
            if lives:
                self.weir.weir.process.terminate()
                self.weir.weir.watched.end().check_clean()
        if len(sizes) > SETTLED:
            more = (sizes[-1] - sizes[SETTLED - 1]) * os.sysconf("SC_PAGE_SIZE")
            check(more <= RSS_MORE, f"resident memory grew by {more} bytes: {sizes} pages")

    def run(self, seconds):
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            self._life(began + seconds)
        self.sums.seconds = time.monotonic() - began
        return self.sums
