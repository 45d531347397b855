# SPDX-License-Identifier: BSD-3-Clause
"""Requests one by one: connect, connection ids, scrapes, and what is not a request."""

import ipaddress
import struct

import bep15
import config
import connid
import frames
from frames import Raw, client4, client6
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment
from suite import case, check

HASHES = [bytes([n]) * 20 for n in range(1, 120)]


def _each_family(number, **fields):
    return client4(number, **fields), client6(number, **fields)


@case("requests: connect over IPv4")
def connect_ipv4(lab):
    scenario = lab.scenario()
    for number in range(2, 6):
        scenario.connect(client4(number, mac=f"02:00:00:00:01:{number:02x}"))
    scenario.connect(client4(2, udp=1))
    scenario.connect(client4(2, udp=65535))
    scenario.connect(client4(2), transaction_id=0)
    scenario.connect(client4(2), transaction_id=0xFFFFFFFF)
    scenario.run()


@case("requests: connect over IPv6")
def connect_ipv6(lab):
    scenario = lab.scenario()
    for number in range(2, 6):
        scenario.connect(client6(number, mac=f"02:00:00:00:01:{number:02x}"))
    scenario.connect(frames.Client("2a00:1234:5678:9abc:def0::1"))
    scenario.connect(frames.Client("2001:0:53aa:64c::1"))  # Teredo is still reachable
    scenario.run()


@case("requests: a connect may be longer than 16 bytes")
def connect_longer(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for length in (1, 2, 82, 1000):
            scenario.connect(client, tail=b"\xa5" * length)
    scenario.run()


@case("requests: every valid IP header is accepted")
def connect_unusual_headers(lab):
    scenario = lab.scenario()
    for fields in (
        {"ttl": 1},
        {"ttl": 0},
        {"ttl": 255},
        {"tos": 0xB8},
        {"id": 0xABCD},
        {"flags": "DF"},
        {"flags": 4},
    ):  # 4: the reserved bit, "evil"
        scenario.connect(client4(2), ip=fields)
    for fields in ({"hlim": 1}, {"hlim": 0}, {"hlim": 255}, {"tc": 0xB8}, {"fl": 0xABCDE}):
        scenario.connect(client6(2), ip=fields)
    scenario.connect(client4(2), udp={"chksum": 0})  # RFC 768: no checksum
    scenario.run()


@case("requests: bytes after the datagram are ignored")
def connect_trailing_bytes(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        transaction_id = scenario.transaction_id()
        packet = frames.request(client, scenario.port, bep15.connect(transaction_id))
        udp = packet[frames.UDP]
        udp.len = 8 + 16
        spoiled = bytes(packet)
        layer = frames.IP if client.family == "ipv4" else frames.IPv6
        # The IP packet is five bytes longer than the datagram in it; the frame longer still.
        length = {"len": 20 + 24 + 5} if client.family == "ipv4" else {"plen": 24 + 5}
        longer = layer(spoiled[14:])
        for name, value in length.items():
            setattr(longer, name, value)
        if client.family == "ipv4":
            del longer.chksum
        header = bytes(longer)[: 20 if client.family == "ipv4" else 40]
        frame = spoiled[:14] + header + spoiled[14 + len(header) :] + b"\xee" * 9
        answer = bep15.connect_reply(transaction_id, scenario.ids.mint(client))
        reply = frames.reply(client, scenario.port, answer)
        scenario.send(frame, client.family, "connect", reply)
    scenario.run()


@case("requests: a UDP checksum that comes out as 0 is sent as ffff")
def reply_checksum_zero(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        base = 0x12340000
        answer = bep15.connect_reply(base, scenario.ids.mint(client))
        reply = frames.reply(client, scenario.port, answer)
        # The sum is linear: adding what is missing to the transaction id makes it all ones.
        at = 14 + (20 if client.family == "ipv4" else 40) + 6
        (missing,) = struct.unpack_from(">H", reply, at)
        scenario.connect(client, transaction_id=base + missing)
        check(scenario.wire.replies[-1].frame[at : at + 2] == b"\xff\xff", "the case is wrong")
    scenario.run()


# --- connection ids -----------------------------------------------------------------------------


@case("ids: accepted while fresh, and from one slot in the future")
def ids_fresh(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for age in (-1, 0, 1, 2):
            connection_id = scenario.ids.mint(client, age)
            scenario.scrape(client, HASHES[:1], connection_id=connection_id)
            scenario.announce(client, HASHES[0], connection_id=connection_id)
    scenario.run()


@case("ids: an expired id gets an error")
def ids_expired(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for age in (3, 4, 100, 254):
            old = scenario.ids.mint(client, age)
            announce = bep15.announce(old, scenario.transaction_id(), HASHES[0], 6881)
            scrape = bep15.scrape(old, scenario.transaction_id(), HASHES[:1])
            for payload in (announce, scrape, announce + b"\x02\x00"):
                scenario.error(client, payload, "id_expired", bep15.ID_EXPIRED)
    scenario.run()


def _forged_ids(ids, client, stranger):
    yield from (0, 1, bep15.MAGIC, 2**64 - 1)
    yield ids.mint(stranger)
    yield from (ids.mint(client, age) for age in (-2, -3, -100, 255, 256, 257, 1000))
    yield from (ids.mint(client) ^ 1 << bit for bit in range(64) if not _is_of_address(client, bit))


def _is_of_address(client, bit):
    """Another bit here makes the id one of another address of the client's /64."""
    return client.family == "ipv6" and connid.ADDRESS_BITS >> bit & 1


@case("ids: forged, foreign and future ids get no reply")
def ids_forged(lab):
    scenario = lab.scenario()
    strangers = client4(3), frames.Client("fd77:0:0:1::2")
    for client, stranger in zip(_each_family(2), strangers):
        for forged in _forged_ids(scenario.ids, client, stranger):
            scenario.announce(client, HASHES[0], connection_id=forged, verdict="id_forged")
            scenario.scrape(client, HASHES[:2], connection_id=forged, verdict="id_forged")
        scenario.scrape(client, HASHES[:1])  # nothing of that was stored
    scenario.run()


@case("ids: an IPv4 id is not valid over IPv6, with the same bytes")
def ids_other_family(lab):
    scenario = lab.scenario()
    ipv4, ipv6 = client4(2), frames.Client("a4d:2::2")  # both begin with 0a 4d 00 02
    for client, other in ((ipv4, ipv6), (ipv6, ipv4)):
        foreign = scenario.ids.mint(other)
        scenario.announce(client, HASHES[0], connection_id=foreign, verdict="id_forged")
        scenario.announce(client, HASHES[0])
    scenario.run()


@case("ids: not bound to a UDP port")
def ids_any_port(lab):
    scenario = lab.scenario()
    for client in (*_each_family(2, udp=1024), *_each_family(2, udp=65535)):
        scenario.announce(client, HASHES[0])
    scenario.run()


def _populate(scenario, number, peers=80):
    """A swarm of IPv6 peers that all have proved their addresses."""
    for peer in range(peers):
        scenario.announce(client6(0x100 + peer), HASHES[number], num_want=0)


def _count_shared(scenario, count):
    ended = scenario.run()
    check(ended.stats.get("id_shared", 0) == count, f"not {count}: {ended.stats}")


@case("ids: another address of the /64 gets no more bytes than it sent")
def ids_same_network(lab):
    scenario = lab.scenario()
    asker, other = client6(2), client6(0xDEAD)
    shared = scenario.ids.mint(asker)
    _populate(scenario, 0)
    wanted, options = (-1, 0, 3, 4, 5, 66, 2**31 - 1), (0, 2, 13, 14, 100, 1300)
    for num_want in wanted:
        for length in options:  # of BEP 41's options behind the announce
            how = {"num_want": num_want, "tail": bytes(length), "connection_id": shared}
            scenario.announce(other, HASHES[0], **how)
    scenario.announce(asker, HASHES[0], connection_id=shared, num_want=66)  # it gets everything
    longest = max(len(reply.frame) for reply in scenario.wire.replies)
    check(longest == 14 + 40 + 8 + 20 + 66 * 18, f"the asker gets {longest} bytes")
    _count_shared(scenario, len(wanted) * len(options))


@case("ids: another address of the /64 is served, stored and gets error replies")
def ids_same_network_served(lab):
    scenario = lab.scenario()
    other = client6(0xDEAD)
    shared = scenario.ids.mint(client6(2))
    _populate(scenario, 0, peers=3)
    scenario.announce(other, HASHES[0], connection_id=shared, left=0)
    scenario.announce(client6(3), HASHES[0])  # gets it
    for count in (1, 2, 30, 71):
        scenario.scrape(other, HASHES[:count], connection_id=shared)
    mistake = bep15.announce(shared, scenario.transaction_id(), HASHES[0], 0)
    scenario.error(other, mistake, "announce_port_zero", bep15.PORT_ZERO)
    scenario.announce(other, HASHES[0], connection_id=shared, event=bep15.STOPPED)
    for age in (-1, 1, 2):
        aged = scenario.ids.mint(client6(2), age)
        scenario.announce(other, HASHES[0], connection_id=aged)
    old = bep15.announce(scenario.ids.mint(client6(2), 3), scenario.transaction_id(), HASHES[0], 1)
    scenario.error(other, old, "id_expired", bep15.ID_EXPIRED)
    _count_shared(scenario, 10)


@case("ids: an address outside of the /64 gets no reply")
def ids_other_network(lab):
    scenario = lab.scenario()
    shared = scenario.ids.mint(client6(2))
    for bit in (0, 7, 8, 32, 62, 63):  # of the /64
        address = int.from_bytes(client6(2).packed, "big") ^ 1 << (127 - bit)
        beyond = frames.Client(str(ipaddress.IPv6Address(address)))
        if not beyond.address.startswith("fd"):  # nobody can be there
            continue
        scenario.announce(beyond, HASHES[0], connection_id=shared, verdict="id_forged")
        scenario.scrape(beyond, HASHES[:1], connection_id=shared, verdict="id_forged")
    _count_shared(scenario, 0)


@case("ids: tracker.connection_id_max_age extends their lifetime")
def ids_max_age(lab):
    scenario = lab.scenario(settings={"tracker.connection_id_max_age": 7200})
    for client in _each_family(2):
        scenario.scrape(client, HASHES[:1], connection_id=scenario.ids.mint(client, 113))
        old = scenario.ids.mint(client, 114)
        payload = bep15.scrape(old, scenario.transaction_id(), HASHES[:1])
        scenario.error(client, payload, "id_expired", bep15.ID_EXPIRED)
    scenario.run()


def _run_at(lab, time_s, ages):
    scenario = lab.scenario(settings={"test.time": time_s})
    for client in _each_family(2):
        scenario.connect(client)
        for age in ages:
            scenario.scrape(client, HASHES[:1], connection_id=scenario.ids.mint(client, age))
    scenario.run()


@case("ids: accepted across the change of keys at the end of an epoch")
def ids_epochs(lab):
    epoch_s = connid.EPOCH_SLOTS * connid.SLOT_S
    start_s = config.TIME_S // epoch_s * epoch_s
    _run_at(lab, start_s, (0, 1, 2))  # the first slot: older ids have the key before
    _run_at(lab, start_s - 1, (-1, 0, 1))  # the last slot: a faster node has the next key


@case("ids: made with the key of tracker.key_file")
def ids_key_file(lab):
    path = lab.folder() / "key"
    master = bytes(range(32))
    path.write_text(master.hex() + "\n")
    path.chmod(0o600)
    scenario = lab.scenario(settings={"tracker.key_file": str(path)}, master=master)
    for client in _each_family(2):
        scenario.connect(client)
        scenario.announce(client, HASHES[0], connection_id=scenario.ids.mint(client, 2))
    scenario.run()


@case("ids: a second key of tracker.key_file takes over at its time, and ids from before stay good")
def ids_second_key(lab):
    masters = bytes(range(32)), bytes(range(100, 132))
    slot_s = config.TIME_S // connid.SLOT_S * connid.SLOT_S
    for since in (-1, 0, 1, 2, 3):  # slots since the switch
        from_s = slot_s - since * connid.SLOT_S
        path = lab.folder() / "key"
        path.write_text(f"{masters[0].hex()}\n{masters[1].hex()} from={from_s}\n")
        path.chmod(0o600)
        settings = {"tracker.key_file": str(path)}
        scenario = lab.scenario(settings=settings, master=masters[0], second=(masters[1], from_s))
        for client in _each_family(2):
            scenario.connect(client)
            for age in (-1, 0, 1, 2):
                scenario.announce(client, HASHES[0], connection_id=scenario.ids.mint(client, age))
                wrong = masters[0] if age <= since else masters[1]
                other = connid.ConnectionIds(wrong, config.TIME_S).mint(client, age)
                scenario.scrape(client, HASHES[:1], connection_id=other, verdict="id_forged")
            old = scenario.ids.mint(client, 3)
            payload = bep15.announce(old, scenario.transaction_id(), HASHES[0], 6881)
            scenario.error(client, payload, "id_expired", bep15.ID_EXPIRED)
        scenario.run()


# --- announces that get no peers, and what is not a request -------------------------------------


@case("requests: an announce with port 0 gets an error and is not stored")
def announce_port_zero(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for event in range(5):
            payload = bep15.announce(
                scenario.ids.mint(client), scenario.transaction_id(), HASHES[0], 0, event=event
            )
            scenario.error(client, payload, "announce_port_zero", bep15.PORT_ZERO)
        scenario.scrape(client, HASHES[:1])
        forged = bep15.announce(1, scenario.transaction_id(), HASHES[0], 0)
        scenario.request(client, forged, "id_forged")
    scenario.run()


@case("requests: too short for their action get no reply")
def requests_short(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        connection_id = scenario.ids.mint(client)
        connect = bep15.connect(1)
        announce = bep15.announce(connection_id, 2, HASHES[0], 6881)
        scrape = bep15.scrape(connection_id, 3, HASHES[:1])
        for length in range(16):
            scenario.request(client, connect[:length], "request_short")
        for length in (16, 17, 36, 50, 96, 97):
            scenario.request(client, announce[:length], "announce_short")
        for length in (16, 17, 35):
            scenario.request(client, scrape[:length], "scrape_short")
    scenario.run()


@case("requests: a wrong magic number or action gets no reply")
def requests_unknown(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for magic in (0, bep15.MAGIC + 1, bep15.MAGIC << 8, 2**64 - 1, scenario.ids.mint(client)):
            scenario.request(client, bep15.connect(5, magic=magic), "request_magic")
        for action in (3, 4, 5, 255, 0x100, 0x01000000, 2**31, 2**32 - 1):
            payload = bep15.connect(6, action=action)
            scenario.request(client, payload, "request_action")
            payload = bep15.connect(6, magic=scenario.ids.mint(client), action=action)
            scenario.request(client, payload + bytes(100), "request_action")
    scenario.run()


# --- scrape -------------------------------------------------------------------------------------


def _fill(scenario, client_of):
    """Torrents with different counts: n leechers in the n-th, one seeder in every second."""
    for n, info_hash in enumerate(HASHES[:4]):
        for number in range(n):
            scenario.announce(client_of(10 + number), info_hash, num_want=0)
        if n % 2:
            scenario.announce(client_of(50), info_hash, left=0, num_want=0)
    scenario.announce(client_of(10), HASHES[3], left=0, event=bep15.COMPLETED, num_want=0)


@case("scrape: one hash, several, duplicates, unknown ones")
def scrape_some(lab):
    scenario = lab.scenario()
    for client_of in (client4, client6):
        _fill(scenario, client_of)
        client = client_of(2)
        for hashes in (HASHES[1:2], HASHES[:4], HASHES[3:0:-1], [HASHES[2], HASHES[2]]):
            scenario.scrape(client, hashes)
        scenario.scrape(client, [b"\0" * 20])
        scenario.scrape(client, [b"\0" * 20, HASHES[3], b"\xff" * 20])
    scenario.run()


@case("scrape: as many hashes as a packet of 1500 bytes holds")
def scrape_many(lab):
    scenario = lab.scenario()
    for client_of, most in ((client4, 72), (client6, 71)):
        _fill(scenario, client_of)
        for count in (most - 1, most):
            scenario.scrape(client_of(2), HASHES[:count])
    scenario.run()


def _fragments(packet):
    """The frames that carry a packet over a link of 1500 bytes."""
    head = packet.copy()
    if IPv6 not in packet:
        whole = bytes(packet[IP].payload)
        head[IP].remove_payload()
        del head[IP].len, head[IP].chksum
        first, rest = head.copy(), head.copy()
        first[IP].flags = "MF"
        rest[IP].frag = 185
        return [first / Raw(whole[:1480]), rest / Raw(whole[1480:])]
    whole = bytes(packet[IPv6].payload)
    head[IPv6].remove_payload()
    del head[IPv6].plen
    first = head / IPv6ExtHdrFragment(nh=17, m=1, id=1) / Raw(whole[:1448])
    return [first, head / IPv6ExtHdrFragment(nh=17, offset=181, id=1) / Raw(whole[1448:])]


@case("scrape: more hashes get no reply, as fragments or reassembled by a driver")
def scrape_long(lab):
    """net_af_packet hands out what the kernel has put together, and cuts what its buffers cannot
    hold; net_tap hands out fragments; with jumbo frames one packet holds it."""
    scenario = lab.scenario()
    hashes = [bytes([n]) * 20 for n in range(110)]
    for client, most in ((client4(2), 72), (client6(2), 71)):
        for count in (most + 1, 74, 90, 98):
            payload = bep15.scrape(scenario.ids.mint(client), 1, hashes[:count])
            scenario.request(client, payload, "request_long")
            packet = frames.request(client, scenario.port, payload)
            fragments = _fragments(packet)
            check(len(fragments) == 2, f"{len(fragments)} fragments")
            for fragment in fragments:
                scenario.send(fragment, client.family, f"{client.family}_fragment")
        payload = bep15.scrape(scenario.ids.mint(client), 1, hashes)
        cut = bytes(frames.request(client, scenario.port, payload))[:2000]
        scenario.send(cut, client.family, f"{client.family}_header")
    scenario.run()


@case("requests: longer than a packet of 1500 bytes get no reply, whatever their action")
def request_long(lab):
    scenario = lab.scenario()
    for client, most in ((client4(2), 1472), (client6(2), 1452)):
        scenario.connect(client, tail=bytes(most - 16))
        scenario.announce(client, HASHES[0], tail=bytes(most - 98))
        scenario.scrape(client, HASHES[:1], tail=bytes(19))
        connection_id = scenario.ids.mint(client)
        for payload in (
            bep15.connect(1),
            bep15.announce(connection_id, 1, HASHES[0], 6881),
            bep15.scrape(connection_id, 1, HASHES[:1]),
            bytes(16),
        ):
            for length in (most + 1, 1500, 1900):
                scenario.request(client, payload.ljust(length, b"\0"), "request_long")
    scenario.run()


@case("scrape: an incomplete hash at the end is ignored")
def scrape_ragged(lab):
    scenario = lab.scenario()
    for client_of, most in ((client4, 72), (client6, 71)):
        _fill(scenario, client_of)
        for tail in (b"\1", HASHES[0][:19], bytes(7)):
            scenario.scrape(client_of(2), HASHES[:1], tail=tail)
            scenario.scrape(client_of(2), HASHES[:4], tail=tail)
        room = (1472 if most == 72 else 1452) - 16 - 20 * most
        scenario.scrape(client_of(2), HASHES[:most], tail=bytes(room))
    scenario.run()


@case("scrape: without a valid id gets no reply")
def scrape_unproved(lab):
    scenario = lab.scenario()
    for client in _each_family(2):
        for forged in (0, bep15.MAGIC, 0x0123456789ABCDEF):
            for count in (1, 71):
                scenario.scrape(client, HASHES[:count], connection_id=forged, verdict="id_forged")
    scenario.run()


@case("scrape: leaves the swarms as they are")
def scrape_is_harmless(lab):
    scenario = lab.scenario()
    for client_of in (client4, client6):
        for _ in range(3):
            scenario.scrape(client_of(2), HASHES[:71])
        scenario.announce(client_of(2), HASHES[0])
        scenario.scrape(client_of(2), HASHES[:2])
    ended = scenario.run()
    check(ended.stats["torrents"] == 1, f"{ended.stats['torrents']} torrents, not 1")
