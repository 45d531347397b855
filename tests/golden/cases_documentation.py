# SPDX-License-Identifier: BSD-3-Clause
"""The configurations in the documentation run as they stand; manual pages say what programs do."""

import os
import pathlib
import re
import subprocess

from cases_command_line import OK, check_status, run
from cases_output import program
from lab import REPOSITORY
from suite import Skipped, case, check

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SETTING = re.compile(r'^@include "|^\w+ = [{(]', re.M)
STARTED_MIB = 6000  # room for the tables of README's


def documents():
    yield REPOSITORY / "README.md"
    yield REPOSITORY / "CONTRIBUTING.md"
    yield from sorted((REPOSITORY / "docs").rglob("*.md"))
    yield REPOSITORY / "drivers-config" / "README.md"


def blocks():
    """The configurations in all documents, as (document, text)."""
    for path in documents():
        for kind, text in FENCE.findall(path.read_text()):
            if kind == "cfg":
                yield path, text
            elif kind == "" and SETTING.search(text):
                check(False, f"{path.name}: a configuration without the word cfg\n{text}")


def as_it_stands(lab, document, text):
    """A file beside drivers-config, as the documents say; a part of one gets the simplest driver.

    Only the folder of keys is another, which a document that names one must tell how to make, and lists are
    files with what the document shows: block NAME for /etc/weir/NAME.
    """
    folder = lab.folder()
    shown = dict(FENCE.findall(document.read_text()))
    for name in re.findall(r'"/etc/weir/(\w+)"', text):
        check(name in shown, f"{document.name}: shows no {name}")
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(shown[name])
        text = text.replace(f"/etc/weir/{name}", str(folder / name))
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    for key_folder in re.findall(r'key_file = "(.*)/[^/"]+"', text):
        command = f"mkdir -p -m 700 {key_folder}\n"
        check(command in document.read_text(), f"{document.name}: no {command}")
        (folder / "keys").mkdir(mode=0o700)
        text = text.replace(key_folder, str(folder / "keys"))
    if "@include" not in text and "driver =" not in text:
        text = '@include "drivers-config/net_ring.cfg"\n' + text
    path = folder / "weir.cfg"
    path.write_text(text)
    return path


@case("documentation: every configuration passes --check as it stands")
def every_configuration(lab):
    found = list(blocks())
    check(len(found) >= 4, f"only {len(found)} configurations")
    for document, text in found:
        ended = run(lab, "-c", as_it_stands(lab, document, text), "--check")
        check(ended.status == OK, f"{document}:\n{text}\n{ended.err}")


@case("documentation: README's configuration needs the memory that README says")
def needs(lab):
    document, text = next(blocks())
    ended = run(lab, "-c", as_it_stands(lab, document, text), "--check")
    pages = re.search(r"^ +2 MiB +\d+ +(\d+) ", ended.out, re.M)
    reserved = re.search(r"--pagesize 2M --setup (\d+)M", document.read_text())
    if pages is None or len(os.sched_getaffinity(0)) != 2:
        raise Skipped("README says what two CPUs and pages of 2 MiB need")
    check(0.8 < 2 * int(pages[1]) / int(reserved[1]) <= 1, f"{reserved[0]}, but\n{ended.out}")


@case("documentation: README's configuration starts, with a loopback device as its NIC")
def start(lab):
    meminfo = pathlib.Path("/proc/meminfo").read_text()
    available = int(re.search(r"^MemAvailable: +(\d+)", meminfo, re.M)[1]) // 1024
    if available < STARTED_MIB or lab.weir.wrapper:
        raise Skipped(f"{available} MiB are available, {STARTED_MIB} wanted")
    document, text = next(blocks())
    for card, loop in (("ice.cfg", "net_ring.cfg"), ("0000:3b:00.0", "net_ring0")):
        check(card in text, f"README names no {card}")
        text = text.replace(card, loop)
    text += f'memory = {{ file_prefix = "{lab.file_prefix()}"; }};\n'
    path = as_it_stands(lab, document, text)
    ended = run(lab, "-c", path, "--run-for", "1")
    ended.check_clean()
    check((path.parent / "keys" / "key").exists(), "no key was made")


@case("documentation: files that the manual page names exist")
def manual_page(lab):
    text = (REPOSITORY / "docs" / "weir.8").read_text()
    named = set(re.findall(r"weir -c (\S+)", text))
    check(named, "the manual page starts nothing")
    for name in named:
        check_status(run(lab, "-c", REPOSITORY / name, "--check"), OK)


MANUAL_PAGES = {
    "weir": "weir.8",
    "weir-gateway": "weir-gateway.8",
    "weir-load": "weir-load.1",
    "weirctl": "weirctl.1",
}


@case("documentation: OPTIONS of the manual pages are what the programs print for --help=man")
def manual_options(lab):
    for name, page in MANUAL_PAGES.items():
        printed = subprocess.run(
            [program(lab, name), "--help=man"], capture_output=True, text=True, check=True
        ).stdout
        text = (REPOSITORY / "docs" / page).read_text()
        section = re.search(r"^\.Sh OPTIONS\n.*?(?=^\.Sh )", text, re.M | re.S)
        check(section and section[0] == printed, f"docs/{page} is not up to date; {name} prints\n{printed}")
