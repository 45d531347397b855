# SPDX-License-Identifier: BSD-3-Clause
"""What docs/compatibility.md promises, held against what earlier releases left (releases.py)."""

import re
import shutil

import names
import releases
from cases_command_line import FAILED, OK, check_nothing_started, check_status, run, write_config
from cases_output import program
from cases_version import VERSION
from lab import REPOSITORY
from suite import case, check

HEADING = re.compile(r"^## (.+)$", re.M)


@case("compatibility: every name of earlier releases is still there, or went as promised")
def names_stay(lab):
    programs = {name: program(lab, name) for name in names.PROGRAMS}
    present = set(names.collect(programs, REPOSITORY))
    gone = set(releases.GONE.read_text().splitlines())
    check(len(present) > 800, f"only {len(present)} names")
    for version in releases.recorded():
        table = (releases.RELEASES / version / "names.txt").read_text().splitlines()
        missing = sorted({*table} - present - gone)
        check(len(table) > 800 and not missing, f"{version} had:\n" + "\n".join(missing))


@case("compatibility: configurations of earlier releases, with all of their settings, load and run")
def configurations(lab):
    for version in releases.recorded():
        path = releases.configuration(lab, version)
        used = sorted(releases.settings_in(path.read_text()))
        table = (releases.RELEASES / version / "names.txt").read_text()
        wanted = sorted(re.findall(r"^setting (\S+)$", table, re.M))
        check(used == wanted, f"{version}: {set(used) ^ set(wanted)}")
        check_status(run(lab, "-c", path, "--check"), OK)
        run(lab, "-c", path, "--run-for", "1").check_clean()
        printed = run(lab, "-c", path, "--print-config").out
        path.write_text(printed)
        check(run(lab, "-c", path, "--print-config").out == printed, f"{version}: another configuration")


def restarted(lab, version, name, detail):
    """A scenario for a Weir that starts with a snapshot of a release, and the copy of it."""
    path = lab.folder() / "peers"
    shutil.copyfile(releases.RELEASES / version / name, path)
    path.chmod(0o600)
    before = lab.scenario(settings=releases.SETTINGS)
    releases.fill(before)
    before.tracker.completed = 0  # downloads are counted since the start
    settings = {**releases.SETTINGS, "snapshot.file": str(path), "swarm.peer_detail": detail}
    return lab.scenario(settings=settings, tracker=before.tracker), path


@case("compatibility: snapshots of earlier releases are loaded, with and without details of peers")
def snapshots(lab):
    for version in releases.recorded():
        for name in releases.SNAPSHOTS:
            for detail in (False, True):
                scenario, path = restarted(lab, version, name, detail)
                swarms = scenario.tracker.torrents.values()
                peers = sum(len(swarm.peers[family]) for swarm in swarms for family in ("ipv4", "ipv6"))
                releases.ask(scenario)
                ended = scenario.run()
                torrents = len(releases.HASHES) + 1
                ended.said(f"restored {torrents} torrents and {peers} peers in ")


@case("compatibility: a snapshot of a newer version is refused with a sentence, and kept")
def newer_snapshot(lab):
    path = lab.folder() / "peers"
    newest = releases.RELEASES / releases.recorded()[-1] / "peers"
    content = bytearray(newest.read_bytes())
    version = int.from_bytes(content[12:16], "little")
    content[12:16] = (version + 1).to_bytes(4, "little")
    path.write_bytes(content)
    path.chmod(0o600)
    sentence = f"{path} was written by a newer Weir, or its head is damaged"
    settings = {**releases.SETTINGS, "snapshot.file": str(path), "snapshot.on_failure": "stop"}
    ended = run(lab, "-c", write_config(lab, settings), "--run-for", "5")
    check_status(ended, FAILED)
    check_nothing_started(ended)
    check(sentence in ended.err, ended.err)
    check(path.read_bytes() == content, "it was changed")
    settings["snapshot.on_failure"] = "empty"
    ended = run(lab, "-c", write_config(lab, settings), "--run-for", "1")
    ended.check_clean()
    ended.said(f"{sentence}: serving without torrents (snapshot.on_failure)")
    check(path.with_name("peers.refused").read_bytes() == content, "it was not kept")


@case("compatibility: docs/changes.md has the releases in order, and each was recorded")
def changes(lab):
    headings = HEADING.findall((REPOSITORY / "docs" / "changes.md").read_text())
    form = re.compile(r"(\d+\.\d+\.\d+) \(20\d\d-[01]\d-[0-3]\d\)")
    unreleased = headings and headings[0] == "Unreleased"
    found = [form.fullmatch(heading) for heading in headings[unreleased:]]
    check(found and all(found), f"headings must be VERSION (YYYY-MM-DD): {headings}")
    versions = [match[1] for match in found]
    check(versions == sorted(versions, key=releases.numbers, reverse=True), f"not in order: {versions}")
    check(versions[0] == VERSION, f"meson.build has {VERSION}, docs/changes.md {versions[0]}")
    check(sorted(versions) == sorted(releases.recorded()), f"recorded: {releases.recorded()}")
