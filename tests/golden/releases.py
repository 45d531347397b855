# SPDX-License-Identifier: BSD-3-Clause
"""What each release left to be compared with: tests/golden/releases/VERSION, made by record_release.py.

names.txt has the names that docs/compatibility.md promises; weir.cfg uses every setting, with files beside
it; peers and peers-detail are snapshots of the same swarms, without and with swarm.peer_detail.
"""

import hashlib
import re
import shutil

import bep15
from cases_lcores import two_cpus
from frames import client4, client6
from lab import REPOSITORY

RELEASES = REPOSITORY / "tests" / "golden" / "releases"
GONE = RELEASES / "gone.txt"  # names that went as docs/compatibility.md says, a line each
FILES = ("torrents", "clients", "networks", "keys", "key")  # that weir.cfg names
SECRET = ("keys", "key")
SNAPSHOTS = {"peers": False, "peers-detail": True}  # file -> swarm.peer_detail
AT_TIME = 1_700_000_000
HASHES = [hashlib.sha1(b"release %d" % n).digest() for n in range(14)]
FINISHED = hashlib.sha1(b"finished").digest()  # nobody is left in it, but it was downloaded
SETTINGS = {
    "test.time": AT_TIME,
    # All IPv6 clients here are in one /64, so they are one source.
    "limits.peers_per_source": 0,
    "limits.peers_per_swarm_and_source": 0,
    "limits.torrents_per_source": 0,
}


def numbers(version):
    return tuple(map(int, version.split(".")))


def recorded():
    """Versions with a folder, the oldest first."""
    return sorted((path.parent.name for path in RELEASES.glob("*/names.txt")), key=numbers)


def fill(scenario):
    """Swarms of both address families. Never changed: snapshots of releases were made of them."""
    for client_of in (client4, client6):
        scenario.connect(client_of(2))
        for number, info_hash in enumerate(HASHES):
            for other in range(number % 13 + 1):
                scenario.announce(client_of(10 + other), info_hash, left=other % 2)
            if number % 3 == 0:  # a download that is counted, and must not be again
                scenario.announce(client_of(10), info_hash, left=5)
                scenario.announce(client_of(11), info_hash, left=0, event=bep15.COMPLETED)
                scenario.announce(client_of(11), info_hash, left=5)
    scenario.announce(client4(18), FINISHED, left=5)
    scenario.announce(client4(18), FINISHED, left=0, event=bep15.COMPLETED)
    scenario.announce(client4(18), FINISHED, left=0, event=bep15.STOPPED)


def ask(scenario):
    """Announces that get the peers from before, then a scrape of everything."""
    for client_of in (client4, client6):
        for number, info_hash in enumerate(HASHES):
            scenario.announce(client_of(11), info_hash, left=0)
            scenario.announce(client_of(200), info_hash, left=number % 2)
        scenario.scrape(client_of(2), [*HASHES, FINISHED, b"\0" * 20])


def configuration(lab, version, folder=None):
    """weir.cfg of a release in a folder of this machine."""
    source, folder = RELEASES / version, folder or lab.folder()
    for name in FILES:
        shutil.copyfile(source / name, folder / name)
        (folder / name).chmod(0o600 if name in SECRET else 0o644)
    text = (source / "weir.cfg").read_text()
    values = dict(zip(("CPU0", "CPU1"), map(str, two_cpus())), FOLDER=str(folder), PREFIX=lab.file_prefix())
    path = folder / "weir.cfg"
    path.write_text(re.sub(r"\b(CPU0|CPU1|FOLDER|PREFIX)\b", lambda word: values[word[1]], text))
    return path


def settings_in(text):
    """The settings that a configuration as --print-config writes it has."""
    group = ""
    for line in text.splitlines():
        opened = re.match(r"(\w+) = [{(]", line)
        group = opened[1] if opened else group
        setting = re.match(r" +(\w+) = ", line)
        if setting:
            yield f"ports[].{setting[1]}" if group == "ports" else f"{group}.{setting[1]}"
