# SPDX-License-Identifier: BSD-3-Clause
"""A headless Chromium, led over a pair of pipes by the DevTools protocol.

It has no profile but a new folder, and can reach nothing but loopback: names are not looked up.
"""

import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

from suite import Failed, Skipped, check

PROGRAM = "chromium"
ANSWER_S = 60
PAUSE_S = 0.05
READ_FD, WRITE_FD = 3, 4  # where Chromium looks for its pipes
ABOVE = 10  # no descriptor of ours is in their way from here on
CHUNK = 1 << 16

OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
]


def _pipe():
    return [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, ABOVE) for end in os.pipe()]


class Browser:
    """with Browser() as browser: …"""

    def __init__(self):
        if shutil.which(PROGRAM) is None:
            raise Skipped(f"{PROGRAM} not installed: apt install {PROGRAM}")
        self._numbers = 0
        self._rest = b""
        self.pages = {}  # by session

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-browser-"))
        theirs, self._write = _pipe()
        self._read, their_answers = _pipe()

        def connect():
            os.dup2(theirs, READ_FD)
            os.dup2(their_answers, WRITE_FD)

        self.process = subprocess.Popen(
            [PROGRAM, *OPTIONS, f"--user-data-dir={self.folder}/profile", "about:blank"],
            preexec_fn=connect,
            close_fds=False,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("wb"),
            env={**os.environ, "HOME": str(self.folder)},
        )
        os.close(theirs)
        os.close(their_answers)
        return self

    def __exit__(self, *_):
        os.close(self._write)
        os.close(self._read)
        with_children = self.process.pid  # it leads a session of its own
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(with_children, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _receive(self, deadline):
        """The next message, or None at the deadline."""
        while b"\0" not in self._rest:
            patience = max(0, deadline - time.monotonic())
            if not select.select([self._read], [], [], patience)[0]:
                return None
            chunk = os.read(self._read, CHUNK)
            if not chunk:
                log = (self.folder / "log").read_text(errors="replace")
                raise Failed(f"{PROGRAM} ended:\n{log[-2000:]}")
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _sort_in(self, message):
        page = self.pages.get(message.get("sessionId"))
        if page is not None and "method" in message:
            page.note(message["method"], message["params"])

    def call(self, method, session=None, **parameters):
        self._numbers += 1
        number = self._numbers
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        wire = json.dumps(message).encode() + b"\0"
        while wire:
            wire = wire[os.write(self._write, wire) :]
        deadline = time.monotonic() + ANSWER_S
        while (answer := self._receive(deadline)) is not None:
            if answer.get("id") == number:
                check("error" not in answer, f"{method}: {answer.get('error')}")
                return answer["result"]
            self._sort_in(answer)
        raise Failed(f"{PROGRAM} did not answer {method} within {ANSWER_S} s")

    def pause(self, seconds):
        """Waits, but goes on hearing what Chromium says: with a full pipe it would stand still."""
        deadline = time.monotonic() + seconds
        while (message := self._receive(deadline)) is not None:
            self._sort_in(message)

    def page(self, width=1440, height=1000, scheme="dark", density=1, forced="none"):
        page = Page(self)
        page.resize(width, height, scheme, density, forced)
        return page


class Page:
    """One tab. It keeps what it was told of errors and requests."""

    def __init__(self, browser):
        self.browser = browser
        self.errors = []  # console, exceptions, what the browser has to object
        self.refused = []  # answers of 4xx and 5xx, which the browser logs too
        self.requests = []  # addresses
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        browser.pages[self.session] = self
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def note(self, method, event):
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(str(event["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning"):
            self.errors.append(str(event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            network = event["entry"]["source"] == "network"
            (self.refused if network else self.errors).append(event["entry"]["text"])

    def resize(self, width, height, scheme, density, forced="none"):
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=density,
            mobile=width < 600,
        )
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "forced-colors", "value": forced},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)

    def open(self, url):
        self.call("Page.navigate", url=url)
        loaded = "document.readyState === 'complete' && location.href !== 'about:blank'"
        self.wait(loaded, f"the page at {url}")

    def evaluate(self, script):
        """The value of an expression of JavaScript."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        check("exceptionDetails" not in answer, f"{script}: {answer.get('exceptionDetails')}")
        return answer["result"].get("value")

    def wait(self, script, what, timeout_s=30):
        """Waits until an expression is true; returns its value."""
        deadline = time.monotonic() + timeout_s
        while not (value := self.evaluate(script)):
            text = self.evaluate("document.body ? document.body.innerText : ''")
            check(time.monotonic() < deadline, f"{what}: not within {timeout_s} s\n{text}")
            self.browser.pause(PAUSE_S)
        return value

    def picture(self, path, whole=False):
        """A PNG of what is seen, or of the whole page."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(answer["data"]))

    def hosts(self):
        """Who was asked for something, as host:port."""
        return {urllib.parse.urlsplit(url).netloc for url in self.requests if "://" in url}
