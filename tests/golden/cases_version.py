# SPDX-License-Identifier: BSD-3-Clause
"""--version of every program, and where the revision in it comes from."""

import os
import re
import shutil
import subprocess

from cases_output import program
from lab import REPOSITORY
from suite import Skipped, case, check

VERSION = re.search(r"version: '([0-9.]+)'", (REPOSITORY / "meson.build").read_text())[1]
REVISION = r"([0-9a-f]{12}(-modified)?|unknown)"
# Whether they are linked with DPDK.
PROGRAMS = {
    "weir": True,
    "weir-load": True,
    "weir-gateway": False,
    "weirctl": False,
    "weir-migrate": False,
}
GIT = ("git", "-c", "user.name=Weir", "-c", "user.email=weir@example.org", "-c", "commit.gpgsign=false")


def said(words, **environment):
    ended = subprocess.run(
        list(map(str, words)),
        env={**os.environ, "LC_ALL": "C", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout, ended.stderr


@case("version: every program shows its version and revision, and DPDK's where it uses it")
def versions(lab):
    revisions = set()
    for name, uses_dpdk in PROGRAMS.items():
        status, out, err = said([program(lab, name), "--version"])
        dpdk = r"DPDK \d+\.\d\d\.\d+\S*\n" if uses_dpdk else ""
        match = re.fullmatch(rf"{name} {re.escape(VERSION)}\nrevision {REVISION}\n{dpdk}", out)
        check(status == 0 and not err and match, f"{name}: status {status}\n{out}{err}")
        revisions.add(match[1])
    check(len(revisions) == 1, f"programs of one build are of several revisions: {revisions}")


@case("version: libraries of another DPDK than that of the build are shown as such")
def other_dpdk(lab):
    other = lab.weir.path.parents[2] / "tests" / "golden" / "libother_dpdk.so"
    if not other.exists():
        raise Skipped(f"{other} was not built")
    for name in ("weir", "weir-load"):
        status, out, err = said([program(lab, name), "--version"], LD_PRELOAD=str(other))
        if "ASan runtime" in err:
            raise Skipped("the sanitizer must be the first library")
        built = re.search(r"^DPDK 99\.11\.1, built with DPDK (\d+\.\d\d\.\d+)$", out, re.M)
        check(status == 0 and built, f"{name}: status {status}\n{out}{err}")


def revision_of(folder):
    status, out, _ = said([folder / "app" / "common" / "revision.sh"])
    return out.strip() if status == 0 else None


@case("version: the revision is git's, and none in an unpacked archive, even within another repository")
def revisions(lab):
    if not shutil.which("git"):
        raise Skipped("git is not installed")
    folder = lab.folder()
    sources = folder / "weir-0.0.0"
    script = sources / "app" / "common" / "revision.sh"
    script.parent.mkdir(parents=True)
    shutil.copy2(REPOSITORY / "app" / "common" / "revision.sh", script)
    check(revision_of(sources) is None, f"outside of git: {revision_of(sources)}")
    (folder / "other").touch()
    for words in (["init", "-q"], ["add", "other"], ["commit", "-q", "-m", "other"]):
        subprocess.run([*GIT, "-C", folder, *words], check=True)
    check(revision_of(sources) is None, f"within another repository: {revision_of(sources)}")
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"], ["tag", "-am", "t", "v9"]):
        subprocess.run([*GIT, "-C", sources, *words], check=True)
    head = subprocess.run([*GIT, "-C", sources, "rev-parse", "HEAD"], capture_output=True, text=True).stdout
    check(revision_of(sources) == head[:12], f"{revision_of(sources)}, not {head[:12]}")
    script.write_text(script.read_text() + "# changed\n")
    check(revision_of(sources) == f"{head[:12]}-modified", f"{revision_of(sources)} of a changed file")


@case("version: -Drevision gives a build the revision that it cannot know")
def given_revision(lab):
    if not shutil.which("meson"):
        raise Skipped("meson is not installed")
    folder = lab.folder() / "build"
    status, out, err = said(
        ["meson", "setup", folder, REPOSITORY, "-Dtests=false", "-Drevision=1.2.3-4", "--buildtype=plain"]
    )
    check(status == 0, out + err)
    header = (folder / "app" / "common" / "revision.h").read_text()
    check('#define WEIR_REVISION "1.2.3-4"\n' in header, header)
