# SPDX-License-Identifier: BSD-3-Clause
"""A system in a folder: made by debootstrap, entered with mounts and processes of its own.

As a program: root.py SYSTEM COMMAND runs a shell command in a copy of these sources, in a root that
$WEIR_SYSTEMS (/var/cache/weir-systems) keeps, and prints the path of that root.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(os.environ.get("WEIR_SYSTEMS", "/var/cache/weir-systems"))
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SOURCE = "/root/weir"  # inside, a copy of the repository's files
STEP_S = 3600

# What stands between us and the inside of a root. /run and /tmp start empty; /sys is the machine's,
# for huge pages and network devices. The first process is the shell, so all others end with it.
ENTER = r"""
set -e
root=$1
shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
exec chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
"""


class Failure(Exception):
    """A step did not work; the text says how."""


def own_mirror():
    """Where this system's apt gets Debian's packages from."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    mirrors = [line.split()[1] for line in told.splitlines() if line.startswith("Debian ")]
    if not mirrors:
        raise Failure("this system's apt knows no mirror of Debian: run apt-get update")
    return mirrors[0]


class Root:
    """`home`: where commands start; SOURCE needs copy_sources(). `tell` gets each step as it begins."""

    def __init__(self, folder, system, log, home=SOURCE, tell=lambda what: None):
        self.folder = folder
        self.system = system
        self.log = log
        self.home = home
        self.tell = tell

    @contextlib.contextmanager
    def locked(self):
        """One process at a time changes a root."""
        with open(f"{self.folder}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run(self, command, what, **options):
        """Standard output; all that is said goes to the log, too."""
        self.tell(what)
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=STEP_S,
            check=False,
            **options,
        )
        with self.log.open("a") as log:
            log.write(f"==> {what}\n{ended.stdout}")
        if ended.returncode != 0:
            tail = "\n".join(ended.stdout.splitlines()[-25:])
            raise Failure(f"{what}: status {ended.returncode}; all of it is in {self.log}\n{tail}")
        return ended.stdout

    def _entering(self, command):
        """The command line for a shell command in `home`."""
        shell = ["bash", "-c", f"cd {self.home} && {command}"]
        apart = ["unshare", "--mount", "--pid", "--ipc", "--fork"]
        return [*apart, "bash", "-c", ENTER, "enter", str(self.folder), *shell]

    def inside(self, command, what):
        """Runs a shell command in `home`."""
        return self._run(self._entering(command), what)

    def show(self, command):
        """The same with our standard error for all that it says. Its exit status."""
        return subprocess.run(
            self._entering(command), stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        ).returncode

    def install(self, *packages):
        self.inside(
            f"apt-get install -y -qq --no-install-recommends {' '.join(packages)}",
            f"installing {' '.join(packages)}",
        )

    def offers(self, package):
        return (
            "Candidate: (none)" not in self.inside(f"apt-cache policy {package}", "policy")
            and self.inside(f"apt-cache policy {package}", "policy").strip() != ""
        )

    def make(self, mirror):
        """Makes the root, or brings one of an earlier run up to date, and copies the sources in."""
        self.bootstrap(mirror)
        self.copy_sources()
        self.update()

    def bootstrap(self, mirror):
        """Makes the root unless an earlier run did."""
        if (self.folder / "made").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._run(
            [
                "debootstrap",
                "--variant=minbase",
                f"--components={self.system.components}",
                self.system.suite,
                str(self.folder),
                mirror,
            ],
            f"debootstrap {self.system.suite}",
        )
        # Nothing in there outlives a power cut anyway, and no service of it shall start.
        (self.folder / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        policy = self.folder / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        # Mirrors of what never stands still may lag behind its last word.
        (self.folder / "etc/apt/apt.conf.d/lagging-mirror").write_text(
            'Acquire::Check-Valid-Until "false";\n'
        )
        (self.folder / "made").touch()

    def update(self):
        """Brings its packages up to date."""
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")
        if self.system.foreign:
            self.inside(f"dpkg --add-architecture {self.system.foreign}", "adding the architecture")
        self.inside("apt-get update -qq && apt-get upgrade -y -qq", "upgrading")

    def copy_sources(self):
        """The files that git knows, as they are in the working tree."""
        target = self.folder / SOURCE[1:]
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        names = subprocess.run(
            ["git", "-C", REPOSITORY, "-c", f"safe.directory={REPOSITORY}", "ls-files", "-z"],
            capture_output=True,
            check=True,
        ).stdout.split(b"\0")
        for name in filter(None, map(os.fsdecode, names)):
            if (REPOSITORY / name).exists():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(REPOSITORY / name, target / name, follow_symlinks=False)


def main():
    # systems.py is a table of its own; only the program needs it.
    from systems import SYSTEMS

    name, command = sys.argv[1:]
    system = next(system for system in SYSTEMS if system.name == name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    root = Root(
        FOLDER / name,
        system,
        FOLDER / f"{name}.log",
        tell=lambda what: print(f"{name}: {what}", file=sys.stderr),
    )
    with root.locked():
        print(f"{system.title}: {root.folder}, minutes the first time; log: {root.log}", file=sys.stderr)
        try:
            root.make(own_mirror())
        except Failure as failure:
            sys.exit(f"root.py: {failure}")
        status = root.show(command)
    print(root.folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
