# SPDX-License-Identifier: BSD-3-Clause
"""Bad frames and floods at one port, as fast as it takes them, while clients of another port are served."""

import json
from collections import Counter

from amount import times
from bad_frames import bad_frames, floods
from suite import case, check
from two_ports import ATTACKED, ATTACKERS, running, write_capture

BAD = times(100_000_000, 3_000_000)
FLOOD = times(20_000_000, 1_000_000)
RATE = 2000  # of the clients; the CPUs are the attacker's and Weir's
ANSWERED = 0.9999
OWN_FRAMES = 8
# Limits, and what is within them.
ANSWERED_AND_LIMITED = {
    "echo": "echo_answered",
    "arp": "arp_answered",
    "ndp": "ndp_answered",
    "unreachable": "port_unreachable",
}
LOAD = ("--torrents", 2000, "--peers", 20_000, "--rate", RATE, "--timeout", 3000)


class Attack:
    """What a Weir had counted before an attack, and what it has to have counted after it."""

    def __init__(self, weir):
        self.weir = weir
        weir.load("--fill", "--torrents", 2000, "--peers", 20_000)  # as much memory as it will take
        self.mbufs = weir.mbufs_in_use()
        self.verdicts = Counter(weir.weir.ask("/weir/verdicts"))

    def run(self, file, count):
        """The results of the clients and of the attacker."""
        with self.weir.attacked(file, count) as attacker:
            clients = self.weir.load(*LOAD, "--duration", 2)
            while attacker.process.poll() is None:
                more = self.weir.load(*LOAD, "--duration", 3)
                for key in ("sent", "answered", "wrong"):
                    clients[key] += more[key]
            return clients, attacker.results(allowed=(0, 1))  # 1: there was no reply

    def new_verdicts(self):
        now = Counter(self.weir.weir.ask("/weir/verdicts"))
        return {name: now[name] - self.verdicts[name] for name in now if now[name] != self.verdicts[name]}

    def check(self, clients):
        share = clients["answered"] / clients["sent"]
        check(share >= ANSWERED and clients["wrong"] == 0, f"{share:.6f} of {json.dumps(clients)}")
        mbufs = self.weir.mbufs_in_use()
        check(mbufs <= self.mbufs, f"{mbufs} mbufs, {self.mbufs} before")
        health = self.weir.weir.ask("/weir/health")
        check(not health.get("lcore_stuck"), f"{health}")


@case("storm: bad frames of every kind are counted, answered by nothing, and cost no client a reply")
def storm(laboratory):
    rows = bad_frames(ATTACKED, ATTACKERS)
    kinds = {row[1:] for row in rows}
    check(len(kinds) >= 30, f"{len(kinds)} kinds of ends")
    with running(laboratory) as weir:
        attack = Attack(weir)
        file = write_capture(laboratory.folder(), [row[0] for row in rows])
        count = -(-BAD // len(rows)) * len(rows)
        clients, attacker = attack.run(file, count)
        told = attack.new_verdicts()
        attack.check(clients)
    wanted = Counter(verdict for _, _, verdict in rows)
    for verdict, each in wanted.items():
        rounds = count // len(rows)
        check(
            told.get(verdict) == each * rounds, f"{verdict}: {told.get(verdict)}, not {each} times {rounds}"
        )
    check(attacker["answered"] == 0, f"{attacker}")
    # It hears announcements of addresses and reports of groups, when the link comes up.
    check(attacker["other_frames"] <= OWN_FRAMES, f"{attacker}")
    print(f"# {count} frames of {len(rows)} in {len(kinds)} kinds; {clients['sent']} requests of clients")


@case("storm: floods of pings, ARP, neighbour discovery and closed ports cost no client a reply")
def flood(laboratory):
    with running(laboratory) as weir:
        attack = Attack(weir)
        clients_on_link = [client for client in ATTACKERS if client.address.startswith(("198", "2001:db8"))]
        rows = list(floods(ATTACKED, clients_on_link))
        file = write_capture(laboratory.folder(), rows)
        clients, _ = attack.run(file, FLOOD // len(rows) * len(rows))
        told = attack.new_verdicts()
        attack.check(clients)
    for name, answered in ANSWERED_AND_LIMITED.items():
        few, many = told.get(answered, 0), told.get(f"{name}_limited", 0)
        check(0 < few < many / 10, f"{name}: {few} answered, {many} limited")
