# SPDX-License-Identifier: BSD-3-Clause
"""Steering in the NIC (driver.steering): on a driver that takes rules, on one without, refused by --check.

Frames lie on queues here as a card would put them there, or elsewhere: the replies are the same.
"""

import config
from cases_command_line import PORT, WRONG, check_status, run
from cases_lcores import two_cpus
from frames import client4, client6
from suite import Skipped, case, check

HASHES = [bytes([n]) * 20 for n in range(40)]
IN_FORCE = "torrents are steered by the NIC: flow, 4 rules"
FAMILIES, QUEUES = 2, 2


def _settings(kind="flow", **more):
    cpus = two_cpus()
    return {"lcores.io": cpus, "lcores.workers": cpus, "driver.steering": kind, **more}


class Card:
    """A Weir whose driver takes rules, and the lines about them."""

    def __init__(self, lab, refused=0):
        library = lab.weir.path.parents[2] / "tests" / "golden" / "libflow_driver.so"
        if not library.exists():
            raise Skipped(f"{library} was not built")
        self._path = lab.folder() / "flows"
        words = [f"LD_PRELOAD={library}", f"WEIR_FLOWS={self._path}", f"WEIR_FLOW_REFUSED={refused}"]
        self.weir = lab.another_weir(["env", *words])
        said = self.weir.run(["--version"], self.weir.runtime)
        if "ASan runtime" in said.err:
            raise Skipped("the sanitizer must be the first library")

    def lines(self, word):
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return [line for line in lines if line.startswith(word)]


def _scenario(lab, settings, steered=True, **more):
    scenario = lab.scenario(settings=settings, queues=QUEUES, **more)
    if steered:
        scenario.owner = lambda info_hash: info_hash[0] % QUEUES  # by the lowest bit
    scenario.in_order = False  # what stays on its lcore overtakes what does not
    return scenario


def _announce(scenario, queue, hashes):
    """Returns how many of the requests have their owner on this queue."""
    own = 0
    scenario.on(queue)
    for client_of in (client4, client6):
        scenario.connect(client_of(2))
        for number, info_hash in enumerate(hashes):
            for other in range(number % 5 + 1):
                scenario.announce(client_of(10 + other), info_hash, left=other % 2)
                own += info_hash[0] % QUEUES == queue
    return own


def _check_rules(card):
    created = [
        f"create 0: action 1, byte {pattern} of 1 to queue {pattern}"
        for _ in range(FAMILIES)
        for pattern in range(QUEUES)
    ]
    check(card.lines("create") == created, card.lines(""))
    numbers = range(len(created), 0, -1)
    destroyed = [f"destroy 0: rule {number}" for number in numbers]
    check(card.lines("destroy") == destroyed, card.lines(""))


@case("steering: requests on the queue of their owner need no ring")
def on_the_right_queue(lab):
    card = Card(lab)
    scenario = _scenario(lab, _settings(), weir=card.weir)
    own = sum(_announce(scenario, queue, HASHES[queue::QUEUES]) for queue in range(QUEUES))
    ended = scenario.run()
    ended.said(IN_FORCE)
    ended.said("it gets limits.budget in each")
    check(own == sum(scenario.jobs.values()), "the case is wrong: all are steered")
    check(ended.stats["jobs_own"] == own, f"{ended.stats['jobs_own']} of {own} needed no ring")
    _check_rules(card)


@case("steering: requests on any other queue reach their owner, and swarms are whole")
def on_a_wrong_queue(lab):
    card = Card(lab)
    scenario = _scenario(lab, _settings(), weir=card.weir)
    own = _announce(scenario, 0, HASHES[:20]) + _announce(scenario, 1, HASHES[20:])
    for queue, hashes in enumerate((HASHES[:20], HASHES[20:])):
        scenario.on(queue)
        for client_of in (client4, client6):
            scenario.scrape(client_of(2), hashes)
        own += FAMILIES * (hashes[0][0] % QUEUES == queue)  # the first owner that a scrape visits
    ended = scenario.run()
    ended.said(IN_FORCE)
    check(ended.stats["jobs_own"] == own, f"{ended.stats['jobs_own']} needed no ring, not {own}")
    _check_rules(card)


@case("steering: all rules or none, whichever the driver refuses")
def half_done(lab):
    for refused in range(1, FAMILIES * QUEUES + 1):
        card = Card(lab, refused)
        scenario = _scenario(lab, _settings(), steered=False, weir=card.weir)
        _announce(scenario, 0, HASHES[:20])
        _announce(scenario, 1, HASHES[20:])
        ended = scenario.run()
        ended.said(f"port net_pcap0: rte_flow_create: rule {refused} of 4: No space left on device: ")
        ended.said('Weir steers torrents in software, not by driver.steering = "flow"')
        check("jobs_own" not in ended.stats, ended.stats)
        created, destroyed = len(card.lines("create")), len(card.lines("destroy"))
        check(created == destroyed == refused - 1, card.lines(""))


@case("steering: a driver without rules, or too few queues: Weir steers, and says so")
def refused(lab):
    for kind, why in (
        ("flow", "port net_pcap0: rte_flow_validate: "),
        ("rss-raw", "port net_pcap0 does not take the key of RSS: "),
    ):
        scenario = _scenario(lab, _settings(kind), steered=False)
        _announce(scenario, 0, HASHES[:20])
        _announce(scenario, 1, HASHES[20:])
        ended = scenario.run()
        ended.said(why)
        ended.said(f'Weir steers torrents in software, not by driver.steering = "{kind}"')
        check("jobs_own" not in ended.stats, ended.stats)
    scenario = lab.scenario(settings=_settings(), queues=1)
    scenario.in_order = False
    _announce(scenario, 0, HASHES)
    scenario.run().said("port net_pcap0 has 1 queue pairs for 2 lcores: Weir steers torrents in software")


@case("steering: torrents of a snapshot go to the owners that the rules make")
def snapshot(lab):
    path = lab.folder() / "peers"
    settings = _settings("software", **{"snapshot.file": str(path)})
    before = _scenario(lab, settings, steered=False)
    _announce(before, 0, HASHES[:20])
    _announce(before, 1, HASHES[20:])
    before.run()
    for refused_rule in (0, 2):
        card = Card(lab, refused_rule)
        before.tracker.completed = 0  # downloads are counted since the start
        settings = _settings(**{"snapshot.file": str(path)})
        scenario = _scenario(lab, settings, refused_rule == 0, weir=card.weir, tracker=before.tracker)
        for client_of in (client4, client6):
            scenario.scrape(client_of(2), HASHES)
        ended = scenario.run()
        ended.said(f"restored {len(HASHES)} torrents and ")


@case("steering: lcores with one role, and rss-raw without RSS, are refused by --check")
def check_refuses(lab):
    first, second = two_cpus()
    path = lab.folder() / "weir.cfg"
    both = {"lcores.io": [first, second], "lcores.workers": [first, second]}
    for more, complaint in (
        ({"lcores.io": [first], "lcores.workers": [second]}, '"flow" needs lcores with both roles, because'),
        ({"lcores.io": [first], "lcores.workers": [first, second]}, '"flow" needs lcores with both roles'),
        ({**both, "driver.steering": "rss-raw", "driver.rss": False}, '"rss-raw" needs driver.rss = true'),
    ):
        settings = {"driver.virtual": True, "driver.steering": "flow", **more}
        path.write_text(config.text(settings, [PORT]))
        ended = run(lab, "-c", path, "--check")
        check_status(ended, WRONG)
        lines = ended.err.splitlines()
        fits = len(lines) == 1 and lines[0].startswith(f"{path}:1: driver.steering: {complaint}")
        check(fits, ended.err)
