# SPDX-License-Identifier: BSD-3-Clause
"""No room: for torrents, for peers, in rings, in the pool of mbufs; and room again."""

from frames import Client, client4, client6
from suite import case, check
from tracker import Limits, Tracker

A, B = b"\xaa" * 20, b"\xbb" * 20
HASHES = [n.to_bytes(20, "big") for n in range(1, 200)]
FAMILIES = (client4, client6)


@case("capacity: the torrent table is full")
def torrents_full(lab):
    settings = {"swarm.max_torrents": 16}
    scenario = lab.scenario(settings=settings, tracker=Tracker(max_torrents=16))
    for info_hash in HASHES[:16]:
        scenario.announce(client4(2), info_hash)
    for client in (client4(3), client6(3)):
        for info_hash in HASHES[16:20]:  # answered, not stored
            scenario.announce(client, info_hash)
            scenario.announce(client, info_hash, left=0)
            scenario.announce(client, info_hash, event=3)
        scenario.scrape(client, HASHES[:20])
        for info_hash in HASHES[:16]:  # those that are there are served
            scenario.announce(client, info_hash)
            scenario.announce(client, info_hash, left=0)
    ended = scenario.run()
    check(scenario.verdicts["ipv4", "announce_torrents_full"] == 8, "the case is wrong")
    check(ended.stats["torrents"] == 16, f"{ended.stats['torrents']} torrents, not 16")


def _fill_one(scenario, client_of, count):
    for number in range(count):
        scenario.announce(client_of(100 + number), A, num_want=3)


def _fill_many(scenario, client_of, count):
    for number in range(count):
        scenario.announce(client_of(100 + number), HASHES[number % 14], num_want=3)


def _fill_mixed(scenario, client_of, count):
    for number in range(count):
        family = FAMILIES[number % 2]
        scenario.announce(family(100 + number), HASHES[number % 5], left=number % 3)


@case("capacity: the peer table is full, however peers are spread over torrents")
def peers_full(lab):
    most = 40
    for fill in (_fill_one, _fill_many, _fill_mixed):
        for client_of in FAMILIES:
            settings = {"swarm.max_torrents": 16, "swarm.max_peers": most}
            settings["limits.peers_per_source"] = 0  # IPv6 clients of the lab have one /64
            scenario = lab.scenario(settings=settings, tracker=Tracker(16, most))
            fill(scenario, client_of, most)
            known = next(iter(scenario.tracker.torrents))
            for newcomer in (client4(9), client6(9)):
                scenario.announce(newcomer, known)  # gets peers, is not stored
                scenario.announce(newcomer, known, left=0)
                scenario.announce(newcomer, b"\xee" * 20)
                scenario.announce(newcomer, known, event=3)
            fill(scenario, client_of, most)  # those that are there are served
            first = FAMILIES[0] if fill is _fill_mixed else client_of
            scenario.announce(first(100), known, event=3)  # one leaves: room for one
            scenario.announce(client_of(9), known)
            scenario.announce(client_of(8), known)
            for client in (client4(9), client6(9)):
                scenario.scrape(client, [known])
            full = {f: scenario.verdicts[f, "announce_peers_full"] for f in ("ipv4", "ipv6")}
            check(sum(full.values()) == 7, "the case is wrong")
            scenario.run()


@case("capacity: a source stores no more than its share of peers, whatever its UDP ports")
def peers_of_a_source(lab):
    settings = {"limits.peers_per_source": 20}
    for client_of, neighbour in ((client4, client4(3)), (client6, Client("fd77:0:0:1::3"))):
        scenario = lab.scenario(settings=settings, tracker=Tracker(limits=Limits(peers=20)))
        client = client_of(2)
        for number in range(30):  # the last ten get peers, and are not stored
            scenario.announce(client, HASHES[number % 3], port=1000 + number, left=number % 2)
        scenario.announce(client, HASHES[5], port=5000)  # nor is a torrent
        for number in range(20):  # those that are there are served
            scenario.announce(client, HASHES[number % 3], port=1000 + number, left=0)
        scenario.announce(neighbour, HASHES[0])
        scenario.announce(neighbour, HASHES[5])
        scenario.announce(client, HASHES[0], port=1000, event=3)  # one leaves: room for one
        scenario.announce(client, HASHES[5], port=5000)
        scenario.announce(client, HASHES[5], port=5001)
        scenario.scrape(client, HASHES[:6])
        check(scenario.verdicts[client.family, "announce_source_full"] == 12, "the case is wrong")
        scenario.run()


@case("capacity: a source has its share of each swarm")
def peers_of_a_source_in_a_swarm(lab):
    settings = {"limits.peers_per_swarm_and_source": 3}
    scenario = lab.scenario(settings=settings, tracker=Tracker(limits=Limits(peers_of_swarm=3)))
    for client_of in FAMILIES:
        for number in range(15):
            scenario.announce(client_of(2), HASHES[number % 3], port=1000 + number)
        scenario.announce(client_of(2), HASHES[0], port=1000, left=0)
    scenario.announce(client4(3), HASHES[0])
    scenario.scrape(client4(3), HASHES[:3])
    check(scenario.verdicts["ipv4", "announce_source_full"] == 6, "the case is wrong")
    scenario.run()


@case("capacity: a source adds no more than its share of torrents")
def torrents_of_a_source(lab):
    settings = {"limits.torrents_per_source": 10}
    scenario = lab.scenario(settings=settings, tracker=Tracker(limits=Limits(torrents=10)))
    for client in (client4(2), client6(2)):
        for number, info_hash in enumerate(HASHES[:24]):
            scenario.announce(client, info_hash, event=3 if number < 4 else 0)
        scenario.scrape(client, HASHES[:24])
    for info_hash in HASHES[14:20]:
        scenario.announce(client4(3), info_hash)  # another source does
        scenario.announce(client4(2), info_hash)  # and the first is served there
    check(scenario.verdicts["ipv4", "announce_source_full"] == 10, "the case is wrong")
    scenario.run()


@case("capacity: torrents without peers leave room for others, however many there were")
def empty_torrents(lab):
    most, others = 1000, 880  # an eighth of `most` is kept
    settings = {"swarm.max_torrents": most, "limits.torrents_per_source": 0, "limits.budget": 0}
    scenario = lab.scenario(settings=settings)
    popular = HASHES[:20]
    for info_hash in popular:
        for number in range(4, 8):
            scenario.announce(client4(number), info_hash, port=1)
            scenario.announce(client4(number), info_hash, port=1, left=0)
            scenario.announce(client4(number), info_hash, port=1, event=3)
    for number in range(1500):
        info_hash = (1000 + number).to_bytes(20, "big")
        scenario.announce(client4(2), info_hash, num_want=0)
        scenario.announce(client4(2), info_hash, num_want=0, left=0)
        scenario.announce(client4(2), info_hash, num_want=0, event=3)
        if number % 5 == 0:  # and one that nobody has downloaded
            scenario.announce(client4(2), B, num_want=0)
            scenario.announce(client4(2), B, num_want=0, event=3)
    scenario.noise(32)
    for number in range(others - 5):
        scenario.announce(client4(256 + number), (1 << 40 | number).to_bytes(20, "big"))
    scenario.scrape(client4(3), popular)  # the most downloaded are still there
    ended = scenario.run()
    check(ended.stats["torrents"] == most // 8 + others - 5, f"{ended.stats['torrents']} torrents")


@case("capacity: the interval rises when the peer table is nearly full")
def interval_rises(lab):
    settings = {
        "tracker.interval": 300,
        "tracker.interval_max": 900,
        "swarm.max_peers": 40,
        "limits.peers_per_source": 0,
    }
    scenario = lab.scenario(settings=settings)
    scenario.announce(client4(2), A, num_want=0)
    for number in range(38):
        scenario.announce(client4(100 + number), A, num_want=0)
    scenario.wait_seconds(6)
    for _ in range(32):
        scenario.announce(client4(2), A, num_want=0)
    scenario.run()
    intervals = [int.from_bytes(frame[50:54], "big") for frame in scenario.wire.sent if len(frame) == 62]
    check(intervals[0] == 300, f"{intervals[0]} s while there is no load")
    check(310 < intervals[-1] <= 900, f"{intervals[-1]} s after six seconds of load")
    check(sorted(intervals) == intervals, "it falls")


@case("capacity: one torrent, one peer")
def smallest(lab):
    settings = {"swarm.max_torrents": 1, "swarm.max_peers": 1}
    scenario = lab.scenario(settings=settings, tracker=Tracker(1, 1))
    for _ in range(3):
        scenario.announce(client4(2), A)
        scenario.announce(client4(3), A)
        scenario.announce(client6(3), A)
        scenario.announce(client4(3), HASHES[0])
    scenario.scrape(client4(2), [A, HASHES[0]])
    scenario.run()


@case("capacity: requests dropped at a full ring are counted")
def ring_full(lab):
    # A ring of 8 holds 7. An io lcore receives 32 at once and hands them over at once; the worker
    # on the same lcore empties the ring before the next 32 come.
    scenario = lab.scenario(settings={"lcores.ring_size": 8})
    for number in range(3 * 32):
        full = number % 32 >= 7
        verdict = "ring_full" if full else None
        client = FAMILIES[number % 2](100 + number)
        scenario.announce(client, A, verdict=verdict)
    # The fourth burst: connects need no ring, so nothing is in anybody's way.
    for number in range(20):
        scenario.connect(client4(2))
    for number in range(7):
        scenario.scrape(client4(2), [A])
    scenario.run()


@case("capacity: the smallest ring")
def ring_smallest(lab):
    scenario = lab.scenario(settings={"lcores.ring_size": 2})
    for number in range(64):
        verdict = "ring_full" if number % 32 >= 1 else None
        scenario.announce(client4(100 + number), A, verdict=verdict)
    scenario.run()


@case("capacity: seven mbufs are enough to keep running, and all are returned")
def seven_buffers(lab):
    # net_pcap drops a packet it has read when there is no buffer for it, so what is answered is
    # a part of what was sent; which part depends on the moment the appliance speaks by itself.
    total, least = 700, 400
    scenario = lab.scenario(settings={"memory.mbufs": 7, "test.stop_after": least})
    scenario.stop_when_done = False
    for number in range(total // 2):
        scenario.connect(client4(2))
        # From 256 on: x.255 is the broadcast of the port's network, and no source.
        scenario.announce(client4(256 + number), A, num_want=0)
    ended = scenario.run(judge=False)
    check("all 7 mbufs returned" in ended.err, f"buffers are missing\n{ended.err}")
    connects = ended.verdicts["ipv4", "connect"]
    announces = ended.verdicts["ipv4", "announce"]
    check(connects + announces >= least, f"only {connects} connects, {announces} announces")
    check(set(ended.verdicts) == {("ipv4", "connect"), ("ipv4", "announce")}, str(ended.verdicts))
    check(ended.stats["rx_packets"] == connects + announces, "a packet has no verdict")
    replies = [frame for frame in scenario.wire.sent if frame not in scenario.own_frames]
    check(len(replies) == connects + announces, "a reply was not sent")
    known = {reply.frame for reply in scenario.wire.replies if reply.lane == "io"}
    wrong = [f.hex() for f in replies if len(f) == 58 and f not in known]
    check(not wrong, "connect replies that nobody expected:\n" + "\n".join(wrong))
    check(ended.stats["leechers_ipv4"] == announces, "a peer was lost")


@case("capacity: peers that no longer announce expire, and so do torrents without peers")
def peers_expire(lab):
    settings = {
        "tracker.interval": 1,
        "swarm.peer_timeout": 10,
        "swarm.max_torrents": 8,  # so that one turn looks at all of them
    }
    scenario = lab.scenario(settings=settings)
    for client_of in FAMILIES:
        for number in range(2, 6):
            scenario.announce(client_of(number), A, left=number % 2)
        scenario.announce(client_of(2), HASHES[0])
    # Three seconds to spare on either side, for machines that are slow.
    scenario.wait_seconds(6)
    for client_of in FAMILIES:
        scenario.announce(client_of(2), A)  # is heard of again
    scenario.wait_seconds(7)
    # Requests are served before the worker cleans up: let it do that first.
    scenario.noise(32)
    for family, client_of in zip(("ipv4", "ipv6"), FAMILIES):
        peers = scenario.tracker.torrents[A].peers[family]
        for address in [p for p in peers if p != client_of(2).peer(6881)]:
            del peers[address]
    del scenario.tracker.torrents[HASHES[0]]
    for client_of in FAMILIES:
        scenario.scrape(client_of(9), [A, HASHES[0]])
        scenario.announce(client_of(9), A)
    ended = scenario.run()
    check(ended.stats.get("peers_expired") == 8, f"expired: {ended.stats.get('peers_expired')}")
    expired = ended.stats.get("torrents_expired")
    check(expired == 1, f"torrents forgotten: {expired}, not 1")
