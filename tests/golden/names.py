# SPDX-License-Identifier: BSD-3-Clause
"""All names that docs/compatibility.md promises, as lines "KIND NAME…", from programs and their sources."""

import json
import re
import subprocess

# What a table of --print-telemetry and --print-control is about, by the title above it.
KINDS = {
    "Commands": "command",
    "Verdicts": "verdict",
    "Stages": None,  # parts of the implementation: not promised
    "Kinds of latencies": "latency",
    "Checks of /weir/health": "health",
    "Members of requests": "member",
}
PROGRAMS = ("weir", "weirctl", "weir-gateway", "weir-load")
OPTION = re.compile(r"^(?:  (-\w), |      )(--[\w-]+)", re.M)


def printed(path, *options):
    return subprocess.run([path, *options], capture_output=True, text=True, check=True).stdout


def tables(text):
    """(title, first cell of a row) of all tables in Markdown."""
    title = ""
    for line in text.splitlines():
        if line.startswith("#"):
            title = line.lstrip("# ")
        row = re.match(r"\| `([^`]+)` \|", line)
        if row:
            yield title, row[1]


def settings(weir):
    for line in printed(weir, "--print-options").splitlines()[2:]:
        path, _, allowed, words = [cell.strip(" `") for cell in line.strip("|").split(" | ")[:4]]
        yield f"setting {path}"
        if allowed == "one of the words":
            yield from (f"word {path} {word}" for word in words.split())


def telemetry(weir):
    for title, name in tables(printed(weir, "--print-telemetry")):
        if title in KINDS:
            if KINDS[title]:
                yield f"telemetry-{KINDS[title]} {name}"
        else:  # fields; the words around the command may change
            owners = re.findall(r"/weir/\w+", title) or [title.split()[1]]
            part = re.sub(r"^(A|The) (\w+).*", r"\2", title) if title[0] in "AT" else "reply"
            yield from (f"field {owner} {part} {name}" for owner in owners)


def control(weir):
    for title, name in tables(printed(weir, "--print-control")):
        yield f"control-{KINDS[title]} {name}"


def options(name, path):
    text = printed(path, "--help")
    for letter, long in OPTION.findall(text.partition("\nExamples:")[0]):
        yield f"option {name} {long}"
        if letter:
            yield f"option {name} {letter}"
    commands = text.partition("\nCommands:\n")[2].partition("\n\n")[0]
    yield from (f"command {name} {word}" for word in re.findall(r"^  (\w+)", commands, re.M))


def metrics(sources):
    stats = sources / "lib" / "stats"
    text = (stats / "field.def").read_text() + (stats / "stats.def").read_text()
    field = re.compile(r'^(?:FIELD\(\w+, |STAT\()\w+, \w+,(?: "[^"]*",)+? "(weir_\w+)",\s', re.M)
    table = (sources / "app/weir-gateway/metrics.def").read_text()
    names = field.findall(text) + re.findall(r"^(?:GATEWAY_)?METRIC\((\w+),", table, re.M)
    yield from (f"metric {name}" for name in names)


def rest(sources):
    described = json.loads((sources / "app/weir-gateway/openapi.json").read_text())
    for path, methods in described["paths"].items():
        for method, what in methods.items():
            if method == "parameters":
                continue
            yield f"rest {method.upper()} {path}"
            for parameter in what.get("parameters", []):
                name = parameter.get("name") or parameter["$ref"].rsplit("/", 1)[1]
                yield f"rest-parameter {method.upper()} {path} {name}"
    for name, schema in described["components"]["schemas"].items():
        yield from (f"rest-field {name} {field}" for field in schema.get("properties", {}))


def collect(programs, sources):
    """`programs`: name -> path. Sorted, each once."""
    names = {*settings(programs["weir"]), *telemetry(programs["weir"]), *control(programs["weir"])}
    for name in PROGRAMS:
        names |= {*options(name, programs[name])}
    names |= {*metrics(sources), *rest(sources)}
    names |= {f"driver-file {path.name}" for path in (sources / "drivers-config").glob("*.cfg")}
    return sorted(names)
