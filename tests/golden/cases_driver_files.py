# SPDX-License-Identifier: BSD-3-Clause
"""The files in drivers-config/ whose drivers need neither privileges nor a network."""

import frames
import bep15
import pcap
from lab import REPOSITORY
from suite import case, check


def _run(lab, name, folder):
    path = REPOSITORY / "drivers-config" / f"{name}.cfg"
    # Others use the same prefix meanwhile: a folder of its own.
    ended = lab.another_weir().run(["-c", path, "--run-for", "2"], folder)
    ended.check_clean()
    ended.said("weir: ready")
    return ended


@case("drivers-config: net_pcap.cfg works unchanged")
def driver_net_pcap(lab):
    folder = lab.folder()
    port, client = frames.Port(), frames.client4(2)
    request = frames.request(client, port, bep15.connect(1))
    pcap.write(folder / "in.pcap", [bytes(request)])
    ended = _run(lab, "net_pcap", folder)
    check(ended.stats["rx_packets"] == 1, "the request was not read")
    # Its addresses are probed for first.
    check(ended.verdicts == {("ipv4", "ip_destination"): 1}, str(ended.verdicts))
    sent = pcap.read(folder / "out.pcap")
    check(len(sent) == ended.stats["tx_packets"], "what was sent is not in out.pcap")


@case("drivers-config: net_ring.cfg works unchanged")
def driver_net_ring(lab):
    ended = _run(lab, "net_ring", lab.folder())
    ended.said("port net_ring0:")
