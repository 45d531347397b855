# SPDX-License-Identifier: BSD-3-Clause
"""Two appliances on one link that share addresses by VRRP: keepalived says which Weir uses them."""

import os
import re
import signal
import time

import process
from bep15 import expect
from catalogue import test
from pair import Pair, block
from results import Results
from tries import TIMEOUT_S, WAITING_S, Tries

TRACKERS = {4: "203.0.113.10", 6: "2001:db8:c::10"}
SHARED = {"203.0.113.10/24", "2001:db8:c::10/64"}
TAKEN_S = 12  # at most, whatever happens and however busy the machine: well before a second try
READY_S = 60


def of(name, text):
    """An example for the first appliance, with the addresses that README.md has for this one."""
    if name == "a":
        return text
    return text.replace("203.0.113.11/", "203.0.113.12/").replace("2001:db8:c::11/", "2001:db8:c::12/")


def start_keepalived(appliance):
    appliance.keepalived = appliance.spawn(
        "keepalived", "-n", "-l", "-D", "-f", "/etc/keepalived/keepalived.conf", log="keepalived"
    )


def start(pair):
    pair.bridge("shared", "203.0.113.1/24", "2001:db8:c::1/64")
    for name in ("a", "b"):
        made = pair.appliance(name, "shared", of(name, block(1)))
        number = 13 if name == "a" else 14
        made.kernel_link("vrrp0", "shared", f"203.0.113.{number}/24", f"2001:db8:c::{number}/64")
        made.follow_guide(3)
        made.start_weir()
        start_keepalived(made)
    for made in pair.appliances:
        made.wait_ready()
    process.wait_until(lambda: len(holders(pair)) == 1, "one has the addresses", READY_S)


def used(appliance):
    try:
        return set(appliance.ask("/weir/ports")["0"].get("addresses_used", []))
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def holders(pair):
    """The appliances whose Weir uses the shared addresses."""
    return [appliance for appliance in pair.appliances if SHARED <= used(appliance)]


def fail(pair, clients, what, how, back, lost_max=None):
    """Fails the one that has the addresses: the other takes them, and no request loses two tries."""
    process.wait_until(lambda: len(holders(pair)) == 1, f"{what}: one has the addresses", READY_S)
    [old] = holders(pair)
    [new] = [appliance for appliance in pair.appliances if appliance is not old]
    process.wait_until(lambda: state(new) == "BACKUP", f"{what}: the other can take over", READY_S)
    begin = time.monotonic()
    how(old)
    process.wait_until(lambda: SHARED <= used(new), f"{what}: taken by the other", TAKEN_S)
    taken = time.monotonic() - begin
    time.sleep(WAITING_S + 1)
    process.wait_until(lambda: not clients.waiting(), f"{what}: all served", 3 * TIMEOUT_S)
    served = time.monotonic() - begin
    done, lost, most = clients.since(begin)
    if most > 2:
        raise process.Failure(f"{what}: a request was sent {most} times")
    expect(f"{what}: errors", clients.errors, [])
    expect(f"{what}: ids that the other refuses", new.verdicts()["id_forged"], 0)
    if lost_max is not None:
        expect(f"{what}: {lost} requests lost a try, at most {lost_max}", lost <= lost_max, True)
    Results.note(
        f"{what}: taken after {taken:.1f} s; of {done} requests {lost} lost a try, none two; "
        f"all served after {served:.1f} s"
    )
    begin = time.monotonic()
    back(old)
    process.wait_until(lambda: state(old) == "BACKUP", f"{what}: the old one is back", READY_S)
    time.sleep(5)
    done, lost, most = clients.since(begin)
    expect(f"{what}: lost when it is back", (lost, clients.waiting()), (0, []))
    expect(f"{what}: still with the new one", holders(pair), [new])
    Results.note(f"{what}: mended, and the new one keeps the addresses; none of {done} requests lost a try")


def state(appliance):
    """The last state that keepalived has told."""
    states = re.findall(r"\(weir\) Entering (\w+) STATE", appliance.log("keepalived"))
    return states[-1] if states else None


def kill(appliance):
    appliance.weir.kill()
    appliance.weir.wait()


def restart(appliance):
    appliance.start_weir()
    appliance.wait_ready()


def stop_keepalived(appliance):
    appliance.keepalived.terminate()
    appliance.keepalived.wait(20)


def die(appliance):
    """The whole appliance: nobody says that it leaves."""
    appliance.plug("nomaster")
    for child in (appliance.keepalived, appliance.weir):
        os.killpg(child.pid, signal.SIGKILL)  # keepalived is two processes
        child.wait()


def boot(appliance):
    appliance.plug("master", appliance.bridge)
    restart(appliance)
    start_keepalived(appliance)


def link(what):
    def change(appliance):
        appliance.pair.router.ip("link", "set", appliance.weir_port, what)

    return change


def hang(appliance):
    appliance.weir.send_signal(signal.SIGSTOP)


def go_on(appliance):
    appliance.weir.send_signal(signal.SIGCONT)
    appliance.wait_ready()


@test("keepalived: whatever fails, a client loses at most one try", "keepalived")
def vrrp(build):
    with Pair(build) as pair:
        start(pair)
        with Tries(pair.clients, TRACKERS) as clients:
            time.sleep(5)
            expect("nothing is lost before", clients.since(0)[1], 0)
            fail(pair, clients, "kill -9", kill, restart)
            fail(pair, clients, "keepalived stopped", stop_keepalived, start_keepalived)
            fail(pair, clients, "link down", link("down"), link("up"))
            fail(pair, clients, "the appliance dies", die, boot)
            fail(pair, clients, "Weir hangs", hang, go_on)
            Results.note(
                f"in all: {clients.since(0)[0]} requests, {clients.since(0)[1]} lost a try, none two"
            )
