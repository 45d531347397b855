#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Records a release for cases_compatibility.py: names, a configuration with every setting, two snapshots.

Run it once for each release, when all else is done, and commit what it writes to tests/golden/releases. A
second run for the same version replaces what the first one wrote.
"""

import argparse
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import names  # noqa: E402
import releases  # noqa: E402
from cases_command_line import OK, check_status, run  # noqa: E402
from lab import REPOSITORY, Lab  # noqa: E402

HEADER = """\
# SPDX-License-Identifier: BSD-3-Clause
# Every setting of {version}. Nobody changes this file: it is what an operator may have. The test replaces
# FOLDER and the CPUs, and gives each Weir its own memory.file_prefix.
"""


def record_configuration(lab, version, folder):
    """The one of the release before, with new settings as the program fills them in."""
    before = [other for other in releases.recorded() if releases.numbers(other) < releases.numbers(version)]
    if not before:
        return print(f"no release before {version}: write its weir.cfg by hand")
    place = lab.folder()
    printed = run(lab, "-c", releases.configuration(lab, before[-1], place), "--print-config")
    check_status(printed, OK)
    text = re.sub(r"^ *#.*\n", "", printed.out, flags=re.M).replace(str(place), "FOLDER")
    text = re.sub(r'(file_prefix = )"[^"]*"', r'\1"PREFIX"', text)
    for name, cpu in (("main", "CPU0"), ("io", "CPU1"), ("workers", "CPU1")):
        text = re.sub(rf"^(    {name} = )\[\d+\]", rf"\1[{cpu}]", text, flags=re.M)
    (folder / "weir.cfg").write_text(HEADER.format(version=version) + text)
    for name in releases.FILES:
        shutil.copyfile(releases.RELEASES / before[-1] / name, folder / name)


def record_snapshots(lab, folder):
    for name, detail in releases.SNAPSHOTS.items():
        path = lab.folder() / "peers"
        settings = {**releases.SETTINGS, "snapshot.file": str(path), "swarm.peer_detail": detail}
        scenario = lab.scenario(settings=settings)
        releases.fill(scenario)
        scenario.run()
        shutil.copyfile(path, folder / name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="as meson.build has it")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder in which meson built it")
    parser.add_argument("--sources", type=pathlib.Path, default=REPOSITORY, help="of what was built")
    arguments = parser.parse_args()
    app = arguments.build.resolve() / "app"
    programs = {name: app / name / name for name in names.PROGRAMS}
    said = names.printed(programs["weir"], "--version").splitlines()[0]
    if said != f"weir {arguments.version}":
        sys.exit(f"record_release.py: {programs['weir']} is {said}: set the version in meson.build and build")
    folder = releases.RELEASES / arguments.version
    folder.mkdir(exist_ok=True)
    lab = Lab(programs["weir"], [], False)
    try:
        record_configuration(lab, arguments.version, folder)
        record_snapshots(lab, folder)
    finally:
        lab.close()
    table = names.collect(programs, arguments.sources)
    (folder / "names.txt").write_text("\n".join(table) + "\n")
    print(f"{folder}: {len(table)} names")


if __name__ == "__main__":
    main()
