# SPDX-License-Identifier: BSD-3-Clause
"""What meson install puts where, and the configuration that it brings."""

import re
import shutil
import subprocess

from cases_command_line import OK, check_status, run
from lab import REPOSITORY
from suite import Skipped, case, check

FILES = """
sbin/weir sbin/weir-gateway bin/weirctl bin/weir-load
share/man/man8/weir.8 share/man/man8/weir-gateway.8 share/man/man1/weirctl.1 share/man/man1/weir-load.1
share/weir/drivers-config/net_tap.cfg share/weir/drivers-config/ice.cfg
share/doc/weir/README.md share/doc/weir/docs/options.md share/doc/weir/drivers-config/README.md
share/bash-completion/completions/weirctl
lib/sysctl.d/60-weir.conf lib/udev/rules.d/60-weir.rules etc/logrotate.d/weir etc/weir/weir.cfg
""".split()


def install(lab, folder):
    ended = subprocess.run(
        ["meson", "install", "--no-rebuild", "-C", lab.weir.path.parents[2], "--destdir", folder],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    check(ended.returncode == 0, ended.stdout + ended.stderr)


@case("install: files are where Debian's tools look for them, and a configuration stays as it is")
def files(lab):
    if shutil.which("meson") is None:
        raise Skipped("meson is not installed")
    folder = lab.folder()
    install(lab, folder)
    prefix = folder / "usr/local"
    missing = [name for name in FILES if not (prefix / name).exists()]
    check(missing == [], f"missing: {missing}")
    installed = prefix / "etc/weir/weir.cfg"
    installed.write_text("# edited\n")
    install(lab, folder)
    check(installed.read_text() == "# edited\n", "an edited configuration was replaced")


@case("install: units start the programs that were installed with them")
def units(lab):
    if shutil.which("meson") is None:
        raise Skipped("meson is not installed")
    folder = lab.folder()
    install(lab, folder)
    found = {}
    for unit in (folder / "usr/local/lib/systemd/system").glob("*.service"):
        for path in re.findall(r"^Exec\w+=(/\S*/weir\S*)", unit.read_text(), re.M):
            found[unit.name] = path
            check((folder / path.lstrip("/")).exists(), f"{unit.name}: there is no {path}")
    check(len(found) == 4, f"{found}")


@case("install: the configuration passes --check as it stands")
def configuration(lab):
    folder = lab.folder()
    text = (REPOSITORY / "scripts/system/weir.cfg").read_text()
    check("/var/lib/weir/" in text, text)
    (folder / "drivers-config").symlink_to(REPOSITORY / "drivers-config")
    (folder / "state").mkdir(mode=0o700)
    path = folder / "weir.cfg"
    path.write_text(text.replace("/var/lib/weir", str(folder / "state")))
    check_status(run(lab, "-c", path, "--check"), OK)
