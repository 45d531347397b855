# SPDX-License-Identifier: BSD-3-Clause
"""Two appliances that announce one address by BGP: what clients lose when one of them fails.

Each failure lasts until every client has had its reply, and then ends: clients come back without a loss.
"""

import os
import re
import signal
import time

import process
from bep15 import expect
from catalogue import test
from pair import Pair, block, example
from results import Results
from tries import TIMEOUT_S, WAITING_S, Tries

TRACKERS = {4: "192.0.2.53", 6: "2001:db8:53::53"}
UP_S = 3  # of the hook here; ten by default
DRAIN_S = 5
WITHDRAWN_S = 12  # at most, whatever happens and however busy the machine: well before a second try
BACK_S = 40
BRIDGES = {"a": ("198.51.100.1/29", "2001:db8:a::1/64"), "b": ("198.51.100.9/29", "2001:db8:b::1/64")}


def of(name, text):
    """An example for the first appliance, with the addresses that README.md has for this one."""
    if name == "a":
        return text
    text = re.sub(r"198\.51\.100\.([123])\b", lambda match: f"198.51.100.{int(match[1]) + 8}", text)
    return text.replace("2001:db8:a:", "2001:db8:b:")


class Bird:
    """BIRD on an appliance, or on the router."""

    @staticmethod
    def start(host, text):
        host.write("/etc/bird/bird.conf", text)
        host.run("rm", "-rf", "/run/bird")  # a boot empties /run
        host.run("mkdir", "-p", "/run/bird")
        host.run("bird", "-p", "-c", "/etc/bird/bird.conf")
        bird_ = host.spawn("bird", "-d", "-c", "/etc/bird/bird.conf", log="bird")
        host.routing = [bird_]
        process.wait_until(lambda: os.path.exists(host.path("/run/bird/bird.ctl")), "BIRD")

    @staticmethod
    def beside(appliance):
        appliance.follow_guide(1)
        Bird.start(appliance, of(appliance.name, example("bird.conf")))


class Frr:
    """FRR on an appliance."""

    @staticmethod
    def beside(appliance):
        appliance.write("/etc/weir/hook", example("hook-frr"), 0o755)
        appliance.write("/etc/frr/frr.conf", of(appliance.name, example("frr.conf")))
        appliance.run("rm", "-rf", "/run/frr")  # a boot empties /run
        appliance.run("mkdir", "-p", "-m", "755", "/run/frr")
        appliance.run("chown", "frr:frr", "/run/frr", "/etc/frr/frr.conf")
        appliance.routing = []
        for daemon in ("zebra", "bfdd", "bgpd"):
            appliance.routing.append(appliance.spawn(f"/usr/lib/frr/{daemon}", log=daemon))
            path = appliance.path(f"/run/frr/{daemon}.vty")
            process.wait_until(lambda path=path: os.path.exists(path), daemon)
        appliance.run("vtysh", "-b")


def start(pair, beside):
    """A router and two appliances that serve."""
    for bridge, addresses in BRIDGES.items():
        pair.bridge(f"link-{bridge}", *addresses)
    Bird.start(pair.router, example("bird-router.conf"))
    for name in BRIDGES:
        made = pair.appliance(name, f"link-{name}", of(name, block(0)))
        kernel = ("198.51.100.3/29", "2001:db8:a::3/64")
        made.kernel_link("kernel0", f"link-{name}", *(of(name, address) for address in kernel))
        beside.beside(made)
        made.start_weir()
        made.start_hook("--up", UP_S)
    for made in pair.appliances:
        made.wait_ready()
    both = set(BRIDGES)
    wait_routes(pair, both, "routes to both appliances", 60)


def routes(pair, version):
    """The appliances that the router's kernel sends clients to."""
    text = pair.router.ip(f"-{version}", "route", "show", TRACKERS[version]).stdout
    # Each is on a bridge of the router.
    return set(re.findall(r"dev link-([ab])\b", text))


def wait_routes(pair, wanted, what, timeout=WITHDRAWN_S):
    for version in TRACKERS:
        process.wait_until(
            lambda version=version: routes(pair, version) == wanted, f"IPv{version}: {what}", timeout
        )


def answered(appliance):
    told = appliance.verdicts()
    return told["announce"], told["id_forged"] + told["id_expired"]


def fail(pair, clients, what, how, back, lost_max=None):
    """Fails appliance a by how(), and mends it by back(): a request loses at most one try."""
    a, b = pair.appliances
    expect(f"{what}: before", (routes(pair, 4), routes(pair, 6)), ({"a", "b"}, {"a", "b"}))
    good, refused = answered(b)
    begin = time.monotonic()
    how(a)
    wait_routes(pair, {"b"}, f"{what}: withdrawn")
    withdrawn = time.monotonic() - begin
    time.sleep(WAITING_S + 1)  # whoever has lost a try is known to wait
    process.wait_until(lambda: not clients.waiting(), f"{what}: all served", 3 * TIMEOUT_S)
    served = time.monotonic() - begin
    done, lost, most = clients.since(begin)
    check_one_try(clients, what, most)
    expect(f"{what}: errors", clients.errors, [])
    more, refused_now = answered(b)
    expect(f"{what}: served by the other", more > good, True)
    expect(f"{what}: ids that the other refuses", refused_now - refused, 0)
    if lost_max is not None:
        expect(f"{what}: requests that lost a try, at most {lost_max}", lost <= lost_max, True)
    Results.note(
        f"{what}: route withdrawn after {withdrawn:.1f} s; of {done} requests {lost} lost a try, none two; "
        f"all served after {served:.1f} s"
    )
    begin = time.monotonic()
    back(a)
    wait_routes(pair, {"a", "b"}, f"{what}: back", BACK_S)
    returned = time.monotonic() - begin
    before = answered(a)[0]
    time.sleep(3)
    done, lost, most = clients.since(begin)
    expect(f"{what}: lost when it is back", (lost, clients.waiting()), (0, []))
    expect(f"{what}: clients are back", answered(a)[0] > before, True)
    Results.note(f"{what}: back after {returned:.1f} s; none of {done} requests lost a try")


def check_one_try(clients, what, most):
    if most > 2:
        raise process.Failure(f"{what}: a request was sent {most} times: {clients.done[-5:]}")


# --- what can happen ----------------------------------------------------------------------------


def kill(appliance):
    appliance.weir.kill()
    appliance.weir.wait()


def stop(appliance):
    appliance.weir.terminate()
    appliance.weir.wait(20)


def restart(appliance):
    appliance.start_weir()
    appliance.wait_ready()


def planned_stop(appliance):
    """As systemd does it: the hook is stopped first, and ends when it has waited."""
    appliance.hook.terminate()
    expect("exit status of the hook", appliance.hook.wait(30), 0)
    stop(appliance)


def planned_start(appliance):
    restart(appliance)
    appliance.start_hook("--up", UP_S, "--drain", DRAIN_S)


def link(state):
    def change(appliance):
        appliance.pair.router.ip("link", "set", appliance.weir_port, state)

    return change


def hang(appliance):
    appliance.weir.send_signal(signal.SIGSTOP)


def go_on(appliance):
    appliance.weir.send_signal(signal.SIGCONT)
    appliance.wait_ready()


def die(appliance):
    """The whole appliance at once: nobody withdraws anything or ends a connection, and no link goes down."""
    appliance.plug("nomaster")
    for child in (appliance.hook, *appliance.routing, appliance.weir):
        child.kill()
        child.wait()


def boot(beside):
    def again(appliance):
        appliance.plug("master", appliance.bridge)
        beside.beside(appliance)
        restart(appliance)
        appliance.start_hook("--up", UP_S, "--drain", DRAIN_S)

    return again


def every_failure(build, beside):
    with Pair(build) as pair:
        start(pair, beside)
        with Tries(pair.clients, TRACKERS) as clients:
            time.sleep(5)
            expect("nothing is lost before", clients.since(0)[1], 0)
            fail(pair, clients, "kill -9", kill, restart)
            fail(pair, clients, "stopped by SIGTERM", stop, restart)
            pair.appliances[0].hook.terminate()
            pair.appliances[0].hook.wait(30)
            pair.appliances[0].start_hook("--up", UP_S, "--drain", DRAIN_S)
            wait_routes(pair, {"a", "b"}, "with a hook that drains", BACK_S)
            fail(pair, clients, "planned stop", planned_stop, planned_start, lost_max=0)
            fail(pair, clients, "link down", link("down"), link("up"))
            fail(pair, clients, "Weir hangs", hang, go_on)
            fail(pair, clients, "the appliance dies", die, boot(beside))
            done, lost, most = clients.since(0)
            check_one_try(clients, "in all", most)
            Results.note(f"in all: {done} requests, {lost} lost a try, none two")


@test("BIRD: whatever fails, a client loses at most one try", "bird", "birdc")
def bird(build):
    every_failure(build, Bird)


@test("BIRD: what the guide asks says that all is well", "bird", "birdc")
def guide(build):
    with Pair(build) as pair:
        start(pair, Bird)
        said = pair.appliances[0].follow_guide(2)
        for word in ("up: Weir serves", "no_address", "router_ipv4 BGP", "Established", "weir_ipv6  Static"):
            expect(f"{word} in {said}", word in said, True)


@test("FRR: whatever fails, a client loses at most one try", "vtysh", "bird", "birdc")
def frr(build):
    every_failure(build, Frr)
