# SPDX-License-Identifier: BSD-3-Clause
"""The commands of docs/migrating.md, in their order, and the steps of the report.

weir-migrate, weir and the tools of the shell are real. Folders of the system are replaced by others; programs
that would reach another machine or a service (curl, systemctl, mysqldump, psql, chown) by scripts that check
their words and give what the real ones would.
"""

import os
import re
import shutil
import subprocess

from cases_output import program
from lab import REPOSITORY
from migration import DATA, TIMEOUT_S, migrate, report, settings, torrust_database
from suite import case, check

DOCUMENT = REPOSITORY / "docs" / "migrating.md"
COMMANDS = re.compile(r"^( *)```\n(.*?)^\1```$", re.M | re.S)
HASH, OTHER = "090c6d4fb3a03191c4ef1fda6236ef0efb2d5c10", "5452869be36f9f3350ccee6b4544e7e76caaadab"
KEY = "xqD6NWH9TcKrOCwDmqcdH5hF5RrbL0A6"

STAND_INS = {
    "curl": f"""[ "$1 $2" = "-o state.dump" ] || exit 9
[ "${{3##*/stats?}}" = mode=statedump ] || exit 9
echo {HASH}:29700000:77 >state.dump""",
    "systemctl": """case "$*" in
"stop opentracker" | "start weir") echo "$*" >>services ;;
*) exit 9 ;;
esac""",
    "chown": """[ "$1 $2" = "-R weir:weir" ] && [ -d "$3" ]""",
    "mysqldump": f"""[ "$*" = torrust_tracker ] || exit 9
echo "-- MySQL dump"
echo "INSERT INTO \\`torrents\\` VALUES (1,'{HASH}',5);"
echo "INSERT INTO \\`whitelist\\` VALUES (1,'{HASH}');"
echo "INSERT INTO \\`keys\\` VALUES (1,'{KEY}',NULL);" """,
    "psql": f"""case "$*" in
*"select info_hash, completed from torrents"*) echo "{HASH} 5" ;;
*"select info_hash from whitelist"*) echo {HASH} ;;
*"select key, valid_until from keys"*) printf '%s\\n' "{KEY} " "{KEY[::-1]} 1798761600" ;;
*) exit 9 ;;
esac""",
}
MYSQL = """[metadata]
schema_version = "3.0.0"
[core]
listed = true
private = true
[core.database]
driver = "mysql"
host = "db"
user = "tracker"
password = "word"
database = "torrust_tracker"
[[udp_trackers]]
bind_address = "198.51.100.10:6969"
"""


def _stand_in(folder, name, text):
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def _prepare(lab):
    """A folder with the files that the commands name."""
    folder = lab.folder()
    for name in ("bin", "etc", "var"):
        (folder / name).mkdir(mode=0o700)
    for name, text in STAND_INS.items():
        _stand_in(folder, name, text)
    for name in ("weir", "weir-migrate"):
        (folder / "bin" / name).symlink_to(program(lab, name))
    (folder / "etc" / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    for name in ("opentracker.conf", "opentracker.list", "aquatic.toml", "aquatic.list", "chihaya.yaml"):
        shutil.copy(DATA / name, folder / name)
    shutil.copy(DATA / "torrust-2.toml", folder / "tracker.toml")
    torrust_database(folder / "sqlite3.db", whitelist=(HASH,), keys=((KEY, None),), torrents=((HASH, 5),))
    shutil.copy(folder / "sqlite3.db", folder / "torrust.db")
    (folder / "mysql.toml").write_text(MYSQL)
    (folder / "export").write_text(f"4 {HASH} 1 2 4000000000\n6 {HASH} 0 0 5\n4 {OTHER} 0 0 9\n")
    return folder


def _run(folder, text):
    for system, own in (("/etc/weir", folder / "etc"), ("/var/lib/weir", folder / "var")):
        text = text.replace(system, str(own))
    return subprocess.run(
        ["bash", "-eu", "-c", text],
        cwd=folder,
        env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )


@case("documentation: every command of docs/migrating.md works, in its order")
def commands(lab):
    folder = _prepare(lab)
    blocks = [text for _, text in COMMANDS.findall(DOCUMENT.read_text())]
    check(len(blocks) == DOCUMENT.read_text().count("```\n") // 2 >= 9, f"{len(blocks)} blocks")
    for text in blocks:
        if "--output moved" in text and "--force" not in text:  # nobody moves all four
            shutil.rmtree(folder / "moved", ignore_errors=True)
        ended = _run(folder, text)
        check(ended.returncode == 0, f"{text}\n{ended.returncode}\n{ended.stdout}{ended.stderr}")
        if "systemctl" in text:
            _check_moved(folder)
    _check_back(lab, folder)


def _check_moved(folder):
    """After the switch: everything is where weir.cfg says."""
    check((folder / "services").read_text().split("\n")[:2] == ["stop opentracker", "start weir"], "services")
    found = settings(folder / "etc")
    for name in ("access.file", "snapshot.file"):
        check(os.path.exists(found[name]), f"{name}: {found[name]}")
    check(report(folder / "moved")["counts"]["downloads"] == 77, "the counts are others")
    check("FILL-IN" not in (folder / "etc" / "weir.cfg").read_text(), "there is something left to fill in")


def _check_back(lab, folder):
    """The state for opentracker has the sums of both families."""
    lines = (folder / "state.dump").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split(":")[2]) for line in lines}
    check(found == {HASH: 4000000005, OTHER: 9}, f"{found}")
    ended = migrate(lab, "counts", "-n", folder / "state.dump", "--check")
    check("state dump of opentracker" in ended.stdout, ended.stdout)


@case("documentation: docs/migrating.md names settings that exist, of each tracker and of Weir")
def names(lab):
    printed = subprocess.run(
        [lab.weir.path, "--print-options"], capture_output=True, text=True, check=True
    ).stdout
    own = set(re.findall(r"^\| `([\w.\[\]]+)` \|", printed, re.M))
    groups = {name.partition(".")[0] for name in own}
    for row in re.findall(r"^\| (.*) \|$", DOCUMENT.read_text(), re.M):
        for name in re.findall(r"`(\w+\.[\w]+)", row.partition(" | ")[2]):
            check(name in own or name.partition(".")[0] not in groups, f"{name} is no setting of Weir")
    known = "".join(
        (REPOSITORY / "app" / "weir-migrate" / "migrate" / f"{tracker}.py").read_text()
        for tracker in ("opentracker", "aquatic", "torrust", "chihaya")
    )
    tables = DOCUMENT.read_text()[DOCUMENT.read_text().index("## opentracker") :]
    for row in re.findall(r"^\| (`.*) \|$", tables, re.M):
        for name in re.findall(r"`([\w.]+)(?:\.\*)?`", row.partition(" | ")[0]):
            check(name in known, f"{name} is no setting of a tracker")
