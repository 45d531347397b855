# SPDX-License-Identifier: BSD-3-Clause
"""The wall clock steps, by clock_shim.c: peers age by another clock, and connection ids by their slots."""

import contextlib
import mmap
import struct
import time

import connid
import frames
import reloading
from client import Client, until
from private_network import private_network
from suite import Skipped, case, check

HOUR_S, DAY_S = 3600, 86400
BYTE_S = 256 * connid.SLOT_S  # after which the slot byte of an id is the same again
TIMEOUT_S = 160  # of peers; a sweep looks at all of them each 11 s
SWEPT_S = TIMEOUT_S // 16 + 2
PEERS = 500
FOLLOWS_S = 1.0  # the control thread reads the clock each 100 ms
KEY = bytes(range(32))
ADDRESS = frames.Client("10.77.0.2")


class Clock:
    """The wall clock of a Weir that runs with clock_shim."""

    def __init__(self, laboratory):
        self.shim = laboratory.programs.weir.parents[2] / "tests/torture/libclock_shim.so"
        if not self.shim.exists():
            raise Skipped(f"needs {self.shim}")
        self.path = laboratory.folder() / "clock"
        self.path.write_bytes(bytes(8))
        with self.path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def words(self):
        return ["env", f"LD_PRELOAD={self.shim}", f"WEIR_CLOCK_FILE={self.path}"]

    def set_off(self, seconds):
        self._memory[:] = struct.pack("=q", seconds)

    def now(self):
        return time.time() + struct.unpack("=q", self._memory[:])[0]


@contextlib.contextmanager
def serving(laboratory, clock, folder, timeout_s):
    """(a Weir, words for its namespace); its snapshot and its key are in the folder."""
    (folder / "key").write_text(KEY.hex() + "\n")
    (folder / "key").chmod(0o600)
    settings = {
        "driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"],
        "swarm.peer_timeout": timeout_s,
        "tracker.interval": 100,
        "tracker.interval_spread": 0,
        "tracker.key_file": str(folder / "key"),
        "snapshot.file": str(folder / "snapshot"),
        "limits.peers_per_source": 0,
        "limits.peers_per_swarm_and_source": 0,
        "limits.budget": 0,
        "limits.connects": 0,
    }
    with private_network() as inside:
        text = reloading.config_text(laboratory.file_prefix(), settings)
        with laboratory.running(text, laboratory.folder(), inside=[*inside, *clock.words()]) as weir:
            yield weir, inside


def peers_of(weir):
    stats = weir.ask("/weir/stats")
    return sum(stats[f"{role}_{family}"] for role in ("seeders", "leechers") for family in ("ipv4", "ipv6"))


def expected(minted_s, now_s):
    """How an id from one time is judged at another, by tests/golden/connid.py."""
    ids = connid.ConnectionIds(KEY, int(now_s))
    made = connid.ConnectionIds(KEY, int(minted_s)).mint(ADDRESS)
    if not ids.is_authentic(made, ADDRESS):
        return "lost"
    age = ids.slot - int(minted_s) // connid.SLOT_S
    return "served" if age <= ids.slots_max else "expired"


def away_from_slot_end(clock):
    """Waits until the slot of wall time lasts for some seconds more."""
    left = connid.SLOT_S - clock.now() % connid.SLOT_S
    if left < 5:
        time.sleep(left + 0.2)


def new_id(client, clock):
    """(a new id, the wall time of its making)."""
    until(lambda: client.connect() is not None, 5, "a reply to a connect")
    made_s = clock.now()
    found = client.connect()
    check(
        found == connid.ConnectionIds(KEY, int(made_s)).mint(ADDRESS),
        f"id {found} at {made_s} is not made by the wall clock",
    )
    return found, made_s


def check_step(weir, client, clock, ids, offset_s):
    """Steps the clock; every id is judged as its times say, new ones are good, and no peer goes."""
    clock.set_off(offset_s)
    time.sleep(FOLLOWS_S)
    away_from_slot_end(clock)
    for minted_s, old in ids:
        wanted, got = expected(minted_s, clock.now()), client.announce(old)
        check(
            got == wanted,
            f"off by {offset_s} s: an id made {clock.now() - minted_s:.0f} s ago: {got}, not {wanted}",
        )
    fresh, made_s = new_id(client, clock)
    check(client.announce(fresh) == "served", f"off by {offset_s} s: a new id is not good")
    peers = peers_of(weir)
    check(peers == PEERS, f"off by {offset_s} s: {peers} peers, not {PEERS}")
    health = weir.ask("/weir/health")
    check(health["problems"] == 0, f"off by {offset_s} s: {health}")
    return made_s, fresh


STEPS = (HOUR_S, 0, -HOUR_S, DAY_S, -DAY_S, BYTE_S, -BYTE_S, 64, 0)


@case("clock: steps of an hour, a day, backwards and over 2038 expire no peer, and ids as their slots say")
def steps(laboratory):
    clock = Clock(laboratory)
    folder = laboratory.folder()
    far = 2**31 - int(time.time()) - 2  # two seconds before 31 bits are full
    with serving(laboratory, clock, folder, TIMEOUT_S) as (weir, inside):
        client = Client(inside)
        away_from_slot_end(clock)
        first, made_s = new_id(client, clock)
        for port in range(1, PEERS):
            check(client.announce(first, port=port) == "served", f"announce {port}")
        check(client.announce(first) == "served", "the last announce")
        ids = [(made_s, first)]
        for offset_s in STEPS:
            ids.append(check_step(weir, client, clock, ids, offset_s))
        ids.append(check_step(weir, client, clock, ids, far))
        time.sleep(2.5)
        ids.append(check_step(weir, client, clock, ids, far))
        clock.set_off(DAY_S)
        time.sleep(SWEPT_S)
        check(peers_of(weir) == PEERS, f"{peers_of(weir)} peers after a sweep, with the clock a day off")
        print(f"# {len(ids)} ids in {len(STEPS) + 2} steps")


@case("clock: a snapshot is loaded whole after the clock was set back, and has expired after a day")
def restarts(laboratory):
    clock = Clock(laboratory)
    folder = laboratory.folder()
    with serving(laboratory, clock, folder, HOUR_S) as (weir, inside):
        client = Client(inside)
        fresh, _ = new_id(client, clock)
        for port in range(1, PEERS + 1):
            check(client.announce(fresh, port=port) == "served", f"announce {port}")
    kept = (folder / "snapshot").read_bytes()
    for offset_s, restored in ((-HOUR_S, PEERS), (-DAY_S, PEERS), (HOUR_S // 2, PEERS), (DAY_S, 0)):
        (folder / "snapshot").write_bytes(kept)
        clock.set_off(offset_s)
        with serving(laboratory, clock, folder, HOUR_S) as (weir, _):
            told = weir.ask("/weir/snapshot")
            check(told["restored_peers"] == restored, f"off by {offset_s} s: {told}")
            check(told["restored_expired"] == PEERS - restored, f"off by {offset_s} s: {told}")
            check(peers_of(weir) == restored, f"off by {offset_s} s: {peers_of(weir)} peers")
