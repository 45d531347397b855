# SPDX-License-Identifier: BSD-3-Clause
"""A scenario: frames that go in, and everything that must come of them.

Each method that adds a request also adds the verdict and, from the model, the reply. `run` starts
the appliance once and holds it against all of that.
"""

import functools
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field

import bep15
import config
import frames
import keyed_hash
import keys
import pcap
from appliance import Ended, Watched
from connid import ConnectionIds
from reply import IO, WORKER, Comparison, Reply
from suite import Failed, check
from tracker import Tracker

BURST = 32  # packets an io lcore takes at once
RUN_FOR_S = 20  # ends a run whose packets got lost


@dataclass
class Wire:
    """One pair of queues of one port: a capture file in, one out."""

    port: frames.Port
    device: int
    queue: int
    frames: list = field(default_factory=list)
    replies: list = field(default_factory=list)
    sent: list = field(default_factory=list)  # what came out

    def file(self, folder, direction):
        return folder / f"{direction}{self.device}.{self.queue}.pcap"


class Scenario:
    def __init__(
        self,
        lab,
        *,
        settings=None,
        ports=(frames.Port(),),
        port_settings=None,
        queues=1,
        tracker=None,
        master=None,
        second=None,
        weir=None,
    ):
        self.lab = lab
        self.weir = weir or lab.weir
        self.settings = {**config.DEFAULTS, **(settings or {})}
        self.port_settings = port_settings or {}
        self.ports = ports
        self.wires = [Wire(p, d, q) for d, p in enumerate(ports) for q in range(queues)]
        self.wire = self.wires[0]
        self.in_order = True  # one lcore does it all
        self.keys = keys.from_seed(config.SEED)
        self.ids = ConnectionIds(
            master or self.keys.master,
            self.settings["test.time"],
            self.settings.get("tracker.connection_id_max_age", 120),
            second,
        )
        self.tracker = tracker or Tracker()
        self.verdicts = Counter()
        self.jobs = Counter()  # by transaction id: workers a request visits
        self.pauses = []  # (frames before it, function that waits)
        self.own_frames = set()
        for port in ports:
            self.own_frames |= frames.announcements(port)
            if self.link_local(port) not in self.configured_ipv6(port):
                self.own_frames |= frames.announcements(self.at_link_local(port))
            self.own_frames.add(self.joined(port, self.link_local(port)))
        self.stop_when_done = True
        self.owner = None  # of an info_hash, where others than Weir's keyed hash decide
        self._last_transaction_id = 0

    def at_link_local(self, port):
        """The port, its IPv6 address the one that the appliance has made."""
        return frames.at_link_local(port, self.ids.master)

    def configured_ipv6(self, port):
        written = self.port_settings.get("addresses", [port.ipv6])
        return [address.split("/")[0] for address in written if ":" in address]

    def link_local(self, port):
        """The address that reports come from: configured, or made."""
        for address in self.configured_ipv6(port):
            if address.startswith("fe80:"):
                return address
        return self.at_link_local(port).ipv6

    def ipv6(self, port):
        """All of the port's IPv6 addresses, in the appliance's order."""
        return list(dict.fromkeys([*self.configured_ipv6(port), self.link_local(port)]))

    def joined(self, port, source):
        """The report that tells a new link of all groups."""
        return frames.report(port, source, frames.TO_EXCLUDE, self.ipv6(port))

    @property
    def port(self):
        return self.wire.port

    def on(self, wire):
        """What follows goes to another wire."""
        self.wire = self.wires[wire]
        return self

    def transaction_id(self):
        self._last_transaction_id += 1
        return 0x7E000000 + self._last_transaction_id

    # --- what goes in -------------------------------------------------------------------------

    def send(self, packet, family, verdict, reply=None):
        """One frame, how it must end, and the frame (bytes) or Reply that must come back."""
        self.wire.frames.append(bytes(packet))
        self.verdicts[family, verdict] += 1
        if reply is not None:
            self.wire.replies.append(reply if isinstance(reply, Reply) else Reply(reply))

    def request(self, client, payload, verdict, answer=None, *, lane=IO, choose=None, answer_mac=None, **how):
        """A datagram for the tracker and the payload of its answer. `how`: see frames.request."""
        reply = None
        if answer is not None:
            build = functools.partial(
                frames.reply,
                client,
                self.port,
                to_mac=answer_mac,
                priority=how.get("priority", 0),
                source=(how.get("ip") or {}).get("dst"),
            )
            reply = Reply(build(payload=answer), lane, lambda p: build(payload=p), choose)
        packet = frames.request(client, self.port, payload, **how)
        self.send(packet, client.family, verdict, reply)

    def connect(self, client, tail=b"", transaction_id=None, **how):
        transaction_id = self.transaction_id() if transaction_id is None else transaction_id
        answer = bep15.connect_reply(transaction_id, self.ids.mint(client))
        self.request(client, bep15.connect(transaction_id) + tail, "connect", answer, **how)

    def _room(self, family, head, each):
        """Items of `each` bytes behind `head` in one packet."""
        headers = {"ipv4": 20 + 8, "ipv6": 40 + 8}[family]
        return (self.settings.get("driver.mtu", 1500) - headers - head) // each

    def wanted(self, family, num_want):
        """How many peers an announce gets at most."""
        most = self.settings.get(f"tracker.peers_max_{family}", bep15.PEERS_MAX[family])
        most = min(most, self._room(family, 20, bep15.STRIDE[family]))
        standard = self.settings.get("tracker.peers_default", 50)
        return min(standard if num_want < 0 else num_want, most)

    def _bounded(self, client, connection_id, num_want, length):
        """The num_want of an announce of that length. An id of another address of the client's
        /64 gets no more peers than fit into as many bytes."""
        if not self.ids.is_shared(connection_id, client):
            return num_want
        return min(num_want & 0xFFFFFFFF, (length - 20) // bep15.STRIDE[client.family])

    def _intervals(self):
        first = self.settings.get("tracker.interval", 1800)
        last = max(first, self.settings.get("tracker.interval_max", 0))
        return range(first, last + self.settings["tracker.interval_spread"] + 1)

    def _choose_peers(self, answer, family, transaction_id, payload):
        """Takes over the order and choice of peers, and the spread of the interval."""
        interval = int.from_bytes(payload[8:12], "big")
        check(interval in self._intervals(), f"interval {interval} is out of range")
        stride = bep15.STRIDE[family]
        tail = payload[20:]
        peers = [tail[at : at + stride] for at in range(0, len(tail), stride)]
        check(len(tail) == answer.count * stride, f"not {answer.count} peers")
        check(len(set(peers)) == len(peers), "a peer stands twice")
        check(set(peers) <= answer.candidates, "a peer that should not be there")
        counts = answer.leechers, answer.seeders
        return bep15.announce_reply(transaction_id, interval, *counts, tail)

    def announce_answer(self, family, transaction_id, answer):
        """The payload of an answer, and the function that takes over the appliance's choices."""
        counts = answer.leechers, answer.seeders
        peers = b"".join(sorted(answer.candidates)[: answer.count])
        expected = bep15.announce_reply(transaction_id, self._intervals()[0], *counts, peers)
        return expected, functools.partial(self._choose_peers, answer, family, transaction_id)

    def announce(
        self,
        client,
        info_hash,
        *,
        port=6881,
        left=1000,
        event=bep15.NONE,
        num_want=-1,
        tail=b"",
        key=None,
        connection_id=None,
        fields=None,
        verdict=None,
        **how,
    ):
        """`fields`: more of the request's; `tail`: bytes behind it; `key`: the one that these tell;
        `verdict`: if the request does not get through to the tracker, so that nothing comes back."""
        transaction_id = self.transaction_id()
        connection_id = self.ids.mint(client) if connection_id is None else connection_id
        payload = bep15.announce(
            connection_id,
            transaction_id,
            info_hash,
            port,
            left=left,
            event=event,
            num_want=num_want,
            **(fields or {}),
        )
        if verdict is not None:
            self.request(client, payload + tail, verdict, **how)
            return
        refusal = self.tracker.lists.refusal((fields or {}).get("peer_id", bep15.PEER_ID), key)
        if refusal is not None:
            self.error(client, payload + tail, *refusal, **how)
            return
        answer = self.tracker.announce(
            client.family,
            info_hash,
            client.peer(port),
            left=left,
            stopped=event == bep15.STOPPED,
            num_want=self.wanted(
                client.family,
                self._bounded(client, connection_id, num_want, len(payload + tail)),
            ),
        )
        self.jobs[transaction_id] = 1
        if answer.verdict == "announce_denied":
            self.error(client, payload + tail, answer.verdict, self._denied_message(), lane=WORKER, **how)
            return
        expected, choose = self.announce_answer(client.family, transaction_id, answer)
        self.request(client, payload + tail, answer.verdict, expected, lane=WORKER, choose=choose, **how)

    def scrape(self, client, info_hashes, *, tail=b"", connection_id=None, verdict=None, **how):
        transaction_id = self.transaction_id()
        connection_id = self.ids.mint(client) if connection_id is None else connection_id
        payload = bep15.scrape(connection_id, transaction_id, info_hashes) + tail
        if verdict is not None:
            self.request(client, payload, verdict, **how)
            return
        most = min(bep15.SCRAPE_MAX[client.family], self._room(client.family, 8, 12))
        answered = info_hashes[:most]
        if self.tracker.lists.keys is not None:  # it cannot have one
            zeros = bep15.scrape_reply(transaction_id, [(0, 0, 0)] * len(answered))
            self.request(client, payload, "scrape_denied", zeros, **how)
            return
        rows = [self.tracker.scrape(client.family, info_hash) for info_hash in answered]
        self.jobs[transaction_id] = len({self.worker(info_hash) for info_hash in answered})
        answer = bep15.scrape_reply(transaction_id, rows)
        self.request(client, payload, "scrape", answer, lane=WORKER, **how)

    def _denied_message(self):
        return self.settings.get("access.message", "torrent not allowed").encode()

    def error(self, client, payload, verdict, text, **how):
        """A request that is answered with an error."""
        transaction_id = int.from_bytes(payload[12:16], "big")
        answer = bep15.error_reply(transaction_id, text)
        self.request(client, payload, verdict, answer, **how)

    def worker(self, info_hash):
        """Which worker owns a torrent: buckets are dealt out in turn."""
        if self.owner is not None:
            return self.owner(info_hash)
        workers = len(self.settings.get("lcores.workers", [0]))
        return (keyed_hash.keyed_hash(self.keys.steer, info_hash) >> 56) % workers

    def noise(self, count):
        """Frames that change nothing."""
        for _ in range(count):
            packet = frames.arp(frames.client4(99), self.port, pdst="10.77.0.98")
            self.send(packet, "link", "arp_noted")

    def _pause(self, wait):
        # An io lcore that waits for the rest of a burst does not look at what it has of it.
        self.noise(-len(self.wire.frames) % BURST)
        self.pauses.append((len(self.wire.frames), wait))

    def wait_for(self, words, times=1):
        """What follows is sent once the appliance has said `words`. Only with one wire."""
        self._pause(lambda watched: watched.wait_for(words, times))

    def reload(self, change, words, times=1):
        """What follows is sent once the appliance has read its files again, after `change`, and has said
        `words`. Only with one wire."""

        def wait(watched):
            change()
            watched.process.send_signal(signal.SIGHUP)
            watched.wait_for(words, times)

        self._pause(wait)

    def wait_seconds(self, seconds):
        """What follows is sent so much later. Only with one wire."""
        self._pause(lambda watched: time.sleep(seconds))

    # --- the run ------------------------------------------------------------------------------

    def _device_argument(self, device, folder):
        files = []
        for wire in self.wires:
            if wire.device == device:
                files.append(f"rx_pcap={wire.file(folder, 'in')}")
                files.append(f"tx_pcap={wire.file(folder, 'out')}")
        return ",".join([f"--vdev=net_pcap{device}", *files])

    def config_text(self, folder):
        settings = {
            **self.settings,
            "memory.file_prefix": self.lab.file_prefix(),
            "driver.eal": ["--no-pci"]
            + [self._device_argument(device, folder) for device in range(len(self.ports))],
        }
        if self.stop_when_done:
            settings["test.stop_after"] = sum(len(wire.frames) for wire in self.wires)
        ports = [
            {
                "device": f"net_pcap{device}",
                "addresses": [f"{port.ipv4}/24", f"{port.ipv6}/64"],
                **({"vlan": port.vlan} if port.vlan else {}),
                **self.port_settings,
            }
            for device, port in enumerate(self.ports)
        ]
        return config.text(settings, ports)

    def _feed(self, pipe, watched):
        """Writes the frames between the pauses, and ends the file. A pause begins when weir has read
        what came before it; a file that ends before it is opened would keep weir waiting for ever."""
        sent = 0
        for until, wait in [*self.pauses, (len(self.wire.frames), None)]:
            os.write(pipe, b"".join(map(pcap.record, self.wire.frames[sent:until])))
            sent = until
            watched.wait_until_read(pipe)
            if wait is not None:
                wait(watched)
        os.close(pipe)

    def _run_live(self, arguments, folder):
        path = self.wire.file(folder, "in")
        os.mkfifo(path)
        pipe = os.open(path, os.O_RDWR)  # does not wait for a reader
        os.write(pipe, pcap.HEADER)
        watched = Watched(self.weir.start(arguments, folder))
        try:
            self._feed(pipe, watched)
        except Failed:
            watched.process.kill()
            raise
        return watched.end()

    def run(self, run_for_s=RUN_FOR_S, judge=True, audit=True) -> Ended:
        """`audit`: keep what went to and fro for the audits of all runs together."""
        folder = self.lab.folder()
        self.weir.adopt(folder)
        (folder / "weir.cfg").write_text(self.config_text(folder))
        arguments = ["-c", folder / "weir.cfg", "--run-for", run_for_s]
        if self.pauses:
            ended = self._run_live(arguments, folder)
        else:
            for wire in self.wires:
                pcap.write(wire.file(folder, "in"), wire.frames)
            ended = self.weir.run(arguments, folder)
        ended.check_clean()
        for wire in self.wires:
            wire.sent = pcap.read(wire.file(folder, "out"))
        if audit:
            self.lab.keep_for_audit(self, ended)
        if judge:
            self.judge(ended)
        return ended

    # --- the judgement ------------------------------------------------------------------------

    def _verdict_problems(self, ended):
        for key in sorted({*self.verdicts, *ended.verdicts}):
            wanted, got = self.verdicts[key], ended.verdicts.get(key, 0)
            if wanted != got:
                yield f"verdict {' '.join(key)}: {got}, not {wanted}"

    def _stat_problems(self, ended, own):
        received = [frame for wire in self.wires for frame in wire.frames]
        sent = [frame for wire in self.wires for frame in wire.sent]
        wanted = {
            "rx_packets": len(received),
            "rx_bytes": sum(map(len, received)),
            "tx_packets": len(sent),
            "tx_bytes": sum(map(len, sent)),
            "tx_own_packets": len(own),
            "jobs": sum(self.jobs.values()),
            "completed": self.tracker.completed,
            "scrape_rows_denied": self.tracker.rows_denied,
            **self.tracker.gauges(),
        }
        for name, value in wanted.items():
            if ended.stats.get(name, 0) != value:
                yield f"stat {name}: {ended.stats.get(name, 0)}, not {value}"

    def judge(self, ended):
        problems = list(self._verdict_problems(ended))
        own = []
        for wire in self.wires:
            comparison = Comparison(wire.replies, self.own_frames, self.in_order)
            comparison.run(wire.sent)
            problems += comparison.problems
            own += comparison.own
        problems += self._stat_problems(ended, own)
        check(not problems, "\n".join(problems))
