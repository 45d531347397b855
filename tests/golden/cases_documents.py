# SPDX-License-Identifier: BSD-3-Clause
"""The commands in the documentation are ones that programs know, and its tables have all that there is.

scripts/test documents runs the commands.
"""

import json
import os
import pathlib
import re
import subprocess

import documents
import elsewhere
import messages
from cases_command_line import run
from cases_documentation import as_it_stands
from cases_output import program
from lab import REPOSITORY
from suite import Skipped, case, check

PROGRAMS = ("weir", "weirctl", "weir-gateway", "weir-load")
# Documents with a test of their own, which runs the commands: what stands in their blocks is not marked.
OWN_TEST = {
    "docs/migrating.md": "tests/golden/cases_migrate_documents.py",
    "docs/container.md": "tests/packages",
    "docs/failing-over/README.md": "tests/failover",
    "docs/security.md": "tests/services",
}


def commands():
    for path in documents.documents():
        for block in documents.read(path):
            if block.word == "console":
                yield from block.commands()


# --- sizes ----------------------------------------------------------------------------------------

SIZED = """\
@include "drivers-config/ice.cfg"
ports = ( {{ device = "0000:3b:00.0"; addresses = [ "198.51.100.10/24", "2001:db8::10/64" ]; }} );
lcores = {{ main = [ {cpus[0]} ]; io = [ {cpus[1]} ]; workers = [ {cpus[1]} ]; }};
swarm = {{ max_torrents = {torrents}; max_peers = {peers}; peer_detail = {detail}; }};
"""
MIB = 1 << 20


def _size(lab, **values):
    """MiB, and huge pages needed by their size in MiB on the node of the tables."""
    ended = run(lab, "-c", as_it_stands(lab, SIZED.format(**values)), "--check", "--json")
    plan = json.loads(ended.out)
    node = plan["memory"]["node"]
    pages = {
        row["page_bytes"] // MIB: row["needed"] for row in plan["machine"]["hugepages"] if row["node"] == node
    }
    return plan["memory"]["bytes"] / MIB, pages


@case("documents: the sizes of sizing.md are those of --check")
def sizes(lab):
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Skipped("needs two CPUs")
    text = (REPOSITORY / "docs" / "sizing.md").read_text()
    table = text[text.index("| torrents | peers | MiB |") :].split("\n\n")[0]
    rows = [[int(cell.replace(",", "")) for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    check(len(rows) >= 6, f"only {len(rows)} rows")
    for torrents, peers, mib, without, small, large in rows:
        values = {"cpus": cpus, "torrents": torrents, "peers": peers}
        plain, pages = _size(lab, detail="true", **values)
        check(round(plain) == mib, f"{peers} peers: {plain:.1f} MiB, not {mib}")
        short = round(_size(lab, detail="false", **values)[0])
        check(short == without, f"{peers} peers: {short} MiB without records, not {without}")
        check(pages.get(2, small) == small, f"{peers} peers: {pages} pages of 2 MiB, not {small}")
        check(pages.get(1024, large) == large, f"{peers} peers: {pages} pages of 1 GiB, not {large}")


@case("documents: the rates of sizing.md are those of --plan")
def rates(lab):
    text = (REPOSITORY / "docs" / "sizing.md").read_text()
    table = text[text.index("| device | role | requests/s of an lcore |") :].split("\n\n")[0]
    told = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in table.splitlines()[2:]]
    rows = (REPOSITORY / "app/weir/setup/rates.def").read_text()
    there = re.findall(r'^RATE\((\w+), (\w+), (\d+), "(.*)"\)$', rows, re.M)
    check(len(there) == 6, f"{len(there)} rows")
    there = [(device, role, f"{int(rate):,}", source) for device, role, rate, source in there]
    check(told == there, f"{told}\nare not\n{there}")


# --- commands -------------------------------------------------------------------------------------

# What a shell would take as the end of a command of ours.
WORDS = re.compile(r"""(?:[^\s"'|;&<>()]|"[^"]*"|'[^']*')+""")
STARTS = re.compile(
    r"(?:^|[|;&(]\s*|\btime |\brunuser -u weir -- |\bxargs |-c ')(" + "|".join(PROGRAMS) + r")(?=[\s'])"
)


def ours(command):
    """Command lines of our programs in a command, as (program, words)."""
    for found in STARTS.finditer(command.text):
        rest = command.text[found.end() :]
        if found[0].startswith("-c '"):
            rest = rest.split("'")[0]
        rest = re.split(r"[|;&<>)]", rest)[0]
        yield found[1], [word.strip("\"'") for word in WORDS.findall(rest)]


def known(lab, name, words):
    """Whether a program takes these words. Nothing starts, and no Weir is asked."""
    nowhere = str(lab.folder() / "nowhere")
    config = REPOSITORY / "drivers-config" / "net_ring.cfg"
    words = [str(config) if word.endswith(".cfg") else word.replace("$HASH", 40 * "a") for word in words]
    if name == "weirctl":
        words = ["--socket", f"{nowhere}/dpdk_telemetry.v2", "--control", f"{nowhere}/control", *words]
        hashes = pathlib.Path(f"{nowhere}.hashes")
        hashes.write_text(40 * "a" + "\n")
        words = [str(hashes) if word.startswith("/tmp/") else word for word in words]
        if words[-1] == "check":  # of xargs
            words.append(40 * "a")
        if words[-2:] == ["access", "remove"]:
            words.append(40 * "a")
    elif name == "weir-load":
        words = ["--help", *words]
    else:
        words = ["--version", *("/" if word == "/tmp/machine" else word for word in words)]
    ended = subprocess.run(
        [program(lab, name), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return ended.returncode != 2, ended.stderr


def unmarked():
    """Lines that begin with a program of ours, in documents with a test of their own."""
    for path in documents.documents():
        for block in documents.read(path):
            if block.word == "" and block.document in OWN_TEST:
                for number, line in enumerate(block.text.splitlines(), block.line + 1):
                    if STARTS.match(line) and not line.endswith("\\"):
                        yield documents.Command(block.document, number, True, line)


@case("documents: every command line of our programs is one that they know")
def command_lines(lab):
    count = 0
    for command in [*commands(), *unmarked()]:
        for name, words in ours(command):
            count += 1
            right, why = known(lab, name, words)
            check(right, f"{command}\n{why}")
    check(count >= 60, f"only {count} command lines")
    check(not known(lab, "weirctl", ["no-such-list", "add"])[0], "weirctl takes anything")
    check(not known(lab, "weir", ["-c", "weir.cfg", "--chek"])[0], "weir takes anything")


@case("documents: commands are in blocks of consoles, and are right for a shell")
def consoles(lab):
    names = "|".join(
        (
            *PROGRAMS,
            r"scripts/(?:run|test|bench|lint|package|profile)",
            "apt",
            "systemctl",
            "journalctl",
            "dpdk-",
            "ip ",
            "curl",
            "mkdir",
        )
    )
    lost = re.compile(rf"^(?:sudo |[#$] )?(?:{names})\b(?!:)", re.M)
    for path in documents.documents():
        for block in documents.read(path):
            if block.word == "" and block.document not in OWN_TEST:
                found = lost.search(block.text)
                check(found is None, f"{block.document}:{block.line}: a command without console: {found}")
    for command in commands():
        ended = subprocess.run(
            ["bash", "-n", "-c", command.text],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        check(ended.returncode == 0, f"{command}: {ended.stderr}")


@case("documents: each reason not to run a command is needed")
def reasons(lab):
    every = list(commands())
    for pattern in elsewhere.COMMANDS:
        check(any(re.search(pattern, command.text) for command in every), f"no command has {pattern}")
    named = {command.document for command in every}
    for document in elsewhere.DOCUMENTS:
        there = (REPOSITORY / document).exists()
        check(document in named or not there, f"{document} has no commands")


@case("documents: install.md installs what the build needs")
def build_packages(lab):
    script = '. scripts/common.sh && printf "%s\\n" "${packages_build[@]}"'
    wanted = subprocess.run(
        ["bash", "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split()
    told = next(command.text for command in commands() if " libdpdk-dev " in command.text)
    missing = [name for name in wanted if name not in told.split()]
    check(not missing, f"docs/install.md does not install {missing}")


# --- completeness ---------------------------------------------------------------------------------


def _section(document, title):
    """First cells of the tables of a section, as code."""
    text = (REPOSITORY / "docs" / document).read_text()
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    check(section, f"{document} has no {title}")
    return re.findall(r"^\| `(.+?)` \|", section[1], re.M)


def _check_same(what, told, there):
    check(
        len(told) == len(set(told)), f"{what}: twice: {sorted(name for name in told if told.count(name) > 1)}"
    )
    missing, stale = sorted(there - set(told)), sorted(set(told) - there)
    check(not missing and not stale, f"{what}: without an entry: {missing}\nno longer there: {stale}")


def _rows(table, macro):
    text = (REPOSITORY / "lib" / "stats" / table).read_text()
    return set(re.findall(rf"^{macro}\((\w+),", text, re.M))


@case("documents: failures.md has every health check")
def health_checks(lab):
    _check_same("health checks", _section("failures.md", "Health checks"), _rows("health.def", "HEALTH"))


@case("documents: failures.md has every verdict")
def verdicts(lab):
    _check_same("verdicts", _section("failures.md", "Verdicts"), _rows("verdict.def", "VERDICT"))


@case("documents: failures.md has every warning and error, and every reason not to start")
def every_message(lab):
    app = REPOSITORY / "app"
    told = _section("failures.md", "Messages while Weir runs") + _section("failures.md", "Messages at start")
    _check_same("messages", told, messages.logged(app) | messages.refused(app))


@case("documents: monitoring.md has every alert")
def alerts(lab):
    rules = (REPOSITORY / "docs" / "watching" / "prometheus-rules.yml").read_text()
    text = (REPOSITORY / "docs" / "monitoring.md").read_text()
    _check_same(
        "alerts", re.findall(r"^\| (Weir\w+) \|", text, re.M), set(re.findall(r"alert: (\w+)", rules))
    )


@case("documents: docs/README.md leads to every document")
def index(lab):
    folder = REPOSITORY / "docs"
    text = (folder / "README.md").read_text()
    for path in sorted(folder.rglob("*.md")):
        name = str(path.relative_to(folder))
        check(name == "README.md" or f"({name}" in text or "bench/" in name, f"docs/README.md has no {name}")


def _anchors(path):
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    plain = (re.sub(r"[`*]|\[|\]\([^)]*\)", "", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


@case("documents: every link leads somewhere")
def links(lab):
    for path in documents.documents():
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
            name, _, anchor = target.partition("#")
            there = (path.parent / name).resolve() if name else path
            if re.match(r"\w+:", target):
                continue
            check(there.exists(), f"{path.relative_to(REPOSITORY)}: no {target}")
            known_anchor = not anchor or there.suffix != ".md" or anchor in _anchors(there)
            check(known_anchor, f"{path.relative_to(REPOSITORY)}: no {target}")


@case("documents: example addresses are those for documentation")
def addresses(lab):
    # The networks that Weir's virtual devices have by default, and those of tables and programs.
    for path in [*(REPOSITORY / "docs" / "examples").glob("*.cfg"), REPOSITORY / "README.md"]:
        for address in re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", path.read_text()):
            right = re.match(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|127\.0\.0\.1$|10\.77\.0\.", address)
            check(right, f"{path.name}: {address}")


# --- manual pages ---------------------------------------------------------------------------------

MANUAL_PAGES = {"weir": 8, "weirctl": 1, "weir-gateway": 8, "weir-load": 1, "weir-migrate": 1}
SECTIONS = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO")


@case("documents: manual pages have the same sections, and name each other")
def manual_sections(lab):
    for name, number in MANUAL_PAGES.items():
        page = next((REPOSITORY / "docs").rglob(f"{name}.{number}*"))
        text = page.read_text().replace("@" + "OPTIONS@", ".Sh OPTIONS")
        found = re.findall(r"^\.Sh (.+)$", text, re.M)
        missing = [section for section in SECTIONS if section not in found]
        check(not missing, f"{page.name} has no {missing}")
        see = text[text.index(".Sh SEE ALSO") :]
        for other in ("weir", "weirctl", "weir-gateway"):
            there = other == name or f".Xr {other} {MANUAL_PAGES[other]}" in see
            check(there, f"{page.name} does not name {other}({MANUAL_PAGES[other]})")
