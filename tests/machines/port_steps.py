# SPDX-License-Identifier: BSD-3-Clause
"""What a port may be told beside its addresses: a VLAN, an MTU; and how many huge pages it needs. Each step
returns what it showed.
"""

import json

from computer import CONFIG
from nic_steps import exercise, expect, nic_step, serve
from rig import NODES, PAGES, driver_group, port
from root import Failure

VLAN = 7
SMALL_MTU, JUMBO_MTU = 600, 9000
LARGE_FRAMES = ("frame_segmented", "ipv4_header", "ipv6_header")  # what becomes of them (docs/protocol.md)
CARDS = ("e1000e", "vmxnet3", "virtio", "igb")

# --- VLAN -----------------------------------------------------------------------------------------


def serve_vlan(rig, card):
    """Starts Weir on a port in the VLAN; the replies to everything."""
    rig.configure(driver_group(card.file), [port(card, vlan=VLAN)])
    rig.start()
    replies = exercise(rig, card, VLAN)
    card.show("a VLAN")
    return replies


def serve_in_vlan(rig, card):
    rig.bind(card)
    replies = serve_vlan(rig, card)
    before = rig.verdict("frame_vlan")
    untagged = rig.guest.run(f"python3 {rig.inside('answer')} {rig.clients_link()} 10.77.0.1", check=False)
    if untagged.status == 0:
        raise Failure("a client without the tag got a reply")
    if rig.verdict("frame_vlan") <= before:
        raise Failure("frames without the tag are not counted as frame_vlan")
    rig.end()
    rig.unbind(card)
    return f"{len(replies)} replies in VLAN {VLAN}; frames without the tag get none"


for _name in CARDS:
    nic_step(f"{_name}: a port in a VLAN, whose clients are on the kernel's VLAN interface")(
        lambda rig, name=_name: serve_in_vlan(rig, rig.cards[name])
    )

# --- MTU ------------------------------------------------------------------------------------------


def payload_holds(mtu, headers, head, each):
    return (mtu - headers - head) // each


def serve_small(rig, card):
    """Over IPv4 alone: a link with less than 1280 bytes carries no IPv6 (RFC 8200 5)."""
    rig.configure(driver_group(card.file, mtu=SMALL_MTU), [port(card, families=(4,))])
    rig.start()
    expect("MTU", rig.ports()[0]["mtu"], SMALL_MTU)
    rig.wait_for_problem("mtu_small", True)
    found = rig.tool("sizes", rig.clients_link(), 1500, "10.77.0.1", timeout=300)
    expect("peers in a reply", found["peers"], {"10.77.0.1": payload_holds(SMALL_MTU, 28, 20, 6)})
    expect("torrents in a reply", found["rows"], {"10.77.0.1": payload_holds(SMALL_MTU, 28, 8, 12)})
    rig.end()
    return found


def serve_jumbo(rig, card):
    """What a request may be stays, and so does what a reply holds."""
    serve(rig, card, mtu=JUMBO_MTU)
    expect("MTU", rig.ports()[0]["mtu"], JUMBO_MTU)
    exercise(rig, card)
    addresses = ("10.77.0.1", "fd77::1")
    found = rig.tool("sizes", rig.clients_link(), JUMBO_MTU, *addresses, timeout=300)
    expect("peers in a reply", found["peers"], dict(zip(addresses, (200, 66))))
    expect("torrents in a reply", found["rows"], dict(zip(addresses, (72, 71))))
    verdicts = found["verdicts"]
    expect("scrapes of one torrent too many", verdicts["request_long"], len(addresses))
    # Of each address a large scrape and a large ping.
    expect("frames larger than a buffer", sum(verdicts[name] for name in LARGE_FRAMES), 2 * len(addresses))
    rig.end()
    return verdicts


def change_mtu(rig, card):
    rig.bind(card)
    small = serve_small(rig, card)
    jumbo = serve_jumbo(rig, card)
    rig.unbind(card)
    card.show(f"MTU {SMALL_MTU} and {JUMBO_MTU}")
    held = f"{small['peers']['10.77.0.1']} peers, {small['rows']['10.77.0.1']} torrents in replies"
    dropped = {name: count for name, count in jumbo.items() if count}
    return f"MTU {SMALL_MTU}: {held}; MTU {JUMBO_MTU}: replies as with 1500, jumbo frames: {dropped}"


for _name in ("e1000e", "igb"):
    nic_step(f"{_name}: a small MTU and one for jumbo frames")(
        lambda rig, name=_name: change_mtu(rig, rig.cards[name])
    )

# --- huge pages -----------------------------------------------------------------------------------


def needed_pages(rig):
    """By node, as weir --check counts them."""
    said = json.loads(rig.guest.run(f"weir -c {CONFIG} --check --json 2>/dev/null", check=False).output)
    sizes = [row for row in said["machine"]["hugepages"] if row["page_bytes"] == 2 << 20]
    return [next((row["needed"] for row in sizes if row["node"] == node), 0) for node in range(NODES)]


def expect_no_half_start(rig, card):
    """The card is where it was, and nothing of Weir is left: no pages, no sockets."""
    expect("driver of the card", rig.driver_of(card), "vfio-pci")
    rig.expect_free_pages()
    sockets = rig.guest.run("find /run/weir -type s", check=False).output.split()
    expect("sockets left", sockets, [])
    opened = rig.guest.run("ls -l /proc/[0-9]*/fd 2>/dev/null | grep /dev/vfio", check=False).output
    expect("files that hold the card", opened, "")


@nic_step(
    "too few huge pages: a sentence at the start, status 1, nothing half started; enough of them: it serves"
)
def lacks_pages(rig):
    card = rig.cards["igb"]
    rig.bind(card)
    rig.configure(driver_group(card.file), [port(card)])
    needed = needed_pages(rig)
    for node, count in enumerate(needed):  # much of it is for devices, which may need less
        rig.set_pages(node, count // 8)
    rig.note_journal()
    rig.guest.run("systemctl reset-failed weir; systemctl start weir", timeout=300, check=False)
    rig.guest.wait_until("systemctl is-failed weir", "the service gives up", 240)
    status = rig.guest.run("systemctl show weir --property=ExecMainStatus --value").output.strip()
    expect("exit status", status, "1")
    said = [line for line in rig.log().splitlines() if "not enough huge pages for the tables" in line]
    if not said or "reserve" not in said[-1]:
        raise Failure(f"no sentence about huge pages:\n{rig.log()}")
    expect_no_half_start(rig, card)
    for node, count in enumerate(needed):
        rig.set_pages(node, count)
    rig.start()
    exercise(rig, card)
    rig.end()
    for node in range(NODES):
        rig.set_pages(node, PAGES)
    rig.unbind(card)
    return f"{said[-1]}\nwith {needed} pages on nodes 0 and 1, as weir --check asks for, it serves"
