# SPDX-License-Identifier: BSD-3-Clause
"""A swarm of two: a libtorrent seed as client 2, somebody who fetches as client 3."""

import process
from bep15 import expect
from peer import Peer
from torrent import Torrent

MIB = 1 << 20
FAMILIES = {
    "ipv4": ("10.77.0.{}", "udp://10.77.0.1:6969/announce"),
    "ipv6": ("[fd77::{}]", "udp://[fd77::1]:6969/announce"),
}


class Swarm:
    """The seed has announced once this is made."""

    def __init__(self, lab, family="ipv4", name="content", sizes=(2 * MIB + 12345,), url_tail=""):
        address, tracker = FAMILIES[family]
        self.lab = lab
        self.family = family
        self._address = address
        self.fetch_folder = lab.make_folder(name, "fetch")
        self.torrent = Torrent(lab.make_folder(name), name, sizes, [tracker + url_tail])
        self.seed = self.peer(2, self.torrent.seed_folder)
        self.seed.wait_for("replies")
        self.expect_swarm(seeders=1, leechers=0)

    def peer(self, number, folder, **options):
        listen = [self._address.format(number)]
        return Peer(self.lab, number, self.torrent, folder, listen, **options)

    def fetcher(self, **options):
        return self.peer(3, self.fetch_folder, **options)

    def expect_swarm(self, seeders, leechers, timeout=15):
        """What Weir counts must become this; the other family must stay empty."""
        wanted = {f"{role}_{f}": 0 for role in ("seeders", "leechers") for f in FAMILIES}
        wanted[f"seeders_{self.family}"] = seeders
        wanted[f"leechers_{self.family}"] = leechers
        seen = {}

        def same():
            stats = self.lab.weir.stats()
            seen.update({name: stats[name] for name in wanted})
            return seen == wanted

        try:
            process.wait_until(same, "swarm", timeout)
        except process.Failure:
            expect(f"swarm after {timeout} s", seen, wanted)

    def expect_fetched(self, timeout=40):
        process.wait_until(
            lambda: self.torrent.same(self.fetch_folder),
            "the fetched file as it was seeded",
            timeout,
            pause=0.2,
        )

    def expect_verdicts(self, **wanted):
        """The tracker's own verdicts over this family must be exactly these, all others 0."""
        host = ("arp_", "ndp_", "echo_", "icmp_", "ip_destination", "ip_protocol", "frame_")
        verdicts = self.lab.weir.verdicts(self.family)
        seen = {name: count for name, count in verdicts.items() if count and not name.startswith(host)}
        expect("verdicts", seen, wanted)

    def leave(self, *peers):
        for peer in (self.seed, *peers):
            peer.leave()
        self.expect_swarm(seeders=0, leechers=0)
        for peer in (self.seed, *peers):
            peer.end()
