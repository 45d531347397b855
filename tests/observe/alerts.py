# SPDX-License-Identifier: BSD-3-Clause
"""What makes each alert of docs/watching fire, and what does not, as promtool's unit tests."""

from dataclasses import dataclass, field

PLACE = {"instance": "here:1212", "job": "weir"}


@dataclass
class Alert:
    name: str
    series: dict  # what fires: series without PLACE -> values, as promtool writes them
    quiet: dict  # the same, and nothing fires
    summary: str
    after: str = "20m"  # it fires then
    before: str = "0m"  # and does not yet then
    labels: dict = field(default_factory=dict)  # besides PLACE and severity
    severity: str = "warning"


def name_of(series):
    """With the labels that Prometheus adds: what a scrape finds is given as name{labels}."""
    metric, _, labels = series.rstrip("}").partition("{")
    added = ",".join(f'{label}="{value}"' for label, value in PLACE.items())
    return f"{metric}{{{labels}{',' if labels else ''}{added}}}"


def ratio(kind):
    """Values of 91 of 100, and of 89 of 100: above nine tenths, and below."""
    room = {f'weir_shard_{kind}_limit{{shard="1"}}': "100x30"}
    used = f'weir_shard_{kind}{{shard="1"}}'
    return {**room, used: "91x30"}, {**room, used: "89x30"}


def dropped(many):
    answered = 'kind="connect",verdict="connect",outcome="answered"'
    forged = 'kind="request",verdict="id_forged",outcome="dropped"'
    return {
        f'weir_packets_total{{family="ipv4",{answered}}}': f"0+{100 - many}x30",
        f'weir_packets_total{{family="ipv4",{forged}}}': f"0+{many}x30",
    }


def verdict(name, step):
    labels = f'family="ipv4",kind="announce",verdict="{name}",outcome="dropped"'
    other = 'family="ipv4",kind="announce",verdict="announce",outcome="answered"'
    return {
        f"weir_packets_total{{{labels}}}": f"5+{step}x30",
        f"weir_packets_total{{{other}}}": "0+1000x30",
    }


TORRENTS, PEERS = ratio("torrents"), ratio("peers")
LCORE = 'weir_lcore_busy_seconds_total{lcore="2",role="worker"}'
MISSED = 'weir_port_receive_missed_total{port="0",name="net0"}'
TAKEN = 'weir_port_received_packets_total{port="0",name="net0"}'
LINK = 'weir_port_up{port="0",name="net0"}'
STUCK = 'weir_health_problem{check="lcore_stuck"}'
FAILS = 'weir_gateway_question_success{command="/weir/clients"}'
RECEIVED = "weir_received_packets_total"
HERE = PLACE["instance"]


def problem(name, check, summary, severity, before="0m"):
    """Fires while a check of /weir/health fails."""
    series = f'weir_health_problem{{check="{check}"}}'
    return Alert(
        name,
        {series: "0x1 1x30"},
        {series: "0x30"},
        summary,
        before=before,
        labels={"check": check},
        severity=severity,
    )


ALERTS = [
    Alert(
        "WeirGatewayDown",
        {"up": "0x30"},
        {"up": "1x30"},
        f"weir-gateway at {HERE} cannot be scraped",
        severity="critical",
    ),
    Alert(
        "WeirDown",
        {"up": "1x30", "weir_up": "0x30"},
        {"up": "1x30", "weir_up": "1x30"},
        f"Weir behind {HERE} does not answer",
        severity="critical",
    ),
    Alert(
        "WeirQuestionFails",
        {FAILS: "0x30"},
        {FAILS: "1x30"},
        f"Weir behind {HERE} does not answer /weir/clients",
        before="4m",
        labels={"command": "/weir/clients"},
    ),
    Alert(
        "WeirRestarted",
        {"weir_start_time_seconds": "1000x10 2000x20"},
        {"weir_start_time_seconds": "1000x30"},
        f"Weir behind {HERE} was restarted",
        before="9m",
        severity="info",
    ),
    Alert(
        "WeirNoTraffic",
        {RECEIVED: "7x30"},
        {RECEIVED: "7+1x30"},
        f"Weir behind {HERE} receives nothing",
        before="4m",
        severity="critical",
    ),
    Alert(
        "WeirLinkDown",
        {LINK: "0x30"},
        {LINK: "1x30"},
        f"Port net0 of Weir behind {HERE} has no link",
        labels={"port": "0", "name": "net0"},
        severity="critical",
    ),
    problem(
        "WeirInterfaceGone",
        "interface_gone",
        f"An interface below a port of Weir behind {HERE} was deleted",
        "critical",
    ),
    problem(
        "WeirNoAddress",
        "no_address",
        f"A port of Weir behind {HERE} may use none of its addresses",
        "critical",
    ),
    problem(
        "WeirAddressConflict",
        "address_conflict",
        f"Another host uses an address of Weir behind {HERE}",
        "critical",
    ),
    problem(
        "WeirGatewayUnknown", "gateway_unknown", f"A gateway of Weir behind {HERE} does not answer", "warning"
    ),
    problem(
        "WeirExceptionDown",
        "exception_down",
        f"The kernel gets nothing of a port of Weir behind {HERE}",
        "warning",
    ),
    problem("WeirMtuSmall", "mtu_small", f"A port of Weir behind {HERE} has an MTU below 1280", "warning"),
    problem(
        "WeirExportFailing",
        "export_failing",
        f"Weir behind {HERE} cannot write its export",
        "warning",
        before="5m",
    ),
    problem(
        "WeirSnapshotFailing",
        "snapshot_failing",
        f"Weir behind {HERE} cannot write its snapshot",
        "warning",
        before="5m",
    ),
    problem(
        "WeirReloadFailing",
        "reload_failing",
        f"Weir behind {HERE} could not reload its configuration",
        "warning",
    ),
    problem("WeirListFailing", "list_failing", f"Weir behind {HERE} could not read a list", "warning"),
    problem(
        "WeirSteeringRefused",
        "steering_refused",
        f"Weir behind {HERE} steers torrents in software, not in the card",
        "warning",
    ),
    Alert("WeirDrops", dropped(25), dropped(15), f"Weir behind {HERE} drops 25% of packets", before="9m"),
    Alert(
        "WeirRingFull",
        verdict("ring_full", 3),
        verdict("ring_full", 0.5),
        f"Workers of Weir behind {HERE} do not keep up",
        before="4m",
    ),
    Alert(
        "WeirOverload",
        verdict("overload", 3),
        verdict("overload", 0.5),
        f"Weir behind {HERE} is overloaded",
        before="4m",
    ),
    Alert(
        "WeirSourcesLimited",
        verdict("source_limited", 150),
        verdict("source_limited", 50),
        f"13.04% of packets to Weir behind {HERE} are over a limit by source",
        before="9m",
    ),
    Alert(
        "WeirTransmitFull",
        verdict("tx_full", 3),
        verdict("tx_full", 0.5),
        f"Replies of Weir behind {HERE} do not fit its link",
        before="4m",
    ),
    Alert(
        "WeirReceiveMissed",
        {MISSED: "5+3x30", TAKEN: "0+1000x30"},
        {MISSED: "5+0.5x30", TAKEN: "0+1000x30"},
        f"Port net0 of Weir behind {HERE} loses packets",
        before="4m",
        labels={"port": "0", "name": "net0"},
    ),
    Alert(
        "WeirLcoreSaturated",
        {LCORE: "0+57x30"},
        {LCORE: "0+51x30"},
        f"Lcore 2 (worker) of Weir behind {HERE} is busy 95%",
        before="9m",
        labels={"lcore": "2", "role": "worker"},
    ),
    Alert(
        "WeirLcoreStuck",
        {STUCK: "1x30"},
        {STUCK: "0x30"},
        f"An lcore of Weir behind {HERE} hangs",
        labels={"check": "lcore_stuck"},
        severity="critical",
    ),
    Alert(
        "WeirBuffersLow",
        {"weir_mbufs": "1000x30", "weir_mbufs_in_use": "910x30"},
        {"weir_mbufs": "1000x30", "weir_mbufs_in_use": "890x30"},
        f"Weir behind {HERE} uses 91% of its mbufs",
        before="4m",
    ),
    Alert(
        "WeirTorrentsFull",
        *TORRENTS,
        f"Worker 1 of Weir behind {HERE} uses 91% of its torrents",
        before="9m",
        labels={"shard": "1"},
    ),
    Alert(
        "WeirPeersFull",
        *PEERS,
        f"Worker 1 of Weir behind {HERE} uses 91% of its peers",
        before="9m",
        labels={"shard": "1"},
    ),
    problem(
        "WeirPeersIpv6Full",
        "peers_ipv6_full",
        f"Weir behind {HERE} has no memory for more peers: more use IPv6 than planned",
        "warning",
        before="4m",
    ),
]


def _test(series, questions):
    return {
        "interval": "1m",
        "input_series": [
            {"series": name_of(series_name), "values": values} for series_name, values in series.items()
        ],
        "alert_rule_test": [
            {"eval_time": at, "alertname": name, "exp_alerts": expected} for at, name, expected in questions
        ],
    }


def unit_tests(rules_path, descriptions):
    """A test file for promtool. `descriptions`: of each alert, as the rules have them."""
    tests = []
    for alert in ALERTS:
        fires = {
            "exp_labels": {**PLACE, **alert.labels, "severity": alert.severity},
            "exp_annotations": {
                "summary": alert.summary,
                "description": descriptions[alert.name],
            },
        }
        others = [(alert.after, other.name, []) for other in ALERTS if other is not alert]
        tests.append(
            _test(
                alert.series,
                [
                    (alert.before, alert.name, []),
                    (alert.after, alert.name, [fires]),
                    *others,
                ],
            )
        )
        never = [(alert.after, other.name, []) for other in ALERTS]
        tests.append(_test(alert.quiet, never))
    return {"rule_files": [str(rules_path)], "evaluation_interval": "1m", "tests": tests}
