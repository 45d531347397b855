# SPDX-License-Identifier: BSD-3-Clause
"""Lists and limits that decide about every request of a benchmark, but refuse none."""

import random
import string
from dataclasses import dataclass

KEYS = 100_000
NETWORKS = 100_000
CLIENT_PROGRAMS = 64
URL_KEY = "".join(string.ascii_letters[n % 52] for n in range(32))
URL_PATH = f"/announce/{URL_KEY}"
NO_LIMIT = 1_000_000_000  # never reached

OFF = {
    "limits": {
        "budget": 0,
        "connects": 0,
        "peers_per_source": 0,
        "peers_per_swarm_and_source": 0,
        "torrents_per_source": 0,
    }
}


@dataclass(frozen=True)
class Lists:
    """Paths of files."""

    torrents: object
    clients: object
    networks: object
    keys: object

    def settings(self, keys):
        """Groups of settings that use all of them; `keys`: also those, which scrapes cannot show."""
        return {
            "access": {
                "mode": "allow",
                "file": str(self.torrents),
                "clients_mode": "deny",
                "clients_file": str(self.clients),
            },
            "sources": {"deny_file": str(self.networks)},
            "keys": {"required": keys, "file": str(self.keys)},
            "limits": {
                "budget": NO_LIMIT,
                "burst": NO_LIMIT,
                "connects": NO_LIMIT,
                "overload": False,  # this port always has more
                "peers_per_source": 2 * NO_LIMIT,
                "peers_per_swarm_and_source": 2 * NO_LIMIT,
                "torrents_per_source": 134_000_000,
            },
        }


def _network(rng):
    """Never one of weir-load's clients, whose networks begin with 198."""
    first = rng.choice([number for number in range(1, 224) if number not in (127, 198)])
    return f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}/32"


def _write(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    path.chmod(0o600)
    return path


def write(lab, load, store):
    """Writes the four files. All torrents that weir-load announces are allowed."""
    folder = lab.folder
    rng = random.Random(1)
    torrents = folder / "torrents.list"
    load.run([f"--print-hashes={torrents}", f"--torrents={store.torrents}", f"--peers={store.peers}"])
    keys = ["".join(rng.choices(string.ascii_letters + string.digits, k=32)) for _ in range(KEYS)]
    return Lists(
        torrents=torrents,
        clients=_write(folder / "clients.list", [f"-X{number:03}" for number in range(CLIENT_PROGRAMS)]),
        networks=_write(folder / "networks.list", [_network(rng) for _ in range(NETWORKS)]),
        keys=_write(folder / "keys.list", [*keys, URL_KEY]),
    )
