# SPDX-License-Identifier: BSD-3-Clause
"""A libtorrent client in a namespace of the lab (peer_session.py leads the library there)."""

import json
import os
import select
import subprocess
import sys

import process

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_session.py")
ANSWER_S = 15


class Peer:
    """`listen`: addresses this client may use, which decides the family it announces over."""

    def __init__(self, lab, number, torrent, folder, listen, **options):
        options.update(
            listen=",".join(f"{address}:6881" for address in listen),
            torrent=torrent.path,
            folder=folder,
        )
        os.makedirs(folder, exist_ok=True)
        self._process = lab.spawn(
            lab.client(number),
            sys.executable,
            PROGRAM,
            json.dumps(options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def _ask(self, *command):
        self._process.stdin.write(json.dumps(command) + "\n")
        if not select.select([self._process.stdout], [], [], ANSWER_S)[0]:
            raise process.Failure(f"libtorrent client: no answer to {command[0]}")
        line = self._process.stdout.readline()
        if not line:
            raise process.Failure("libtorrent client: it ended unasked")
        return json.loads(line)

    def look(self):
        return self._ask("look")

    def wait_for(self, key, count=1, timeout=20):
        """Waits until at least `count` replies, scrapes … have come; returns the newest."""

        def enough():
            seen = self.look()
            if seen["errors"]:
                raise process.Failure(f"libtorrent client: {seen['errors'][0]}")
            return seen[key] if len(seen[key]) >= count else None

        return process.wait_until(enough, f"{key} of the tracker", timeout)[-1]

    def wait_for_error(self, timeout=20):
        """Waits until the tracker has refused it; returns what libtorrent tells its user."""
        return process.wait_until(lambda: self.look()["errors"], "error of the tracker", timeout)[0]

    def wait_until_finished(self, timeout=30):
        process.wait_until(lambda: self.look()["finished"], "download by libtorrent", timeout)

    def scrape(self):
        """(complete, incomplete) as the tracker says."""
        count = len(self.look()["scrapes"])
        self._ask("scrape")
        return tuple(self.wait_for("scrapes", count + 1))

    def reannounce(self):
        """Announces at once and waits for the reply; returns how many peers it named."""
        count = len(self.look()["replies"])
        self._ask("reannounce")
        return self.wait_for("replies", count + 1)[1]

    def leave(self):
        self._ask("leave")

    def end(self):
        self._process.stdin.close()
        self._process.wait(15)
