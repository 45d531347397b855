# SPDX-License-Identifier: BSD-3-Clause
"""Limits of what a source may ask for: limits.budget and limits.connects.

All frames of a case are received within a moment, in which no budget is refilled.
"""

import bep15
import frames
from frames import client4, client6
from suite import case

A = b"\xaa" * 20
CONNECTS = 1  # a second, so ten at once
SMALL = {"limits.budget": 1, "limits.burst": 1, "limits.connects": 0}  # 64 units: the least burst
ANNOUNCES = 5  # for 200 peers, 12 units each, that fit it
ANNOUNCES_IPV6 = 5  # for 66 peers, 11.25 units each


def _announces(scenario, client, count, verdict=None):
    for _ in range(count):
        scenario.announce(client, A, num_want=200, verdict=verdict)


def _connects(scenario, client, count):
    for _ in range(count):
        scenario.request(client, bep15.connect(scenario.transaction_id()), "source_limited")


@case("budget: a source gets its burst of work, others theirs")
def budget_work(lab):
    scenario = lab.scenario(settings=SMALL)
    _announces(scenario, client4(2), ANNOUNCES)
    _announces(scenario, client4(2), 3, "source_limited")
    scenario.scrape(client4(2), [bytes([i]) * 20 for i in range(20)], verdict="source_limited")
    _announces(scenario, client4(3), ANNOUNCES)
    scenario.connect(client4(2))
    scenario.run()


@case("budget: the addresses of a /64 are one source")
def budget_ipv6(lab):
    scenario = lab.scenario(settings=SMALL)
    _announces(scenario, client6(2), ANNOUNCES_IPV6)
    _announces(scenario, client6(3), 3, "source_limited")
    scenario.run()


@case("budget: connects are limited before they are answered")
def budget_connects(lab):
    scenario = lab.scenario(settings={"limits.budget": 0, "limits.connects": CONNECTS})
    for client in (client4(2), client6(2)):
        for _ in range(10 * CONNECTS):
            scenario.connect(client)
        _connects(scenario, client, 3)
        scenario.announce(client, A)
    scenario.run()


@case("budget: expired ids count as connects")
def budget_expired(lab):
    scenario = lab.scenario(settings={**SMALL, "limits.connects": CONNECTS})
    old = scenario.ids.mint(client4(2), 4)
    for _ in range(10 * CONNECTS):
        announce = bep15.announce(old, scenario.transaction_id(), A, 6881)
        scenario.error(client4(2), announce, "id_expired", bep15.ID_EXPIRED)
    scenario.announce(client4(2), A, connection_id=old, verdict="source_limited")
    scenario.announce(client4(2), A)
    scenario.run()


@case("budget: forged packets use up nothing that a victim's id is good for")
def budget_forged(lab):
    scenario = lab.scenario(settings={**SMALL, "limits.connects": CONNECTS})
    victim, stranger = client4(2), client4(3)
    for _ in range(10):
        forged = scenario.ids.mint(stranger)
        scenario.announce(victim, A, num_want=200, connection_id=forged, verdict="id_forged")
    for _ in range(10 * CONNECTS):
        scenario.connect(victim)
    _connects(scenario, victim, 3)
    _announces(scenario, victim, ANNOUNCES)
    scenario.run()


@case("budget: without limits nobody is limited")
def budget_off(lab):
    scenario = lab.scenario(settings={"limits.budget": 0, "limits.connects": 0})
    for _ in range(40):
        scenario.connect(client4(2))
    _announces(scenario, client4(2), 20)
    scenario.run()


@case("budget: at the defaults a quick client is not limited")
def budget_defaults(lab):
    scenario = lab.scenario()
    client = frames.Client(client4(2).address)
    for _ in range(1000):
        scenario.connect(client)
    _announces(scenario, client, 1000)
    scenario.run()
