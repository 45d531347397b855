# SPDX-License-Identifier: BSD-3-Clause
"""docs/watching: Prometheus takes the files as they are, the numbers in it are those of the frames,
and whatever the dashboard and Telegraf ask for is there."""

import contextlib
import json
import pathlib
import re
import tomllib

import alerts
import cases_metrics
import exposition
import gateway
import prometheus
import yaml
from alone import alone
from suite import case, check

WATCHING = pathlib.Path(__file__).resolve().parents[2] / "docs/watching"
TOKEN_FILE = "/etc/prometheus/weir-token"
TARGET = "127.0.0.1:1212"
TOKEN = "a-token-of-this-test"
PLACE = {"__name__", "job", "instance"}


def build(laboratory):
    return laboratory.programs.weir.parents[2]


def rules():
    document = yaml.safe_load((WATCHING / "prometheus-rules.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def configuration(laboratory, target=TARGET):
    """The files of docs/ in a folder of ours, with our token, our gateway, and no patience."""
    folder = laboratory.folder()
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    (folder / "prometheus-rules.yml").write_text((WATCHING / "prometheus-rules.yml").read_text())
    text = (WATCHING / "prometheus.yml").read_text()
    for old, new in ((TOKEN_FILE, str(token)), (TARGET, target), (": 15s", ": 1s")):
        check(old in text, f"no {old} in prometheus.yml")
        text = text.replace(old, new)
    path = folder / "prometheus.yml"
    path.write_text(text)
    return path


@case("watching: promtool accepts the configuration and the rules")
def check_files(laboratory):
    tool = prometheus.promtool(build(laboratory))
    path = configuration(laboratory)
    for words in (["rules", path.with_name("prometheus-rules.yml")], ["config", path]):
        ended = laboratory.run(tool, "check", *words)
        check(ended.status == 0, ended.out + ended.err)
        check(f"{len(rules())} rules found" in ended.out, ended.out + ended.err)


@case("watching: each alert fires on its condition, and no other does")
def alert_rules(laboratory):
    tool = prometheus.promtool(build(laboratory))
    names = [rule["alert"] for rule in rules()]
    check(names == [alert.name for alert in alerts.ALERTS], f"{names}")
    for rule in rules():
        check(rule["labels"]["severity"] in ("critical", "warning", "info"), f"{rule}")
    descriptions = {rule["alert"]: rule["annotations"]["description"] for rule in rules()}
    tests = laboratory.folder() / "tests.yml"
    text = alerts.unit_tests(WATCHING / "prometheus-rules.yml", descriptions)
    tests.write_text(json.dumps(text))  # which is YAML, too
    ended = laboratory.run(tool, "test", "rules", tests)
    check(ended.status == 0, ended.out + ended.err)


@contextlib.contextmanager
def watched(laboratory):
    """A fed Weir, its gateway with a token, and a Prometheus that has scraped it a few times."""
    scenario = laboratory.scenario()
    cases_metrics.fill(scenario)
    with contextlib.ExitStack() as stack:
        weir = stack.enter_context(laboratory.fed(scenario))
        token = laboratory.folder() / "token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        serving = gateway.serving(laboratory, weir.prefix, "--token-file", token)
        server = stack.enter_context(serving)
        config = configuration(laboratory, f"{server.host}:{server.port}")
        folder = config.parent
        store = prometheus.Server(build(laboratory), folder, config)
        stack.enter_context(contextlib.closing(store))
        scraped = "count_over_time(weir_up[1m])"
        store.wait(lambda: max(store.query(scraped).values(), default=0) >= 3)
        yield weir, server, store


def exported(server):
    """Labels by metric: of what the gateway says now."""
    accept = {"Accept": gateway.OPEN_METRICS, "Authorization": f"Bearer {TOKEN}"}
    text = server.ask("/metrics", headers=accept).body.decode()
    labels = {}
    for name, pairs in exposition.samples(exposition.parse(text, open_metrics=True)):
        labels.setdefault(name, {"job", "instance"}).update(label for label, _ in pairs)
    return labels


def check_values(weir, store):
    found = {}
    for labels, value in store.query('{__name__=~"weir_.+"}').items():
        rest = tuple(pair for pair in labels if pair[0] not in PLACE)
        found[dict(labels)["__name__"], rest] = value
    cases_metrics.check_numbers(found, weir.scenario, weir)


def check_rules(store):
    """Loaded and evaluated, and of a healthy Weir none fires but what waits for traffic."""

    def states():
        groups = store.ask("rules")["groups"]
        return {rule["name"]: rule for group in groups for rule in group["rules"]}

    store.wait(lambda: all(rule["health"] == "ok" for rule in states().values()))
    told = states()
    check(list(told) == [alert.name for alert in alerts.ALERTS], f"{list(told)}")
    for rule in told.values():
        check(not rule.get("lastError"), f"{rule}")
        quiet = rule["name"] in ("WeirNoTraffic", "WeirDrops")  # minutes are needed to know
        check(quiet or rule["state"] == "inactive", f"{rule}")


def dashboard():
    return json.loads((WATCHING / "grafana-dashboard.json").read_text())


def expressions():
    """(panel, query) of the dashboard, as Grafana would send them."""
    board = dashboard()
    found = [
        (panel["title"], target["expr"]) for panel in board["panels"] for target in panel.get("targets", [])
    ]
    marks = [mark for mark in board["annotations"]["list"] if "expr" in mark]
    found += [(mark["name"], mark["expr"]) for mark in marks]
    return [
        (title, expr.replace("$__rate_interval", "1m").replace("$instance", ".*")) for title, expr in found
    ]


def labels_in(expression):
    """Labels that an expression selects or keeps."""
    named = set()
    for braces in re.findall(r"{([^}]*)}", expression):
        named |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", braces))
    for kept in re.findall(r"\bby\s*\(([^)]*)\)", expression):
        named |= set(re.findall(r"\w+", kept))
    return named


def check_dashboard(server, store):
    metrics = exported(server)
    used = set()
    for title, expression in expressions():
        names = set(re.findall(r"\bweir_\w+", expression))
        check(names, f"{title}: no metric in {expression}")
        for name in names:
            check(name in metrics, f"{title}: {name} is not exported")
            unknown = labels_in(expression) - metrics[name]
            check(not unknown, f"{title}: {name} has no labels {unknown}")
        values = store.query(expression)  # Failed where Prometheus cannot read it
        check(values or "changes(" in expression, f"{title}: nothing for {expression}")
        used |= names
    for name in (
        "weir_packets_total",
        "weir_latency_seconds_bucket",
        "weir_client_peers",
        "weir_health_problem",
        "weir_lcore_busy_seconds_total",
        "weir_port_up",
        "weir_port_mtu_bytes",
        "weir_gateway_question_success",
        "weir_gateway_answer_age_seconds",
    ):
        check(name in used, f"{name} is nowhere on the dashboard")


def look(laboratory):
    with watched(laboratory) as (weir, server, store):
        check_values(weir, store)
        check_rules(store)
        check_dashboard(server, store)


@case("watching: Prometheus scrapes a fed Weir, evaluates the rules, answers the dashboard's queries")
def scraped(laboratory):
    alone(look, laboratory)


@case("watching: Grafana can show the dashboard")
def drawable(_):
    board = dashboard()
    check(board["schemaVersion"] >= 36 and board["title"] == "Weir", "not of Grafana 9 or 10")
    variables = {variable["name"] for variable in board["templating"]["list"]}
    check(variables == {"datasource", "instance"}, f"{variables}")
    taken, ids = set(), set()
    for panel in board["panels"]:
        check(panel["id"] not in ids, f"the id of {panel['title']} stands twice")
        ids.add(panel["id"])
        place = panel["gridPos"]
        check(place["x"] + place["w"] <= 24, f"{panel['title']} is too wide")
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        check(not cells & taken, f"{panel['title']} lies over another")
        taken |= cells
        for target in panel.get("targets", []):
            check(target["datasource"]["uid"] == "${datasource}", panel["title"])
    check(len(taken) == 24 * (1 + max(y for _, y in taken)), "the grid has gaps")


@case("watching: Telegraf's commands return flat numbers")
def telegraf(laboratory):
    document = tomllib.loads((WATCHING / "telegraf.conf").read_text())
    check(list(document) == ["inputs"] and list(document["inputs"]) == ["dpdk"], f"{document}")
    [plugin] = document["inputs"]["dpdk"]
    check(plugin["socket_path"].endswith("/dpdk/weir/dpdk_telemetry.v2"), plugin["socket_path"])
    commands = plugin["additional_commands"]
    check(len(set(commands)) == len(commands) >= 10, f"{commands}")
    words = {
        "/weir/health": {"status"},
        "/weir/lcores": {"role", "idle"},
        "/weir/ports": {"name", "driver", "mac", "addresses", "addresses_used", "exception"},
    }
    scenario = laboratory.scenario()
    cases_metrics.fill(scenario)
    with laboratory.fed(scenario) as weir:
        for command in commands:
            reply = weir.ask(command)
            check(reply and "error" not in reply, f"{command}: {reply}")
            texts = {name for name, value in reply.items() if not isinstance(value, int)}
            check(texts == words.get(command.split(",")[0], set()), f"{command}: {texts}")
            check(len(command) < 1024 and command.startswith("/"), command)
        announces = weir.ask("/weir/verdicts,ipv4")["announce"]
    check(announces == scenario.verdicts["ipv4", "announce"], f"{announces} announces")
