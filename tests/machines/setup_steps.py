# SPDX-License-Identifier: BSD-3-Clause
"""scripts/setup-host from a machine whose IOMMU is off to a Weir that serves after a reboot, and back. Each
step returns what it showed.

QEMU takes the kernel from a file, so that no boot loader runs; the machine boots with the words that its own
update-grub has written for one.
"""

import re

from computer import CONFIG
from machine import IOMMU_OFF
from nic_steps import exercise, expect, nic_step
from rig import NODES, PAGES
from root import Failure

SCRIPT = "/mnt/scripts/setup-host"
ADDRESSES = "--address 10.77.0.1/24 --address fd77::1/64"
SIZES = "--max-torrents 20000 --max-peers 40000 --lcores 2"
GRUB = "/boot/grub/grub.cfg"
STATE = "/var/lib/weir-setup-host"


def setup_host(rig, options):
    return rig.guest.run(f"{SCRIPT} {options}", timeout=300).output


def settings(rig):
    """All that an operator could have written: names, contents and links below /etc."""
    files = "find /etc -type f | sort | xargs sha256sum"
    links = "find /etc -type l -printf '%p %l\\n' | sort"
    return set(rig.guest.run(f"{files}; {links}").output.splitlines())


def loader_words(rig):
    """Of the kernel's command line, as the boot loader would pass them, but for where the disk is."""
    rig.guest.run(f"test -e {GRUB} || (mkdir -p /boot/grub && update-grub)", timeout=120)
    line = re.search(r"^\s*linux\s+\S+\s+(.*)$", rig.guest.read(GRUB), re.M)
    if not line:
        raise Failure(f"no kernel in {GRUB}")
    return " ".join(word for word in line[1].split() if word not in ("ro", "quiet") and word[:5] != "root=")


def reboot(rig, iommu=""):
    """With what the boot loader says now, beside `iommu`."""
    words = loader_words(rig)
    rig.guest.power_off()
    expect("systemd's word", rig.power_on(words, iommu), "running")
    return words


def shows(rig, card, before):
    """A dry run: what it would do, and nothing done."""
    said = setup_host(rig, f"--nic {card.pci} {ADDRESSES} {SIZES}")
    wanted = (
        "IOMMU: off; the firmware has one (DMAR)",
        "intel_iommu=on iommu=pt isolcpus=",
        "nothing was changed",
    )
    missing = [text for text in wanted if text not in said]
    if missing:
        raise Failure(f"the dry run does not say {missing}:\n{said}")
    expect("changes by a dry run", settings(rig) ^ before, set())


def applies(rig, card):
    said = setup_host(rig, f"--nic {card.pci} {ADDRESSES} {SIZES} --apply")
    if "done; reboot" not in said.splitlines()[-1]:
        raise Failure(f"--apply does not ask for a reboot:\n{said}")
    expect("driver until the reboot", rig.driver_of(card), card.kernel_driver)
    # A CPU that polls would take one away from the emulator.
    rig.guest.run(
        f"sed -i 's/^lcores = {{/& idle = \"sleep\";/' {CONFIG} && weir -c {CONFIG} --check >/dev/null"
    )
    rig.guest.run("systemctl enable weir")


def serves(rig, card):
    """Without a hand: the card at vfio-pci, the pages, the service."""
    expect("driver after the reboot", rig.driver_of(card), "vfio-pci")
    rig.guest.wait_until("systemctl is-active weir", "the service is up", 300)
    rig.wait_until_served()
    exercise(rig, card)
    isolated = rig.guest.read("/sys/devices/system/cpu/isolated").strip()
    lcores = rig.ask("lcores")
    pages = sum(rig.pages(node)["nr"] for node in range(NODES))
    return f"{len(lcores)} lcores, CPUs {isolated} isolated, {pages} huge pages"


def undoes(rig, card, before):
    """After a kill, which leaves huge pages in files."""
    rig.guest.run("systemctl disable weir; kill -KILL $(systemctl show weir --property=MainPID --value)")
    rig.guest.run("systemctl stop weir; systemctl reset-failed weir")
    left = rig.guest.run("ls /dev/hugepages").output.split()
    if not left:
        raise Failure("a Weir that was killed has left no pages: nothing is shown")
    setup_host(rig, "--undo")
    expect("huge pages", [rig.pages(node)["nr"] for node in range(NODES)], [0] * NODES)
    rig.guest.wait_until(
        f"grep -qs {card.mac} /sys/bus/pci/devices/{card.pci}/net/*/address", "the card's interface"
    )
    changed = settings(rig) ^ before
    expect("what --undo has left otherwise", changed, set())
    expect("state of --apply", rig.guest.run(f"ls {STATE}", check=False).status != 0, True)
    return len(left)


@nic_step("setup-host: dry run, --apply, a reboot, Weir serves; --undo, a reboot, all is as before")
def sets_up(rig):
    card = rig.cards["igb"]
    rig.guest.run(f"echo '# mine' >{CONFIG}")
    reboot(rig, IOMMU_OFF)
    rig.find_cards()
    before = settings(rig)
    shows(rig, card, before)
    applies(rig, card)
    words = reboot(rig)
    if "intel_iommu=on" not in words:
        raise Failure(f"update-grub has made: {words}")
    facts = serves(rig, card)
    files = undoes(rig, card, before)
    words_after = reboot(rig)
    rig.find_cards()
    expect("driver after --undo and a reboot", rig.driver_of(card), card.kernel_driver)
    if "iommu" in words_after or "isolcpus" in words_after:
        raise Failure(f"the kernel's command line after --undo: {words_after}")
    for node in range(NODES):
        rig.set_pages(node, PAGES)
    left = f"--undo with {files} files of a killed Weir in hugetlbfs"
    return f"{words}\n{facts}\n{left}; the kernel has the card again"
