# SPDX-License-Identifier: BSD-3-Clause
"""weir-gateway's /metrics: each metric of its table and nothing else, with the numbers that the
frames which were fed make."""

import pathlib
import re

import bep15
import exposition
import frames
import gateway
import prometheus
from suite import case, check

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TABLE = REPOSITORY / "app/weir-gateway/metrics.def"
FIELDS = [REPOSITORY / "lib/stats" / name for name in ("field.def", "stats.def")]
A, B = b"\xaa" * 20, b"\xbb" * 20

# Which labels the samples of a metric have, besides le; none where it is not listed.
LABELS = {
    "weir_info": {"version", "dpdk", "driver"},
    "weir_packets_total": {"family", "kind", "verdict", "outcome"},
    "weir_peers": {"family", "role"},
    "weir_latency_seconds": {"kind"},
    "weir_client_peers": {"client"},
    "weir_source_work_percent": {"rank"},
    "weir_health_problem": {"check"},
    "weir_gateway_requests_total": {"code"},
    "weir_gateway_question_success": {"command"},
    "weir_gateway_answer_age_seconds": {"command"},
}
GROUPS = {
    "weir_lcore_": {"lcore", "role"},
    "weir_stage_": {"loop", "stage"},
    "weir_port_": {"port", "name"},
    "weir_shard_": {"shard"},
    "weir_list_": {"list", "name"},
}


def table(macro):
    """Names and types of the rows of metrics.def."""
    return dict(re.findall(rf"^{macro}\((\w+), (\w+),", TABLE.read_text(), re.M))


def field_metrics():
    """The same of fields that are metrics."""
    row = re.compile(r'^(?:FIELD\(\w+, |STAT\()\w+, (\w+),(?: "[^"]*",)+? "(weir_\w+)",\s', re.M)
    kinds = [found for path in FIELDS for found in row.findall(path.read_text())]
    return {name: "COUNTER" if kind == "COUNTER" else "GAUGE" for kind, name in kinds}


def metrics_of_table():
    return {**table("GATEWAY_METRIC"), **table("METRIC"), **field_metrics()}


def family_name(name, kind):
    """As OpenMetrics calls the family of a metric."""
    return name.removesuffix({"COUNTER": "_total", "INFO": "_info"}.get(kind, ""))


def labels_wanted(name):
    for start, labels in GROUPS.items():
        if name.startswith(start):
            return labels
    return LABELS.get(name, set())


def fill(scenario):
    """Two torrents, both families, completions, and frames that are dropped."""
    scenario.connect(frames.client4(11))
    scenario.connect(frames.client6(12))
    scenario.announce(frames.client4(11), A, left=0)
    scenario.announce(frames.client4(12), A, left=7)
    scenario.announce(frames.client4(12), A, left=0, event=bep15.COMPLETED)
    scenario.announce(frames.client6(13), A, left=5, event=bep15.STARTED)
    scenario.announce(frames.client6(14), B, fields={"peer_id": b"-qB4520-" + b"x" * 12})
    scenario.announce(frames.client4(15), B, fields={"peer_id": b"-TR4000-" + b"x" * 12})
    scenario.announce(frames.client4(16), B, connection_id=1, verdict="id_forged")
    scenario.scrape(frames.client4(11), [A, B])
    scenario.noise(3)


def key(name, /, **labels):
    return name, tuple(sorted(labels.items()))


def packets(samples):
    """(family, verdict) -> packets, of those that are not 0."""
    return {
        (dict(labels)["family"], dict(labels)["verdict"]): value
        for (name, labels), value in samples.items()
        if name == "weir_packets_total" and value
    }


def check_equal(name, got, wanted):
    check(got == wanted, f"{name}: {got}, not {wanted}")


def check_numbers(samples, scenario, weir):
    """The numbers of the model."""
    check_equal("packets", packets(samples), dict(scenario.verdicts))
    gauges = scenario.tracker.gauges()
    sent = [frame for wire in scenario.wires for frame in wire.frames]
    wanted = {
        key("weir_up"): 1,
        key("weir_torrents"): len(scenario.tracker.torrents),
        key("weir_downloads_completed_total"): scenario.tracker.completed,
        key("weir_received_packets_total"): len(sent),
        key("weir_received_bytes_total"): sum(map(len, sent)),
        key("weir_port_received_packets_total", port="0", name="net_pcap0"): len(sent),
        key("weir_port_received_bytes_total", port="0", name="net_pcap0"): sum(map(len, sent)),
        key("weir_port_up", port="0", name="net_pcap0"): 1,
        key("weir_shard_torrents", shard="0"): len(scenario.tracker.torrents),
        key("weir_shard_peers", shard="0"): sum(gauges.values()),
        key("weir_shard_torrents_limit", shard="0"): scenario.settings["swarm.max_torrents"],
        key("weir_shard_peers_limit", shard="0"): scenario.settings["swarm.max_peers"],
        key("weir_health_problem", check="link_down"): 0,
    }
    for role in ("seeder", "leecher"):
        for family in ("ipv4", "ipv6"):
            wanted[key("weir_peers", family=family, role=role)] = gauges[f"{role}s_{family}"]
    for number, row in weir.ask("/weir/clients")["clients"].items():
        wanted[key("weir_client_peers", client=row["client"])] = row["peers"]
    for kind in ("connect", "announce", "scrape", "other"):
        told = weir.ask(f"/weir/latency,{kind}")
        wanted[key("weir_latency_seconds_count", kind=kind)] = told["count"]
        for power in range(8, 25):
            bound = f"{2**power / 1e9:.9g}"
            wanted[key("weir_latency_seconds_bucket", kind=kind, le=bound)] = told[f"le_{2**power}_ns"]
    for family in ("link", "ipv4", "ipv6"):
        wanted[key("weir_gateway_question_success", command=f"/weir/verdicts,{family}")] = 1
    for row, value in wanted.items():
        check_equal(row, samples.get(row), value)


def check_labels(families, open_metrics):
    for name, kind in metrics_of_table().items():
        family = families.get(family_name(name, kind) if open_metrics else name)
        check(family is not None, f"{name} is missing")
        for _, labels in family.samples:
            check_equal(f"labels of {name}", {label for label, _ in labels} - {"le"}, labels_wanted(name))


@case("metrics: exactly those of the table, with the numbers of the frames")
def numbers(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        server.ask("/nothing")
        server.ask("/metrics")  # so that there is a code to count
        for open_metrics in (False, True):
            families = exposition.parse(server.metrics(open_metrics), open_metrics)
            wanted = {
                family_name(name, kind) if open_metrics else name for name, kind in metrics_of_table().items()
            }
            check_equal("families", set(families), wanted)
            check_labels(families, open_metrics)
            check_numbers(exposition.samples(families), scenario, weir)
        codes = exposition.samples(families)
    check_equal("404s", codes[key("weir_gateway_requests_total", code="404")], 1)


@case("metrics: promtool accepts every metric")
def promtool(laboratory):
    path = prometheus.promtool(laboratory.programs.weir.parents[2])
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        server.metrics()
        texts = [server.metrics(), server.ask("/api/v1/metrics").body.decode()]
    for text in texts:
        ended = laboratory.run(path, "check", "metrics", input=text)
        check(
            (ended.status, ended.out, ended.err) == (0, "", ""),
            f"promtool: {ended.status} {ended.out}{ended.err}",
        )


@case("metrics: served in the requested format")
def formats(laboratory):
    open_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    text_type = "text/plain; version=0.0.4; charset=utf-8"
    asked = {
        None: text_type,
        "*/*": text_type,
        "application/openmetrics-text": open_type,
        gateway.OPEN_METRICS: open_type,
        "application/openmetrics-text;version=2.0.0": text_type,
        "application/openmetrics-text;q=0.4, text/plain;q=0.5": text_type,
    }
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        for accept, wanted in asked.items():
            reply = server.ask("/metrics", headers={"Accept": accept} if accept else {})
            check_equal(accept, reply.headers["content-type"], wanted)
        reply = server.ask("/api/v1/metrics?format=prometheus")
        check_equal("format=prometheus", reply.headers["content-type"], text_type)
        reply = server.ask("/api/v1/metrics?format=json")
        check_equal("format=json", reply.headers["content-type"], "application/json; charset=utf-8")
        reply = server.ask("/api/v1/stats?format=prometheus")
        check_equal("format=prometheus", reply.headers["content-type"], text_type)


@case("metrics: the same as JSON")
def as_json(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        server.metrics()  # so that there is a code to count
        told = server.json("/api/v1/metrics?format=json")["metrics"]
    check_equal("families", {family["name"] for family in told}, set(metrics_of_table()))
    samples = {
        (
            family["name"] + sample["part"],
            tuple(sorted((label["name"], label["value"]) for label in sample["labels"])),
        ): sample["value"]
        for family in told
        for sample in family["samples"]
    }
    check_equal("packets", packets(samples), dict(scenario.verdicts))
    check_equal("torrents", samples[key("weir_torrents")], len(scenario.tracker.torrents))
    kinds = {family["type"] for family in told}
    check_equal("types", kinds, {"counter", "gauge", "histogram"})


@case("metrics: without Weir, weir_up is 0 and only the gateway's own metrics remain")
def away(laboratory):
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        server.metrics()
        for open_metrics in (False, True):
            families = exposition.parse(server.metrics(open_metrics), open_metrics)
            wanted = {
                family_name(name, kind) if open_metrics else name
                for name, kind in table("GATEWAY_METRIC").items()
            }
            check_equal("families", set(families), wanted)
            check_equal("weir_up", exposition.samples(families)[key("weir_up")], 0)


@case("metrics: without peer records there are no client programs")
def no_detail(laboratory):
    scenario = laboratory.scenario(settings={"swarm.peer_detail": False})
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        families = exposition.parse(server.metrics())
    check("weir_client_peers" not in families, "client programs, from nowhere")
    check_equal("packets", packets(exposition.samples(families)), dict(scenario.verdicts))
