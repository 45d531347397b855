# SPDX-License-Identifier: BSD-3-Clause
"""The operator's lists: which torrents, clients, sources and keys are served."""

import bep15
import config
import frames
from frames import client4, client6
from suite import case, check
from tracker import Lists, Tracker

HASHES = [bytes([n]) * 20 for n in range(1, 40)]
CLIENTS = (client4(2), client6(2), client4(1030), client6(1030))
KEY = b"0123456789abcdefghijklmnopqrSTUV"
ENDED = b"ENDEDabcdefghijklmnopqrstuvwxyz0"
OTHER = b"OTHERabcdefghijklmnopqrstuvwxyz0"


def _file(lab, *lines, name="list"):
    path = lab.folder() / name
    path.write_text("".join(line + "\n" for line in lines))
    path.chmod(0o600)
    return path


def _torrents(lab, mode, listed, **settings):
    """A scenario whose list of torrents has these."""
    path = _file(lab, *(info_hash.hex() for info_hash in listed))
    names = {"access.mode": mode, "access.file": str(path), **settings}
    lists = Lists(allows_torrent=lambda info_hash: (info_hash in listed) == (mode == "allow"))
    return lab.scenario(settings=names, tracker=Tracker(lists=lists)), path


def _use(scenario, info_hashes):
    """Each client joins, asks and leaves; the first one comes back."""
    for client in CLIENTS:
        for info_hash in info_hashes:
            scenario.announce(client, info_hash)
        scenario.scrape(client, info_hashes)
    for client in CLIENTS:
        for info_hash in info_hashes:
            scenario.announce(client, info_hash, event=bep15.STOPPED)
    for info_hash in info_hashes:
        scenario.announce(CLIENTS[0], info_hash, left=0)


@case("lists: announces of torrents that are not allowed get an error")
def torrents(lab):
    for mode in ("allow", "deny"):
        scenario, _ = _torrents(lab, mode, HASHES[:3])
        _use(scenario, HASHES[:6])
        scenario.run()


@case("lists: the error of a torrent that is not allowed has the operator's words")
def torrents_message(lab):
    for message in ("x", "y" * 90):
        scenario, _ = _torrents(lab, "deny", HASHES[:1], **{"access.message": message})
        _use(scenario, HASHES[:2])
        shared = scenario.ids.mint(client6(3))  # of the same /64: no reply may be longer than its request
        scenario.announce(client6(2), HASHES[0], connection_id=shared)
        scenario.run()


@case("lists: entries of torrents end")
def torrents_end(lab):
    over, still = config.TIME_S - 1, config.TIME_S + 1000
    lines = [f"{HASHES[0].hex()} until={over}", f"{HASHES[1].hex()} until={still} # reason"]
    lists = Lists(allows_torrent=lambda info_hash: info_hash == HASHES[1])
    settings = {"access.mode": "allow", "access.file": str(_file(lab, *lines))}
    scenario = lab.scenario(settings=settings, tracker=Tracker(lists=lists))
    _use(scenario, HASHES[:3])
    scenario.run()


@case("lists: torrents that a new list does not allow leave with all their peers")
def torrents_purged(lab):
    for detail in (True, False):
        scenario, path = _torrents(lab, "allow", HASHES[:20], **{"swarm.peer_detail": detail})
        for info_hash in HASHES[:25]:
            for number in range(2, 12):
                scenario.announce(client4(number), info_hash, left=number % 2)
                scenario.announce(client6(number), info_hash, left=number % 3)
        for number in range(100):  # a swarm that takes several turns
            scenario.announce(client4(1030 + number), HASHES[0], num_want=0)
        for info_hash in HASHES[:20]:
            scenario.announce(client4(2), info_hash, left=0)
        listed = HASHES[10:30]
        text = "".join(info_hash.hex() + "\n" for info_hash in listed)
        scenario.reload(lambda path=path, text=text: path.write_text(text), "access list: 20", 2)
        before = len(scenario.tracker.torrents)
        scenario.tracker.follow(Lists(allows_torrent=listed.__contains__))
        scenario.noise(256)  # turns for the purge
        scenario.wait_seconds(0.2)
        _use(scenario, HASHES[5:28])
        ended = scenario.run()
        removed = ended.stats.get("torrents_purged"), ended.stats.get("peers_purged")
        check(before == 20 and removed == (10, 10 * 20 + 100), f"purged: {removed}")


@case("lists: client programs")
def clients(lab):
    lines = ["-GT # these tests", f"-XX1 until={config.TIME_S - 1}", "-%41%42"]
    ids = [bep15.PEER_ID, b"-XX1000-golden-tests", b"-AB1000-golden-tests", b"-GS0001-golden-tests"]
    for mode in ("allow", "deny"):
        settings = {"access.clients_mode": mode, "access.clients_file": str(_file(lab, *lines))}
        lists = Lists(allows_client=lambda i, m=mode: (i[:3] in (b"-GT", b"-AB")) == (m == "allow"))
        scenario = lab.scenario(settings=settings, tracker=Tracker(lists=lists))
        for client in CLIENTS:
            for peer_id in ids:
                scenario.announce(client, HASHES[0], fields={"peer_id": peer_id})
            scenario.scrape(client, HASHES[:2])
        scenario.run()


@case("lists: packets of denied sources are dropped, those of the link are not")
def sources(lab):
    denied, part, served = (4, 6), (5,), (3,)
    lines = [
        "10.77.0.4/31 # with the next one",
        "allow 10.77.0.5",
        "10.77.0.6",
        f"10.77.0.3 until={config.TIME_S - 1}",
        *(f"{client6(number).address}" for number in denied),
    ]
    scenario = lab.scenario(settings={"sources.deny_file": str(_file(lab, *lines))})
    port = scenario.port
    for number in (*denied, *part, *served):
        for client in (client4(number), client6(number)):
            if number not in denied:
                scenario.connect(client)
                scenario.announce(client, HASHES[0])
                continue
            family = client.family
            scenario.request(client, bep15.connect(scenario.transaction_id()), "source_denied")
            scenario.announce(client, HASHES[0], verdict="source_denied")
            scenario.request(client, b"x" * 60, "source_denied", udp={"dport": 7})
            scenario.send(frames.echo(client, port, bytes(56)), family, "source_denied")
    for number in denied:
        client = client4(number)
        answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
        scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
        client = client6(number)
        answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
        scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
    scenario.run()


def _keys(lab):
    lines = [KEY.decode(), f"{ENDED.decode()} until={config.TIME_S - 1} # owner"]
    settings = {"keys.required": True, "keys.file": str(_file(lab, *lines))}
    tracker = Tracker(lists=Lists(keys={KEY: True, ENDED: False}))
    return lab.scenario(settings=settings, tracker=tracker)


@case("lists: announces need a key in their URL")
def keys(lab):
    scenario = _keys(lab)
    for client in CLIENTS:
        for key in (KEY, ENDED, OTHER, KEY[:-1], KEY[:-1] + b"_", KEY + b"0"):
            for tail in (b"", b"?a=b", b"?", b"?" + b"x" * 200):
                options = bep15.url_data(b"/announce/" + key + tail)
                scenario.announce(client, HASHES[0], tail=options, key=key)
        scenario.announce(client, HASHES[0])
        for path in (b"/announce", b"/announce?" + KEY, b"/" + KEY, b"/Announce/" + KEY, KEY):
            scenario.announce(client, HASHES[0], tail=bep15.url_data(path))
        scenario.scrape(client, HASHES[:5])
        scenario.connect(client)
    scenario.run()


@case("lists: a key is found however the options of BEP 41 have it")
def keys_in_options(lab):
    scenario = _keys(lab)
    url = b"/announce/" + KEY
    good = (
        bep15.url_data(url) + b"\0",
        b"\1\1" + bep15.url_data(url) + b"\1",
        bep15.url_data(url[:10], url[10:]),
        bep15.url_data(*(url[at : at + 1] for at in range(len(url)))),
        bep15.url_data(url[:20], b"", url[20:], b"?" + b"q" * 100),
        b"\7\2ab" + bep15.url_data(url),
        bep15.url_data(url) + b"\2\5abc",  # the last one is truncated
        bep15.url_data(url) + b"\2",
    )
    bad = (
        b"\0" + bep15.url_data(url),
        bep15.url_data(url)[:-1],
        bep15.url_data(url[:10]) + b"\0" + bep15.url_data(url[10:]),
        bep15.url_data(url, b"x"),
        b"\2\xff" + url,
        b"\2",
        url,
    )
    for client in CLIENTS:
        for options in good:
            scenario.announce(client, HASHES[1], tail=options, key=KEY)
        for options in bad:
            scenario.announce(client, HASHES[1], tail=options)
        scenario.announce(client, HASHES[1], event=bep15.STOPPED, tail=good[0], key=KEY)
    scenario.run()


@case("lists: each list has its say, clients before keys before torrents")
def all_lists(lab):
    settings = {
        "access.mode": "deny",
        "access.file": str(_file(lab, HASHES[0].hex())),
        "access.clients_mode": "deny",
        "access.clients_file": str(_file(lab, "-XX")),
        "keys.required": True,
        "keys.file": str(_file(lab, KEY.decode())),
        "sources.deny_file": str(_file(lab, "10.77.0.9")),
    }
    lists = Lists(
        allows_torrent=lambda info_hash: info_hash != HASHES[0],
        allows_client=lambda peer_id: not peer_id.startswith(b"-XX"),
        keys={KEY: True},
    )
    scenario = lab.scenario(settings=settings, tracker=Tracker(lists=lists))
    for client in CLIENTS:
        for peer_id in (b"-XX00000000000000000", bep15.PEER_ID):
            for key in (OTHER, KEY):
                for info_hash in HASHES[:2]:
                    tail = bep15.url_data(b"/announce/" + key)
                    fields = {"peer_id": peer_id}
                    scenario.announce(client, info_hash, tail=tail, key=key, fields=fields)
    scenario.announce(client4(9), HASHES[1], verdict="source_denied")
    payload = bep15.announce(scenario.ids.mint(client4(2)), scenario.transaction_id(), HASHES[0], 0)
    scenario.error(client4(2), payload, "announce_port_zero", bep15.PORT_ZERO)
    scenario.run()
