# SPDX-License-Identifier: BSD-3-Clause
"""The OpenAPI description that weir-gateway serves: complete, and true of every answer."""

import contextlib
import pathlib
import re

import cases_changes
import cases_page
import gateway
import partial_weir
from suite import Skipped, case, check

try:
    import openapi
except ModuleNotFoundError as missing:
    if missing.name != "jsonschema":
        raise
    openapi = None

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "app/weir-gateway"
PATH = "/api/v1/openapi.json"
KNOWN = cases_page.BOTH.hex()
VALUES = {"info_hash": KNOWN, "key": cases_changes.OWN, "seconds_valid": 60}  # of paths
ARGUMENTS = {"HASH": "{info_hash}", "KEY": "{key}", "SECONDS": "{seconds_valid}", "NONE": "", "FORM": ""}
READS = {"READ": "GET"}  # and HEAD
OPENAPI = ("GET", PATH)
ACCEPTS = (None, gateway.OPEN_METRICS, "application/json")
WITHOUT_DETAIL = {"swarm.peer_detail": False}


def description(server):
    if openapi is None:
        raise Skipped("python3-jsonschema is not installed")
    return openapi.Description(server.json(PATH))


def equal(got, wanted, what):
    check(got == wanted, f"{what}: {got}, not {wanted}")


def routes():
    """(method, path) -> (access, argument, parameters), of routes.def."""
    text = (SOURCES / "routes.def").read_text()
    rows = re.findall(r'^ROUTE\(\w+, (\w+), "([^"]+)", (\w+), (\w+), ([^"]*),\s+"', text, re.M)
    return {
        (READS.get(method, method), path + ARGUMENTS[argument]): (
            access,
            argument,
            set(re.findall(r"TAKES\((\w+)\)", takes)),
        )
        for method, path, access, argument, takes in rows
    }


def is_change(operation):
    return any("write_bearer" in way for way in operation["security"])


def limits():
    """name -> (min, max, standard), of the numbers in parameters.def."""
    text = (SOURCES / "parameters.def").read_text()
    rows = re.findall(r"^PARAMETER\((\w+), NUMBER, \w+, (\d+), (\d+), (\d+)\)", text, re.M)
    return {name: tuple(map(int, numbers)) for name, *numbers in rows}


@case("openapi: has exactly the paths and parameters of the tables")
def complete(laboratory):
    with gateway.serving(laboratory, "nobody") as server:
        told = description(server)
    for reference in told.references(told.document):
        told.resolve({"$ref": reference})
    table = routes()
    check(len(table) >= 15, table)
    equal(set(told.operations), {*table, OPENAPI}, "paths")
    for path, (access, argument, takes) in table.items():
        operation = told.operations[path]
        own = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        equal(own, takes, f"parameters of {path}")
        equal(bool(operation["security"]), access != "OPEN", f"whether {path} needs a token")
        equal(is_change(operation), access == "WRITE", f"whether {path} needs the writing token")
        equal("401" in operation["responses"], access != "OPEN", f"401 of {path}")
        equal("requestBody" in operation, argument == "FORM", f"body of {path}")
        for one in operation.get("parameters", []):
            if one["name"] in limits():
                schema = one["schema"]
                numbers = (schema["minimum"], schema["maximum"], schema["default"])
                equal(numbers, limits()[one["name"]], f"{one['name']} of {path}")


# Schema -> the object of lib/stats/field.def that it describes.
OBJECTS = {
    "Info": "info",
    "Lcore": "lcore",
    "Shard": "shard",
    "Port": "port",
    "Memory": "memory",
    "Health": "health",
    "LargeTorrent": "top_row",
    "Client": "client",
    "List": "list",
    "Source": "source",
    "Snapshot": "snapshot",
}


KEYED = ("Lcore", "List")


def fields(name):
    """Fields of an object of field.def, in order; TORRENT stands for those that torrents have."""
    text = (SOURCES.parents[1] / "lib/stats/field.def").read_text()
    torrent = re.findall(r"^\tFIELD\(object, (\w+),", text, re.M)
    rows = re.findall(rf"^(?:FIELD\({name}, (\w+),|(TORRENT)\({name}\))", text, re.M)
    return [field for own, macro in rows for field in (torrent if macro else [own])]


@case("openapi: schemas of telemetry objects have the fields of the table")
def tables(laboratory):
    with gateway.serving(laboratory, "nobody") as server:
        schemas = server.json(PATH)["components"]["schemas"]
    for schema, name in OBJECTS.items():
        described = list(schemas[schema]["properties"])
        if schema in KEYED:  # whose key is a member, too
            equal(described.pop(0), name, f"key of {schema}")
        equal(described, fields(name), f"fields of {schema}")


def walk(server, told, away=False):
    """Every call of every path that reads. Returns how many there were."""
    count = 0
    for path in told.operations:
        if is_change(told.operations[path]):
            continue
        for call in told.calls(path, VALUES):
            for accept in ACCEPTS if call.right else ACCEPTS[:1]:
                headers = {"Accept": accept} if accept else {}
                reply = server.ask(call.target, headers=headers)
                status = told.check_answer(path, reply, call.target[:120])
                right = (200, 503) if away else (200, 404)
                wanted = right if call.right else (400,)
                check(status in wanted, f"{call.target[:120]}: {status}, not {wanted}")
                count += 1
            head = server.ask(call.target, "HEAD")
            equal((head.status, head.body), (status, b""), f"HEAD {call.target[:120]}")
        post = server.ask(told.example(path, VALUES), "POST")
        equal(post.status, 405, f"POST {path}")
        told.validate(post.json(), {"$ref": "#/components/schemas/Error"}, f"POST {path}")
    return count


@contextlib.contextmanager
def fed(laboratory, settings=None):
    scenario = cases_page.known(laboratory)
    scenario.settings.update(settings or {})
    with laboratory.fed(scenario) as weir:
        yield weir


@case("openapi: every reply to valid and invalid parameters is as described")
def answers(laboratory):
    for settings in (None, WITHOUT_DETAIL):
        with fed(laboratory, settings) as weir, gateway.serving(laboratory, weir.prefix) as server:
            check(walk(server, description(server)) > 100, "too few calls")
            peers = server.json(f"/api/v1/torrent/{KNOWN}")["peers"]
            equal("peer_id" in peers[0], settings is None, "peers with detail")


@case("openapi: replies without Weir, or with failing commands, are as described")
def away(laboratory):
    with gateway.serving(laboratory, "nobody") as server:
        walk(server, description(server), away=True)
        equal(server.ask("/api/v1/stats").status, 503, "statistics")
    with (
        fed(laboratory) as weir,
        partial_weir.between(laboratory, weir) as partial,
        gateway.serving(laboratory, None, "--socket", partial.path) as server,
    ):
        partial.refused = {"/weir/lcores", "/weir/top", "/weir/latency", "/weir/health"}
        partial.missing = {"/weir/ports": ["rx_missed", "addresses_used"]}
        told = description(server)
        for path in ("/api/v1/status", "/api/v1/stats", "/api/health_check"):
            told.check_answer(("GET", path), server.ask(path), path)
        status = server.json("/api/v1/status")
        equal((status["top"], status["parts"]["top"]["good"]), (None, False), "a part that fails")
        partial.refused = set()
        partial.changes = {
            "/weir/health": {"status": "degraded", "problems": 2, "tx_full": 1, "mbufs_low": 1}
        }
        path = "/api/v1/status"
        weir.wait_for(lambda: len(server.json(path)["problems"]) == 2, "two problems")
        told.check_answer(("GET", path), server.ask(path), "problems")


def ask(changer, call, **how):
    headers = cases_changes.JSON if call.body is not None else {}
    return changer.ask(call.operation[0], call.target, call.body, headers=headers, **how)


@case("openapi: every reply to valid and invalid changes is as described")
def changes(laboratory):
    with cases_changes.changing(laboratory) as changer:
        told = description(changer.server)
        count = 0
        for path in filter(lambda path: is_change(told.operations[path]), told.operations):
            for call in told.calls(path, VALUES):
                what = f"{path} {call.target[:120]} {call.body}"
                status = told.check_answer(path, ask(changer, call), what)
                equal(status, 200 if call.right else 400, what)
                equal(told.check_answer(path, ask(changer, call, token=None), what), 401, what)
                count += 1
        check(count > 50, f"only {count} calls")
        example = [next(told.calls(path, VALUES)) for path in told.operations]
        example = [call for call in example if is_change(told.operations[call.operation])]
        for answer, wanted in (({"ok": False, "error": "full"}, 500), (b"garbage\n", 503)):
            changer.control.answer = lambda _, answer=answer: answer
            for call in example:
                equal(told.check_answer(call.operation, ask(changer, call), call), wanted, call)
        changer.control.answer = lambda _: {"ok": True, "changed": 0}
        key = ("DELETE", "/api/v1/key/{key}")
        call = next(told.calls(key, VALUES))
        equal(told.check_answer(key, ask(changer, call), call), 404, call)
        changer.mode("deny")
        for call in (call for call in example if "409" in told.operations[call.operation]["responses"]):
            equal(told.check_answer(call.operation, ask(changer, call), call), 409, call)


@case("openapi: the token is required where the description says so")
def token(laboratory):
    file = laboratory.folder() / "token"
    file.touch(mode=0o600)
    file.write_text(f"{cases_page.TOKEN}\n")
    ways = {
        401: ({}, ""),
        200: ({"Authorization": f"Bearer {cases_page.TOKEN}"}, f"?token={cases_page.TOKEN}"),
    }
    with (
        fed(laboratory) as weir,
        gateway.serving(laboratory, weir.prefix, "--token-file", file) as server,
    ):
        told = description(server)
        for path, operation in told.operations.items():
            target = told.example(path, VALUES)
            if is_change(operation):
                continue
            for wanted, (headers, query) in ways.items():
                status = wanted if operation["security"] else 200
                for reply in (server.ask(target, headers=headers), server.ask(target + query)):
                    equal(told.check_answer(path, reply, target), status, f"{target} {headers}")
    with fed(laboratory) as weir, gateway.serving(laboratory, weir.prefix) as server:
        for path, operation in told.operations.items():
            if "403" in operation["responses"]:
                target = told.example(path, VALUES)
                reply = server.ask(target, path[0], headers={"Host": "tracker.example"})
                equal(told.check_answer(path, reply, target), 403, f"{target} by name")
