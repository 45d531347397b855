# SPDX-License-Identifier: BSD-3-Clause
"""Weir on two NUMA nodes and two ports of one machine, and with a card that is unplugged. Each step returns
what it showed.
"""

from nic_steps import exercise, expect, nic_step
from rig import PAGES, driver_group, port
from root import Failure


@nic_step("two NUMA nodes: a port and lcores of each")
def two_nodes(rig):
    near, far = rig.cards["igb"], rig.cards["igb of node 1"]
    nodes = [int(rig.guest.read(f"/sys/bus/pci/devices/{card.pci}/numa_node")) for card in (near, far)]
    expect("nodes of the two cards", nodes, [0, 1])
    for card in (near, far):
        rig.bind(card)
    lcores = "main = [ 0 ]; io = [ 1, 5 ]; workers = [ 2, 6 ];"
    rig.configure(driver_group("igb"), [port(near), port(far, number=3)], lcores)
    rig.start()
    expect("ports", [row["name"] for row in rig.ports()], [near.pci, far.pci])
    exercise(rig, near)
    for number in (1, 3):
        rig.guest.run(f"python3 {rig.inside('reach')} {rig.clients_link()} {number}", timeout=120)
    free = [
        int(rig.guest.read(f"/sys/devices/system/node/node{node}/hugepages/hugepages-2048kB/free_hugepages"))
        for node in (0, 1)
    ]
    rig.end()
    for card in (near, far):
        rig.unbind(card)
    far.show("a second port on another NUMA node")
    return f"both ports serve; huge pages in use: {[PAGES - pages for pages in free]} on nodes 0 and 1"


@nic_step("a card is unplugged: it is told, the other port goes on, and the kernel gets the card back")
def unplugs(rig):
    lost, other = rig.cards["e1000e"], rig.cards["igb"]
    for card in (lost, other):
        rig.bind(card)
    rig.configure(driver_group("e1000"), [port(lost), port(other, number=3)])
    rig.start()
    reach = f"python3 {rig.inside('reach')} {rig.clients_link()}"
    for number in (1, 3):
        rig.guest.run(f"{reach} {number}", timeout=120)
    process = rig.guest.run("systemctl show weir --property=MainPID --value").output
    rig.unplug(lost)
    rig.wait_for_log(f"port {lost.pci} was unplugged; the others go on", 60)
    rig.wait_for_log(f"port {lost.pci}: the device is given back", 60)
    rig.guest.wait_until(f"test ! -e /sys/bus/pci/devices/{lost.pci}", "the kernel lets go of the card", 60)
    rig.wait_for_problem("interface_gone", True)
    rig.guest.run(f"{reach} 3", timeout=120)
    after = rig.guest.run("systemctl show weir --property=MainPID --value").output
    expect("process", after, process)
    row = rig.ports()[0]
    expect("the lost port", (row["name"], row["link_up"], row["addresses_used"]), (lost.pci, 0, []))
    if row["rx_packets"] == 0:
        raise Failure("what the lost port has counted is lost, too")
    rig.end()
    lost.show("unplugged while another port serves")
    return unplugs_last(rig, other)


def unplugs_last(rig, card):
    """Nothing is left: Weir ends, and says why."""
    rig.configure(driver_group("igb"), [port(card)])
    rig.start()
    rig.unplug(card)
    line = rig.wait_for_log(f"port {card.pci} was unplugged", 60)
    rig.guest.wait_until(f"test ! -e /sys/bus/pci/devices/{card.pci}", "the kernel lets go of the card", 90)
    rig.guest.wait_until("systemctl is-failed weir", "the service gives up", 180)
    rig.guest.run("systemctl reset-failed weir")
    card.show("unplugged: Weir ends with status 1")
    return f"the only port: {line}"
