# SPDX-License-Identifier: BSD-3-Clause
"""weirctl hook: the program is called at each change of what Weir says, and only then."""

import contextlib
import os
import signal
import subprocess
import time

import fake_health
from fake_health import health
from suite import case, check

UP_S, DOWN_S = 0.8, 0.8  # of most cases; Weir is asked every 0.5 s
PATIENCE_S = 20
SCRIPT = """#!/bin/sh
echo "$1|$WEIR_HEALTH|$WEIR_REASON|$(date +%s.%N)|$#" >> '{calls}'
{more}
"""


class Hook:
    """A running `weirctl hook` and the calls that it has made."""

    def __init__(self, laboratory, folder, fake, options, more):
        self.calls_path = folder / "calls"
        self.program = folder / "hook.sh"
        self.program.write_text(SCRIPT.format(calls=self.calls_path, more=more))
        self.program.chmod(0o755)
        self.said_path = folder / "said"
        command = [laboratory.programs.weirctl, "--socket", fake.path, "hook", *options, self.program]
        with open(self.said_path, "w", encoding="utf-8") as said:
            self.process = subprocess.Popen([str(word) for word in command], stdout=said, stderr=said)

    def calls(self):
        """(word, health, reason, time) of each call."""
        if not self.calls_path.exists():
            return []
        rows = (line.split("|") for line in self.calls_path.read_text().splitlines())
        return [(row[0], row[1], row[2], float(row[3])) for row in rows if row[4] == "1"]

    def words(self):
        return [call[0] for call in self.calls()]

    def said(self):
        return self.said_path.read_text()

    def wait_for(self, condition, what):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            check(time.monotonic() < end, f"in vain: {what}; called {self.calls()}\n{self.said()}")
            check(self.process.poll() is None, f"ended: {self.said()}")
            time.sleep(0.02)

    def wait_words(self, *words):
        self.wait_for(lambda: len(self.words()) >= len(words), f"calls {words}")
        check(self.words() == list(words), f"called {self.words()}, not {words}\n{self.said()}")

    def end(self, status=0, number=signal.SIGTERM):
        self.process.send_signal(number)
        ended = self.process.wait(PATIENCE_S)
        check(ended == status, f"exit status {ended}, not {status}\n{self.said()}")


@contextlib.contextmanager
def hooked(laboratory, *options, more="", begin=True):
    """A fake Weir and a hook that follows it."""
    folder = laboratory.folder()
    timing = [] if "--up" in options else ["--up", UP_S, "--down", DOWN_S]
    with fake_health.serving(folder / "fake.sock") as fake:
        if not begin:
            fake.go()
        hook = Hook(laboratory, folder, fake, [*timing, *options], more)
        try:
            yield fake, hook
        finally:
            hook.process.kill()
            hook.process.wait()


@case("hook: called at the start, at each change and at the end, with the reason")
def changes(laboratory):
    with hooked(laboratory) as (fake, hook):
        hook.wait_words("up")
        check(hook.calls()[0][1:3] == ("", "Weir serves"), hook.calls())
        fake.answer = health("link_down", "rx_missed")
        hook.wait_words("up", "down")
        check(hook.calls()[1][1:3] == ("link_down rx_missed", "a port has no link"), hook.calls())
        fake.answer = health()
        hook.wait_words("up", "down", "up")
        hook.end()
        check(hook.words() == ["up", "down", "up", "down"], hook.words())
        check(hook.calls()[3][2] == "weirctl hook ends", hook.calls())
        check("down: a port has no link" in hook.said() and "exit status 0" in hook.said(), hook.said())


@case("hook: checks that only warn, and flapping, change nothing")
def steady(laboratory):
    with hooked(laboratory, "--up", 1, "--down", 2) as (fake, hook):
        hook.wait_words("up")
        fake.answer = health("rx_missed", "torrents_full", "gateway_unknown", "address_conflict")
        time.sleep(3)
        for _ in range(4):
            fake.answer = health("lcore_stuck")
            time.sleep(0.7)
            fake.answer = health()
            time.sleep(0.6)
        hook.wait_words("up")
        hook.end()


@case("hook: a Weir that ends is down at once, and up when it has been ready for long enough")
def restart(laboratory):
    with hooked(laboratory, "--up", 1.5, "--down", 10) as (fake, hook):
        hook.wait_words("up")
        gone = time.time()
        fake.go()
        hook.wait_words("up", "down")
        late = hook.calls()[1][3] - gone
        check(late < 2, f"{late:.1f} s late")
        check("no Weir runs there" in hook.calls()[1][2], hook.calls())
        fake.answer = health(ready=0)
        fake.come()
        time.sleep(3)
        hook.wait_words("up", "down")
        ready = time.time()
        fake.answer = health()
        hook.wait_words("up", "down", "up")
        early = hook.calls()[2][3] - ready
        check(early >= 1.5, f"up after {early:.1f} s")
        hook.end()


@case("hook: without a Weir at the start it is down")
def absent(laboratory):
    with hooked(laboratory, begin=False) as (_, hook):
        hook.wait_words("down")
        hook.end()
        check(hook.words() == ["down"], "told twice")


@case("hook: an answer that is late counts as none, but only once that lasts")
def late(laboratory):
    with hooked(laboratory, "--up", 0.5, "--down", 4) as (fake, hook):
        hook.wait_words("up")
        silent = time.time()
        fake.answer = None
        hook.wait_words("up", "down")
        after = hook.calls()[1][3] - silent
        check(4 <= after < 9, f"down after {after:.1f} s")
        check("does not answer" in hook.calls()[1][2], hook.calls())
        fake.answer = health()
        hook.wait_words("up", "down", "up")
        fake.answer = None
        time.sleep(1.5)
        fake.answer = health()
        time.sleep(4)
        hook.wait_words("up", "down", "up")
        hook.end()


@case("hook: a program that hangs is ended with all it started, and called again")
def hanging(laboratory):
    more = 'echo $$ >> "$0.pids"; sleep 300 & echo $! >> "$0.pids"; trap "" TERM; wait; sleep 300'
    with hooked(laboratory, "--limit", 1, more=more) as (_, hook):
        hook.wait_for(lambda: "still runs after 1 s, ends it" in hook.said(), "the limit")
        hook.wait_for(lambda: "ended by signal 9" in hook.said(), "the kill")
        pids = (hook.program.parent / "hook.sh.pids").read_text().split()[:2]
        time.sleep(0.2)
        left = [pid for pid in pids if os.path.exists(f"/proc/{pid}") and state_of(pid) != "Z"]
        check(not left, f"still there: {left}")
        hook.wait_words("up", "up")  # again, 5 s later
        first, second = (call[3] for call in hook.calls())
        check(second - first >= 6, f"again after {second - first:.1f} s")


def state_of(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0]
    return "Z"


@case("hook: never two calls at a time; what changes meanwhile is told afterwards")
def one_at_a_time(laboratory):
    more = 'mkdir "$0.lock" || echo "twice|||0|1" >> "${0%/*}/calls"; sleep 3; rmdir "$0.lock"'
    with hooked(laboratory, "--up", 0.3, "--down", 0.3, more=more) as (fake, hook):
        hook.wait_words("up")
        fake.answer = health("link_down")
        time.sleep(1.2)
        fake.answer = health()
        time.sleep(1.2)
        fake.answer = health("no_address")
        hook.wait_words("up", "down")
        check(hook.calls()[1][1] == "no_address", hook.calls())
        hook.end()
        check(hook.words() == ["up", "down"], hook.words())


@case("hook: a call that fails is told and made again; at the end it is the exit status")
def failing(laboratory):
    with hooked(laboratory, more='[ -e "$0.good" ] || exit 3') as (_, hook):
        hook.wait_for(lambda: "exit status 3" in hook.said(), "the exit status")
        (hook.program.parent / "hook.sh.good").touch()
        hook.wait_words("up", "up")
        (hook.program.parent / "hook.sh.good").unlink()
        hook.end(status=1)
        check(hook.words() == ["up", "up", "down"], hook.words())


@case("hook: --repeat tells again, --keep leaves the state, --drain waits after down")
def options(laboratory):
    with hooked(laboratory, "--repeat", 1, "--keep") as (_, hook):
        hook.wait_words("up", "up", "up")
        hook.end(number=signal.SIGINT)
        check("down" not in hook.words(), hook.words())
    with hooked(laboratory, "--drain", 2) as (_, hook):
        hook.wait_words("up")
        hook.process.terminate()
        hook.wait_words("up", "down")
        ended = time.time()
        check(hook.process.wait(PATIENCE_S) == 0, hook.said())
        check(time.time() - ended > 1.5, f"only {time.time() - ended:.1f} s")
    with hooked(laboratory, "--drain", 60) as (fake, hook):  # nobody serves: nothing to wait for
        hook.wait_words("up")
        fake.go()
        hook.wait_words("up", "down")
        hook.end()
    with hooked(laboratory, "--drain", 60) as (_, hook):  # a second signal ends the pause
        hook.wait_words("up")
        hook.process.terminate()
        hook.wait_words("up", "down")
        hook.end()


@case("hook: --once says whether a Weir serves, for VRRP")
def once(laboratory):
    weirctl, folder = laboratory.programs.weirctl, laboratory.folder()
    path = folder / "fake.sock"

    def told():
        ended = laboratory.run(weirctl, "-s", path, "hook", "--once")
        return ended.status, ended.out.strip()

    with fake_health.serving(path) as fake:
        check(told() == (0, "up: Weir serves"), told())
        fake.answer = health("rx_missed")
        check(told() == (0, "up: Weir serves"), told())
        fake.answer = health("lcore_stuck")
        check(told() == (1, "down: an lcore has not finished a turn for 0.8 s"), told())
        fake.answer = health(ready=0)
        check(told() == (1, "down: Weir is not ready"), told())
        fake.answer = {"error": "Weir is ending", "code": 503}
        check(told() == (1, "down: Weir is ending"), told())
        fake.answer = None
        check(told()[0] == 1 and "does not answer" in told()[1], told())
    check(told() == (1, f"down: {path}: no Weir runs there"), told())


@case("hook: mistakes of the command line are all told, and nothing is called")
def mistakes(laboratory):
    folder = laboratory.folder()
    plain = folder / "plain"
    plain.write_text("not a program")
    weirctl = laboratory.programs.weirctl
    for words, texts in (
        (("hook",), ["PROGRAM is missing"]),
        (("hook", folder / "none", "--up", "0"), ["none: No such file", "--up 0: must be a number"]),
        (("hook", plain, "--watch", "1"), ["not executable", "--watch does not go with hook"]),
        (
            ("hook", folder, "--once", "--limit", "1"),
            ["not a regular file", "--limit does not", "takes no PROG"],
        ),
        (("stats", "--drain", "1"), ["--drain does not go with stats"]),
    ):
        ended = laboratory.run(weirctl, *words)
        check(ended.status == 2 and ended.out == "", f"{words}: {ended}")
        for text in texts:
            check(text in ended.err, f"{words} does not say {text}: {ended.err}")


@case("hook: a program that goes away, or is none, is told of and does not end the hook")
def gone_program(laboratory):
    with hooked(laboratory) as (fake, hook):
        hook.wait_words("up")
        hook.program.rename(hook.program.with_suffix(".away"))
        fake.answer = health("link_down")
        hook.wait_for(lambda: "down: No such file or directory" in hook.said(), "the error")
        hook.program.with_suffix(".away").rename(hook.program)
        hook.wait_words("up", "down")
        hook.end()


@case("hook: a real Weir, from before its start to after its end")
def real(laboratory):
    scenario = laboratory.scenario()
    with laboratory.fed(scenario) as weir:

        class There:
            path = weir.socket

        folder = laboratory.folder()
        hook = Hook(laboratory, folder, There, ["--up", 0.5, "--down", 60], "")
        try:
            hook.wait_words("up")
            weir.process.terminate()
            hook.wait_words("up", "down")
            hook.end()
        finally:
            hook.process.kill()
            hook.process.wait()
