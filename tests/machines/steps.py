# SPDX-License-Identifier: BSD-3-Clause
"""What happens to one machine, in this order. Each step returns what it showed."""

import json
import time

from computer import CONFIG, INSIDE
from journey import HUGE_PAGES, NIC_CONFIG, SNAPSHOT_INTERVAL_S, WEIR_NIC
from root import Failure

CROWD = 600  # torrents before the upgrade
PAGES_FILE = "/etc/dpdk/dpdk.conf"
STEPS = []


def step(name):
    def add(function):
        STEPS.append((name, function))
        return function

    return add


def expect(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what}: {got}, expected {wanted}")


def expect_active(journey):
    state = journey.state()
    expect("state of weir.service", (state["ActiveState"], state["SubState"]), ("active", "running"))
    return state


def totals(journey):
    """What outlives a restart. Completed downloads do so by torrent; their sum is a counter from 0."""
    stats = journey.ask("/weir/stats")
    names = ("torrents", "seeders_ipv4", "leechers_ipv4", "seeders_ipv6", "leechers_ipv6")
    return {name: stats[name] for name in names}


def expect_orderly_stops(journey, torrents):
    """No filter of system calls or watchdog has ended Weir, and its last stop saved everything."""
    said = journey.guest.run("journalctl -u weir -o cat --no-pager").output.splitlines()
    expect("ends by signals", [line for line in said if "code=killed" in line or "code=dumped" in line], [])
    saved = [line for line in said if line.startswith("weir: saved ")]
    if not saved or f"saved {torrents} torrents" not in saved[-1]:
        raise Failure(f"the stop has not saved {torrents} torrents: {saved[-1:]}")


def check_crowd(journey, end):
    """All torrents of the crowd below `end` are there, with every peer and every completed download."""
    found = json.loads(journey.crowd("check", 0, end))
    expect(f"torrents 0 to {end - 1} by scrape", found, {"whole": end, "wrong": []})
    return f"{end} torrents scraped, each with its seeders, leechers and completed downloads"


@step("boots, with nothing of Weir")
def boots(journey):
    began = time.monotonic()
    word = journey.power_on()
    took = time.monotonic() - began
    expect("systemd's word", word, "running")
    run = journey.guest.run
    groups = run("ls /sys/kernel/iommu_groups | wc -l").output.strip()
    if groups == "0":
        raise Failure("no IOMMU group")
    expect("programs of Weir", run("command -v weir weirctl weir-gateway", check=False).output, "")
    system = run(". /etc/os-release && echo $PRETTY_NAME, Linux $(uname -r)").output.strip()
    return f"{system}; up after {took:.0f} s; {groups} IOMMU groups"


@step("installs the version before: not started, not enabled")
def installs(journey):
    said = journey.guest.run("apt-get install -y /mnt/packages/before/*.deb", timeout=600).output
    state = journey.state()
    expect("weir.service", (state["ActiveState"], state["UnitFileState"]), ("inactive", "disabled"))
    config = journey.guest.run(f"stat -c '%U %a' {CONFIG}").output.strip()
    version = journey.guest.run("dpkg-query -W -f '${Version}' weir").output
    unpacked = [line for line in said.splitlines() if line.startswith("Setting up weir")]
    return "\n".join(unpacked) + f"\nversion {version}; {CONFIG}: {config}"


@step("starts on a TAP device with the configuration that the package brings")
def starts_on_tap(journey):
    run = journey.guest.run
    run("systemctl start weir", timeout=120)
    state = expect_active(journey)
    link = run("ip -br link show weir0").output.strip()
    run("systemctl stop weir", timeout=120)
    expect("state after the stop", journey.state()["ActiveState"], "inactive")
    return f"process {state['MainPID']} with {link}"


@step("without huge pages the service fails, says what to do, and stays down")
def fails_without_huge_pages(journey):
    run = journey.guest.run
    journey.guest.write(CONFIG, NIC_CONFIG)
    journey.guest.write("/etc/dpdk/interfaces", f"pci {WEIR_NIC.pci} vfio-pci\n")
    run("systemctl enable weir && systemctl restart dpdk")
    run("systemctl start weir", timeout=180, check=False)
    return stays_down(journey)


def stays_down(journey):
    """The unit has failed for good, and its status has the sentence."""
    journey.guest.wait_until("systemctl is-failed weir", "the unit gives up", 180)
    before = journey.state()
    time.sleep(15)
    after = journey.state()
    expect("the unit 15 s later", after, before)
    status = journey.guest.run("systemctl status --no-pager --full --lines=20 weir", check=False).output
    sentences = [line for line in status.splitlines() if "huge pages" in line and "reserve" in line]
    if not sentences:
        raise Failure(f"no sentence about huge pages in\n{status}")
    return f"restarts: {after['NRestarts']}, result: {after['Result']}\n{sentences[-1].strip()}"


@step("with huge pages and the NIC given to vfio-pci it starts")
def starts_on_nic(journey):
    run = journey.guest.run
    journey.guest.write(PAGES_FILE, f"NR_2M_PAGES={HUGE_PAGES}\n")
    run("systemctl restart dpdk")
    check = run(f"runuser -u weir -- weir -c {CONFIG} --check").output
    run("systemctl reset-failed weir; systemctl start weir", timeout=180)
    journey.wait_until_served()
    port = journey.ask("/weir/ports")["0"]
    expect("device", port["name"], WEIR_NIC.pci)
    expect("MAC address", port["mac"].lower(), WEIR_NIC.mac)
    group = run(f"basename $(readlink /sys/bus/pci/devices/{WEIR_NIC.pci}/iommu_group)").output.strip()
    pages = run("grep -E 'HugePages_(Total|Free)' /proc/meminfo | xargs").output.strip()
    warned = [line for line in check.splitlines() if "warning" in line]
    facts = f"{port['driver']} on {port['name']}, IOMMU group {group}, {port['addresses_used']}; {pages}"
    return "\n".join([facts, *warned])


@step("serves two libtorrent clients on the other NIC")
def transfers(journey):
    return journey.guest.run(f"python3 {INSIDE}/transfer.py {journey.clients_link()}", timeout=300).output


@step("the gateway serves metrics")
def gateway(journey):
    journey.guest.run("systemctl start weir-gateway", timeout=120)
    said = journey.guest.wait_until("curl -sf http://127.0.0.1:1212/metrics", "metrics", 60)
    lines = [line for line in said.splitlines() if line.startswith("weir_") and "torrents" in line]
    user = journey.guest.run("ps -o user= -C weir-gateway | sort -u | xargs").output.strip()
    return f"as {user}: " + "; ".join(lines[:2])


@step("the upgrade keeps configuration, swarms and counts")
def upgrades(journey):
    run = journey.guest.run
    journey.crowd("fill", 0, CROWD)
    journey.torrents = CROWD
    before, config = totals(journey), run(f"sha256sum {CONFIG}").output
    process = journey.state()["MainPID"]
    said = run("apt-get install -y /mnt/packages/now/*.deb", timeout=600).output
    journey.wait_until_served()
    expect("configuration", run(f"sha256sum {CONFIG}").output, config)
    if journey.state()["MainPID"] == process:
        raise Failure(f"the old process still serves:\n{said}")
    expect_orderly_stops(journey, before["torrents"])
    expect("totals", totals(journey), before)
    versions = run("dpkg-query -W -f '${Version}' weir").output
    return f"now {versions}; {before}\n" + check_crowd(journey, CROWD)


@step("a reboot needs no hand: swarms and counts are back")
def reboots(journey):
    before = totals(journey)
    boot = journey.guest.boot_id()
    expect("systemd's word", journey.guest.reboot(), "running")
    journey.wait_until_served()
    if journey.guest.boot_id() == boot:
        raise Failure("the machine has not rebooted")
    expect("starts that failed", journey.state()["NRestarts"], "0")
    expect_orderly_stops(journey, before["torrents"])
    expect("totals", totals(journey), before)
    driver = journey.guest.run(
        f"basename $(readlink /sys/bus/pci/devices/{WEIR_NIC.pci}/driver)"
    ).output.strip()
    expect("driver of the NIC", driver, "vfio-pci")
    return f"{before}\n" + check_crowd(journey, CROWD)


def snapshot_after(journey, runs):
    """Waits for the snapshot number `runs` of this Weir."""
    end = time.monotonic() + 20 * SNAPSHOT_INTERVAL_S + 60
    while True:
        snapshot = journey.ask("/weir/snapshot")
        if snapshot["runs"] - snapshot["failures"] >= runs:
            return snapshot
        if time.monotonic() > end:
            raise Failure(f"no snapshot {runs}: {snapshot}")
        time.sleep(0.5)


@step("power is lost under load")
def loses_power(journey):
    guest, file = journey.guest, "/run/crowd"
    guest.run(
        f"systemd-run --collect --unit=crowd python3 {INSIDE}/crowd.py {journey.clients_link()} "
        f"grow {journey.torrents} {file}"
    )
    guest.wait_until(f"test $(cat {file}) -gt {journey.torrents + 50}", "the load has begun", 120)
    announced = int(guest.read(file))
    # A snapshot may be under way, which need not have them. The one after that has.
    snapshot = snapshot_after(journey, journey.ask("/weir/snapshot")["runs"] + 2)
    guest.run("systemctl is-active crowd")
    last = int(guest.read(file))
    journey.machine.power_cut()
    journey.torrents, journey.snapshot_torrents = announced, snapshot["last_torrents"]
    return (
        f"{announced} torrents announced before the last snapshot began, {last} when power "
        f"went; the snapshot has {snapshot['last_torrents']} torrents, {snapshot['last_peers']} peers"
    )


@step("after the power cut it serves without a hand what the last snapshot had")
def comes_back(journey):
    expect("systemd's word", journey.power_on(), "running")
    journey.wait_until_served()
    ended = journey.guest.run("journalctl -b -1 -u weir -o cat | tail -n 3").output.strip()
    if "Deactivated" in ended or "Stopped" in ended:
        raise Failure(f"the service was stopped, not cut off:\n{ended}")
    restored = journey.ask("/weir/snapshot")
    if restored["restored_torrents"] < journey.snapshot_torrents or restored["restored_dropped"] != 0:
        raise Failure(f"a snapshot of {journey.snapshot_torrents} torrents was on disk: {restored}")
    showed = check_crowd(journey, journey.torrents)
    facts = {name: value for name, value in restored.items() if name.startswith("restored")}
    return f"{showed}\n{facts}"


@step("serves two libtorrent clients after all that")
def transfers_again(journey):
    # The test counts every swarm and verdict, so it wants a Weir that has none.
    run = journey.guest.run
    run("systemctl stop weir && rm -f /var/lib/weir/peers /var/lib/weir/peers.1 && systemctl start weir", 180)
    journey.wait_until_served()
    return transfers(journey)


@step("a boot without huge pages: the service fails, says what to do, and stays down")
def boots_without_huge_pages(journey):
    journey.guest.write(PAGES_FILE, "NR_2M_PAGES=0\n")
    journey.guest.reboot()
    return stays_down(journey)


@step("the huge pages that the sentence asks for bring it back")
def recovers(journey):
    journey.guest.write(PAGES_FILE, f"NR_2M_PAGES={HUGE_PAGES}\n")
    journey.guest.run(
        "systemctl restart dpdk; systemctl reset-failed weir; systemctl start weir", timeout=180
    )
    journey.wait_until_served()
    return str(totals(journey))


@step("purges, and switches off")
def purges(journey):
    run = journey.guest.run
    run("apt-get purge -y weir", timeout=300)
    expect("programs of Weir", run("command -v weir weirctl weir-gateway", check=False).output, "")
    state = run("systemctl is-active weir weir-gateway", check=False).output.split()
    expect("services", state, ["inactive", "inactive"])
    left = run(
        "ls -d /etc/weir /var/lib/weir /run/weir /usr/share/weir 2>/dev/null", check=False
    ).output.split()
    expect("folders left", left, [])
    journey.guest.power_off()
    return "nothing left in /etc/weir, /var/lib/weir, /run/weir, /usr/share/weir; the machine is off"
