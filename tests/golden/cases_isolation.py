# SPDX-License-Identifier: BSD-3-Clause
"""A card that is left to the kernel but for the tracker's datagrams (driver.isolate): on a driver that takes
rules, and on one that cannot do it.
"""

import pcap
from cases_steering import Card
from frames import client4, client6
from suite import case, check

ISOLATE = {"driver.isolate": True}
A = b"\xaa" * 20


@case("isolation: one rule for each address, and no word of the host's own")
def in_force(lab):
    card = Card(lab)
    scenario = lab.scenario(settings=ISOLATE, weir=card.weir)
    for client in (client4(2), client6(2)):
        scenario.connect(client)
        scenario.announce(client, A)
        scenario.scrape(client, [A])
    ended = scenario.run()
    ended.said("2 rules take the tracker's datagrams; the kernel keeps all else")
    check(card.lines("isolate") == ["isolate 0: 1"], card.lines(""))
    port = scenario.port
    created = [f"create 0: UDP port 6969 of {address}" for address in (port.ipv4, port.ipv6)]
    check(card.lines("create") == created, card.lines(""))
    check(card.lines("destroy") == ["destroy 0: rule 2", "destroy 0: rule 1"], card.lines(""))
    check(card.lines("")[0].startswith("isolate"), "the port was isolated too late")
    check("tx_own_packets" not in ended.stats, "the kernel probes and announces, not Weir")


def _refused(lab, weir, words):
    scenario = lab.scenario(settings=ISOLATE, weir=weir)
    folder = lab.folder()
    weir.adopt(folder)
    (folder / "weir.cfg").write_text(scenario.config_text(folder))
    pcap.write(scenario.wire.file(folder, "in"), [])
    ended = weir.run(["-c", folder / "weir.cfg", "--run-for", 2], folder)
    check(ended.status == 1, f"exit status {ended.status}, not 1\n{ended.err}")
    ended.said(words)
    ended.said("this card cannot be left to the kernel: set driver.isolate = false")


@case("isolation: a driver that cannot do it, or refuses a rule, is an error with its reason")
def refused(lab):
    _refused(lab, lab.another_weir(), "port net_pcap0: rte_flow_isolate: ")
    card = Card(lab, 2)
    _refused(lab, card.weir, "port net_pcap0: rte_flow_create: No space left on device")
    check(card.lines("destroy") == ["destroy 0: rule 1"], card.lines(""))
