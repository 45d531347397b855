# SPDX-License-Identifier: BSD-3-Clause
"""Keys in announce URLs, which clients send as options of BEP 41."""

import os

from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from peer import Peer
from swarm import FAMILIES, Swarm
from torrent import Torrent

GOOD = "0123456789abcdefghijklmnopqrSTUV"
ENDED = "ENDEDabcdefghijklmnopqrstuvwxyz0"
OTHER = "OTHERabcdefghijklmnopqrstuvwxyz0"


def _require_keys(lab):
    path = lab.path("keys")
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(f"{GOOD} # one user\n{ENDED} until=2020-01-01\n")
    lab.settings += f' keys = {{ required = true; file = "{path}"; }};'


def _refused(lab, tail, verdict):
    """A client whose URL ends like this gets an error. (libtorrent does not show its text.)"""
    address, tracker = FAMILIES["ipv4"]
    name = f"refused{tail.replace('/', '-')}"
    torrent = Torrent(lab.make_folder(name), name, (100000,), [tracker + tail])
    before = lab.weir.verdicts("ipv4")[verdict]
    peer = Peer(lab, 4, torrent, torrent.seed_folder, [address.format(4)])
    peer.wait_for_error()
    expect(f"replies to {tail}", peer.look()["replies"], [])
    expect(f"{tail} is {verdict}", lab.weir.verdicts("ipv4")[verdict] > before, True)
    peer.end()


def _transfer(lab, family):
    """Seed and fetch with a key. Scrapes have none, so they tell nothing."""
    swarm = Swarm(lab, family, name=f"content-{family}", url_tail=f"/{GOOD}")
    leecher = swarm.fetcher()
    leecher.wait_until_finished()
    swarm.expect_fetched()
    expect("scrape as libtorrent reads it", leecher.scrape(), (0, 0))
    swarm.leave(leecher)


@test("libtorrent announces with the key of its URL, and is refused without a good one", "libtorrent")
def keys(weir):
    with Lab(weir, QUICK) as lab:
        _require_keys(lab)
        lab.start_weir()
        for family in FAMILIES:
            _transfer(lab, family)
        _refused(lab, "", "key_unknown")
        _refused(lab, f"/{OTHER}", "key_unknown")
        _refused(lab, f"/{ENDED}", "key_expired")
        expect("scrapes", lab.weir.verdicts("ipv4")["scrape_denied"], 1)
