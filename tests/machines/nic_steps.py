# SPDX-License-Identifier: BSD-3-Clause
"""Weir on each card of a machine with an IOMMU, in this order. Each step returns what it showed."""

import time

import rss
from rig import driver_group, port
from root import Failure

NIC_STEPS = []
QUEUES, WORKERS = 4, 3
CLIENTS = 64  # of each family
REQUESTS = 2  # of each client
KNOWN_KEY = bytes.fromhex("6d5a56da255b0ec24167253d43a38fb0")  # the first bytes of every driver's default
WRONG = {"udp_checksum": 2, "ipv4_checksum": 1, "frame_destination": 0}  # what exercise.py causes


def nic_step(name):
    def add(function):
        NIC_STEPS.append((name, function))
        return function

    return add


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: {got}, expected {wanted}")


def serve(rig, card, **settings):
    """Starts Weir on a card by its driver file, with some settings changed."""
    rig.configure(driver_group(card.file, **settings), [port(card)])
    rig.start()
    row = rig.ports()[0]
    expect("port", (row["name"], row["mac"].lower(), row["driver"]), (card.pci, card.mac, card.driver))
    return row


@nic_step("boots; each card has an IOMMU group of its own")
def boots(rig):
    began = time.monotonic()
    expect("systemd's word", rig.power_on(), "running")
    took = time.monotonic() - began
    rig.prepare()
    lines = []
    for card in rig.cards.values():
        group = rig.group_of(card)
        members = rig.guest.run(f"ls /sys/kernel/iommu_groups/{group}/devices").output.split()
        expect(f"IOMMU group {group}", members, [card.pci])
        expect(f"driver of {card.name}", rig.driver_of(card), card.kernel_driver)
        lines.append(f"{card.name}: {card.pci}, group {group}, {card.kernel_driver}")
    return f"up after {took:.0f} s\n" + "\n".join(lines)


def exercise(rig, card, *vlan):
    taken = rig.tool("exercise", rig.clients_link(), card.mac, *vlan, timeout=300)
    expect(f"verdicts on {card.name}", taken["verdicts"], WRONG)
    return taken["replies"]


def serve_both_ways(rig, card):
    """By the driver file and with the other way of checksums: the same replies to everything."""
    rig.bind(card)
    offers = serve(rig, card)["checksum_offload"]
    replies = exercise(rig, card)
    expect("promiscuous", rig.ports()[0]["promiscuous"], 0)
    rig.end()
    other = serve(rig, card, checksum_offload=not offers)["checksum_offload"]
    again = exercise(rig, card)
    rig.end()
    differing = [name for name in replies if replies[name] != again.get(name)]
    expect("replies that depend on who writes checksums", differing, [])
    card.show("connect, announce, scrape, ARP, NDP, ping over both families")
    if offers != other:
        card.show("checksums by the card as in software")
    rig.unbind(card)
    said = "the port writes them or Weir" if offers != other else "the port has no such offload"
    return f"{card.driver} on {card.pci}: {len(replies)} replies are the same; checksums: {said}"


for _name in ("e1000e", "vmxnet3", "virtio", "igb"):
    nic_step(f"{_name}: bound to vfio-pci, serves both families, and goes back to the kernel")(
        lambda rig, name=_name: serve_both_ways(rig, rig.cards[name])
    )


def read_rss(rig, card):
    base = rig.first_region(card)
    return rss.Registers(lambda offset, count: rig.read_registers(base + offset, count))


def expect_rss(registers):
    expect("redirection table", registers.table, [i % QUEUES for i in range(rss.TABLE_ENTRIES)])
    wanted = rss.IPV4 | rss.IPV6
    expect("hash by addresses, not by ports", registers.types & (wanted | rss.BY_PORTS), wanted)
    if registers.key.startswith(KNOWN_KEY[:8]) or len(set(registers.key)) < 10:
        raise Failure(f"the key of RSS is not a secret one: {registers.key.hex()}")


@nic_step("igb, all eight CPUs: key and table of RSS are Weir's, each client reaches the lcore of its queue")
def spreads(rig):
    card = rig.cards["igb"]
    rig.bind(card)
    lcores = "main = [ 0 ]; io = [ 1, 2, 3, 4 ]; workers = [ 5, 6, 7 ];"
    rig.configure(driver_group("igb"), [port(card)], lcores)
    keys = []
    for _ in range(2):
        rig.start()
        expect("queues", rig.ports()[0]["queues"], QUEUES)
        registers = read_rss(rig, card)
        expect_rss(registers)
        keys.append(registers.key)
        if len(keys) == 2:
            break
        rig.end()
    if keys[0] == keys[1]:
        raise Failure("two starts have the same key of RSS")
    spread = rig.tool("spread", rig.clients_link(), card.mac, CLIENTS, timeout=400)
    wanted = [0] * QUEUES
    for address in spread["addresses"]:
        wanted[registers.queue(address, "10.77.0.1" if "." in address else "fd77::1")] += REQUESTS
    # io lcore 1 polls queue 0, and so on; those after them are workers.
    got = [spread["packets"][str(1 + queue)] for queue in range(QUEUES)]
    expect("packets of each lcore", got, wanted)
    if min(got) == 0:
        raise Failure(f"a queue has no client: {got}")
    jobs = [spread["packets"][str(1 + QUEUES + worker)] for worker in range(WORKERS)]
    if sum(jobs) != 2 * CLIENTS or min(jobs) == 0:
        raise Failure(f"{2 * CLIENTS} torrents on {WORKERS} workers: {jobs}")
    exercise(rig, card)
    rig.end()
    rig.unbind(card)
    card.queues = QUEUES
    card.show(f"{2 * CLIENTS} clients on {QUEUES} queues by the key and table that Weir set")
    said = f"{2 * CLIENTS} clients with {REQUESTS} requests each: {got} on lcores 1 to {QUEUES}"
    return f"{said}, as key and table of the card say; {jobs} of their torrents on the workers"


# --- the link -------------------------------------------------------------------------------------


def lose_link(rig, card, interrupts):
    """Link down and up by QEMU: told in health and log, and served again."""
    serve(rig, card, link_interrupts=interrupts)
    rig.wait_for_log("link is up")
    rig.set_link(card, False)
    rig.wait_for_problem("link_down", True)
    rig.wait_for_log("link is down")
    expect("addresses in use", rig.ports()[0]["addresses_used"], [])
    rig.set_link(card, True)
    rig.wait_for_problem("link_down", False)
    rig.wait_until_served()
    exercise(rig, card)
    said = rig.log()
    expect("link told down, up", (said.count("link is down"), said.count("link is up")), (1, 2))
    rig.end()


def watch_link(rig, card):
    rig.bind(card)
    lose_link(rig, card, False)
    if card.link_interrupts:
        lose_link(rig, card, True)
    rig.unbind(card)
    ways = "by asking and by interrupt" if card.link_interrupts else "by asking"
    card.show(f"link down and up, {ways}")
    return f"health and log tell link down and up, {ways}; everything is answered again"


for _name in ("e1000e", "vmxnet3", "virtio", "igb"):
    nic_step(f"{_name}: link down and up, told and recovered from")(
        lambda rig, name=_name: watch_link(rig, rig.cards[name])
    )
