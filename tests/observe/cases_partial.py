# SPDX-License-Identifier: BSD-3-Clause
"""One part of Weir that does not answer hides nothing else: counters go on, and what is missing is
said to be missing."""

import cases_metrics
import exposition
import gateway
import partial_weir
from suite import case, check

LOOKS = {"/weir/top", "/weir/clients"}  # questions that every worker must answer


def check_equal(name, got, wanted):
    check(got == wanted, f"{name}: {got}, not {wanted}")


def samples_of(server):
    return exposition.samples(exposition.parse(server.metrics()))


def success_of(samples):
    """command -> whether it was answered"""
    return {
        dict(labels)["command"]: value
        for (name, labels), value in samples.items()
        if name == "weir_gateway_question_success"
    }


def check_without_clients(server, scenario):
    samples = samples_of(server)
    check_equal("weir_up", samples[cases_metrics.key("weir_up")], 1)
    check_equal("packets", cases_metrics.packets(samples), dict(scenario.verdicts))
    stuck = cases_metrics.key("weir_health_problem", check="lcore_stuck")
    check(stuck in samples, "WeirLcoreStuck has nothing to fire on")
    check(not any(name == "weir_client_peers" for name, _ in samples), "clients, from nowhere")
    success = success_of(samples)
    check_equal("clients", success["/weir/clients"], 0)
    check_equal("counters", success["/weir/stats"], 1)


def check_status(server, known):
    told = server.json("/api/v1/status")
    check(told["up"] is True, f"up {told['up']}: {told['error']}")
    check_equal("torrents", told["stats"]["torrents"], 2)
    for name in ("top", "clients"):
        check_equal(f"{name} good", told["parts"][name]["good"], False)
        check(told["parts"][name]["error"], f"{name}: no reason")
        check_equal(f"{name} known", told[name] is not None, known)
        check_equal(f"age of {name}", told["parts"][name]["age_ms"] is not None, known)
    check_equal("stats good", told["parts"]["stats"]["good"], True)


def look(laboratory, how):
    scenario = laboratory.scenario()
    cases_metrics.fill(scenario)
    with (
        laboratory.fed(scenario) as weir,
        partial_weir.between(laboratory, weir) as partial,
    ):
        getattr(partial, how).update(LOOKS)
        with gateway.serving(laboratory, None, "--socket", partial.path) as server:
            check_without_clients(server, scenario)
            check_status(server, known=False)
            check_equal("health", server.json("/api/health_check")["status"], "Ok")


@case("partial: commands that a worker refuses leave counters, health and the status")
def refused(laboratory):
    look(laboratory, "refused")


@case("partial: commands that time out leave counters, health and the status")
def silent(laboratory):
    look(laboratory, "silent")


@case("partial: each command fails alone, those of counters too")
def each(laboratory):
    scenario = laboratory.scenario()
    cases_metrics.fill(scenario)
    with laboratory.fed(scenario) as weir, partial_weir.between(laboratory, weir) as partial:
        for command in ("info", "stats", "lcores", "stages", "ports", "shards", "memory", "health"):
            partial.refused = {f"/weir/{command}"}
            with gateway.serving(laboratory, None, "--socket", partial.path) as server:
                samples = samples_of(server)
                told = server.json("/api/v1/status")
            check_equal("packets", cases_metrics.packets(samples), dict(scenario.verdicts))
            failed = {name for name, good in success_of(samples).items() if not good}
            check_equal(f"without {command}", failed, partial.refused)
            check(told["up"] and told[command] is None, f"{command} in the status")
            check_equal(f"{command} in parts", told["parts"][command]["good"], False)
        partial.refused = {"/weir/verdicts"}
        with gateway.serving(laboratory, None, "--socket", partial.path) as server:
            samples = samples_of(server)
            check_equal("weir_up", samples[cases_metrics.key("weir_up")], 1)
            check_equal("torrents", samples[cases_metrics.key("weir_torrents")], 2)
            check_equal("packets", cases_metrics.packets(samples), {})


MISSED = "weir_port_receive_missed_total"


def missed_of(laboratory, partial, server):
    """Of a port's lost packets: what metrics (text and JSON), REST, weirctl and top say."""
    told = laboratory.run(laboratory.programs.weirctl, "-s", partial.path, "-j", "ports").json()
    table = laboratory.run(laboratory.programs.weirctl, "-s", partial.path, "ports").out
    return {
        "metrics": [value for (name, _), value in samples_of(server).items() if name == MISSED],
        "metrics as JSON": MISSED in server.ask("/api/v1/metrics?format=json").body.decode(),
        "REST": [port.get("rx_missed") for port in server.json("/api/v1/status")["ports"]],
        "weirctl as JSON": [port.get("rx_missed") for port in told],
        "weirctl": "\nrx_missed" in table,
    }


@case("partial: counters that a driver lacks are nowhere 0")
def not_counted(laboratory):
    scenario = laboratory.scenario()
    cases_metrics.fill(scenario)
    with (
        laboratory.fed(scenario) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
    ):
        counted = {"metrics": [0], "REST": [0], "weirctl as JSON": [0]}
        check_equal(
            "counted",
            missed_of(laboratory, partial, server),
            {**counted, "metrics as JSON": True, "weirctl": True},
        )
        partial.missing = {"/weir/ports": ["rx_missed"]}
        unknown = {"metrics": [], "REST": [None], "weirctl as JSON": [None]}
        unknown.update({"metrics as JSON": False, "weirctl": False})
        weir.wait_for(
            lambda: missed_of(laboratory, partial, server) == unknown,
            f"what is not known: {unknown}",
        )
        samples = samples_of(server)
        check(any(name == "weir_port_received_packets_total" for name, _ in samples), "no port")
