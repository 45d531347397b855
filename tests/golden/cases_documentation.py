# SPDX-License-Identifier: BSD-3-Clause
"""The configurations in the documentation run as they stand; manual pages say what programs do."""

import os
import pathlib
import re
import shutil
import subprocess

import audit
import documents
from cases_command_line import OK, check_status, run
from cases_output import program
from lab import REPOSITORY
from suite import CASES, Skipped, case, check

SETTING = re.compile(r'^@include "|^\w+ = [{(]', re.M)
STARTED_MIB = 6000  # room for the tables of install.md's
STATE = "/var/lib/weir"  # Weir's folder in documents


def blocks():
    """The configurations in all documents."""
    for path in documents.documents():
        for block in documents.read(path):
            if block.word == "cfg":
                yield block
            elif block.word == "" and SETTING.search(block.text):
                check(False, f"{block.document}:{block.line}: a configuration without the word cfg")


def as_it_stands(lab, text, shown=()):
    """A file beside drivers-config, as the documents say; a part of one gets the simplest driver.

    Only the folder of Weir's files is another, and lists are there with what the document shows: block NAME
    for the list NAME.
    """
    folder = lab.folder()
    state = folder / "state"
    (state / "lists").mkdir(mode=0o700, parents=True)
    for name in re.findall(rf'"{STATE}/lists/(\w+)"', text):
        (state / "lists" / name).touch(mode=0o600)
        (state / "lists" / name).write_text(dict(shown).get(name, ""))
    text = text.replace(STATE, str(state))
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    if "@include" not in text and "driver =" not in text:
        text = '@include "drivers-config/net_ring.cfg"\n' + text
    path = folder / "weir.cfg"
    path.write_text(text)
    return path


def of_install():
    """The configuration for a network card."""
    found = [block for block in blocks() if block.document == "docs/install.md"]
    check(len(found) == 1, f"{len(found)} configurations in docs/install.md")
    return found[0].text


@case("documentation: every configuration passes --check as it stands")
def every_configuration(lab):
    found = list(blocks())
    check(len(found) >= 8, f"only {len(found)} configurations")
    for block in found:
        shown = [(other.word, other.text) for other in documents.read(REPOSITORY / block.document)]
        ended = run(lab, "-c", as_it_stands(lab, block.text, shown), "--check")
        check(ended.status == OK, f"{block.document}:{block.line}\n{block.text}\n{ended.err}")


@case("documentation: every example passes --check as it stands")
def every_example(lab):
    found = sorted((REPOSITORY / "docs" / "examples").glob("*.cfg"))
    told = (REPOSITORY / "docs" / "examples" / "README.md").read_text()
    check(len(found) >= 4, f"only {len(found)} examples")
    for path in found:
        check(f"({path.name})" in told, f"docs/examples/README.md has no row for {path.name}")
        ended = run(lab, "-c", as_it_stands(lab, path.read_text()), "--check")
        check(ended.status == OK, f"{path.name}\n{ended.err}")


@case("documentation: install.md's configuration needs the memory that install.md says")
def needs(lab):
    ended = run(lab, "-c", as_it_stands(lab, of_install()), "--check")
    pages = re.search(r"^ +2 MiB +\d+ +(\d+) ", ended.out, re.M)
    told = (REPOSITORY / "docs" / "install.md").read_text()
    reserved = re.search(r"--pagesize 2M --setup (\d+)M", told)
    if pages is None or len(os.sched_getaffinity(0)) != 2:
        raise Skipped("install.md says what two CPUs and pages of 2 MiB need")
    check(0.8 < 2 * int(pages[1]) / int(reserved[1]) <= 1, f"{reserved[0]}, but\n{ended.out}")


@case("documentation: install.md's configuration starts, with a loopback device as its NIC")
def start(lab):
    meminfo = pathlib.Path("/proc/meminfo").read_text()
    available = int(re.search(r"^MemAvailable: +(\d+)", meminfo, re.M)[1]) // 1024
    if available < STARTED_MIB or lab.weir.wrapper:
        raise Skipped(f"{available} MiB are available, {STARTED_MIB} wanted")
    text = of_install()
    for card, loop in (("ice.cfg", "net_ring.cfg"), ("0000:3b:00.0", "net_ring0")):
        check(card in text, f"install.md names no {card}")
        text = text.replace(card, loop)
    text += f'memory = {{ file_prefix = "{lab.file_prefix()}"; }};\n'
    path = as_it_stands(lab, text)
    ended = run(lab, "-c", path, "--run-for", "1")
    ended.check_clean()
    check((path.parent / "state" / "key").exists(), "no key was made")


# Pages and what fills their tables.
MANUAL_PAGES = {
    "weir.8": ("weir", "--help=man"),
    "weir.cfg.5": ("weir", "--print-options=man"),
    "weir-gateway.8": ("weir-gateway", "--help=man"),
    "weir-load.1": ("weir-load", "--help=man"),
    "weir-migrate.1": ("weir-migrate", "--help=man"),
    "weirctl.1": ("weirctl", "--help=man"),
}


def manual_page(lab, page):
    """The page that was built."""
    path = lab.weir.path.parents[2] / "docs" / "man" / page
    if not path.exists():
        raise Skipped(f"{path} was not built")
    return path


@case("documentation: files that the manual page names exist")
def manual_files(lab):
    text = (REPOSITORY / "docs" / "man" / "weir.8.in").read_text()
    named = set(re.findall(r"weir -c (drivers-config\S+)", text))
    check(named, "the manual page starts nothing")
    for name in named:
        check_status(run(lab, "-c", REPOSITORY / name, "--check"), OK)


def printed(lab, name, option):
    return subprocess.run([program(lab, name), option], capture_output=True, text=True, check=True).stdout


@case("documentation: manual pages have what the programs print from their tables")
def manual_tables(lab):
    for page, (name, option) in MANUAL_PAGES.items():
        table = printed(lab, name, option).split()
        text = manual_page(lab, page).read_text().split()
        begin = text.index(table[1]) - 1  # .Sh OPTIONS
        check(text[begin : begin + len(table)] == table, f"{page} has not what {name} {option} prints")
    settings = re.findall(r"^\| `([^`]+)`", printed(lab, "weir", "--print-options"), re.M)
    described = re.findall(r"^\.It Ic (\S+)$", manual_page(lab, "weir.cfg.5").read_text(), re.M)
    check(len(settings) > 60 and described == settings, f"weir.cfg(5): {set(described) ^ set(settings)}")
    commands = printed(lab, "weirctl", "--help").partition("\nCommands:\n")[2].partition("\n\n")[0]
    names = set(re.findall(r"^  (\w+)", commands, re.M))
    described = set(re.findall(r"^\.It Cm (\w+)", manual_page(lab, "weirctl.1").read_text(), re.M))
    check(len(names) > 20 and names <= described, f"weirctl(1) has no {names - described}")


@case("documentation: mandoc finds nothing to complain about in the manual pages")
def manual_lint(lab):
    if not shutil.which("mandoc"):
        raise Skipped("mandoc is not installed")
    wrong = []
    for page in MANUAL_PAGES:
        ended = subprocess.run(
            ["mandoc", "-T", "lint", manual_page(lab, page)], capture_output=True, text=True
        )
        # Pages that are named need not be installed where this one is built.
        lines = (ended.stdout + ended.stderr).splitlines()
        wrong += [line for line in lines if "referenced manual not found" not in line]
    check(not wrong, "\n".join(wrong))


@case("documentation: a manual page of a build that cannot run its programs refers to them")
def manual_without_table(lab):
    folder = REPOSITORY / "docs" / "man"
    for page in MANUAL_PAGES:
        output = lab.folder() / page
        subprocess.run([folder / "man_page.py", folder / f"{page}.in", output], check=True)
        text = output.read_text()
        sentence = "lists all settings." if page == "weir.cfg.5" else "lists all options."
        check(sentence in text and "@" + "OPTIONS" not in text, text)


@case("documentation: the example of weir.cfg(5) passes --check")
def manual_configuration(lab):
    text = (REPOSITORY / "docs" / "man" / "weir.cfg.5.in").read_text()
    example = re.search(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", text, re.M | re.S)[1]
    folder = lab.folder()
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    (folder / "state").mkdir(mode=0o700)
    (folder / "weir.cfg").write_text(example.replace("/var/lib/weir/", f"{folder}/state/"))
    check_status(run(lab, "-c", folder / "weir.cfg", "--check"), OK)


def _is_in_sources(named):
    """Whether it is FILE: FUNCTION of the unit tests, a file of tests, or a case of another folder."""
    path, _, function = named.partition(": ")
    unit = REPOSITORY / "tests/unit" / path
    if (REPOSITORY / named).is_file():
        return True
    if path.endswith(".c"):
        return unit.exists() and function in unit.read_text()
    sources = (REPOSITORY / "tests").glob("*/*s_*.py")  # cases_*, tests_*, nic_steps
    return any(f'"{named}"' in source.read_text() for source in sources)


def _check_tests(text, column, least):
    """That each test is there that a column of the tables in `text` names."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    names = {case.name for case in CASES} | {case.name for case in audit.CASES}
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split(" | ")[column])]
    missing = [name for name in named if name not in names and not _is_in_sources(name)]
    check(len(named) >= least and not missing, f"{len(named)} tests; not there: {missing}")


@case("documentation: each test that docs/duties.md names is there")
def duties(lab):
    _check_tests((REPOSITORY / "docs/duties.md").read_text(), -1, 30)


@case("documentation: each promise of docs/reliability.md has its test")
def promises(lab):
    text = (REPOSITORY / "docs/reliability.md").read_text()
    section = text.split("\n## Promises\n")[1].split("\n## ")[0]
    _check_tests(section, 1, 15)
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    bare = [row[0] for row in rows if len(row) != 4 or "`" not in row[1] or not re.search(r"\d", row[2])]
    check(not bare, f"without a test or a figure: {bare}")
