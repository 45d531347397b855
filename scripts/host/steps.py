# SPDX-License-Identifier: BSD-3-Clause
"""Steps that change a machine. Each says what it does, tells what was there before, does it, and restores
exactly that, also where it was done only in part or not at all.

Paths are as on the machine; `root` is the folder that they are below. What `before` returns is kept as JSON.
"""

import base64
import os
import pathlib
import subprocess
from dataclasses import dataclass

import left_pages

COMMAND_S = 120


class Failed(Exception):
    """A step did not work; the text says why."""


def _run(words):
    try:
        ended = subprocess.run(words, capture_output=True, text=True, timeout=COMMAND_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{' '.join(words)}: {error}") from error
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip()
        raise Failed(f"{' '.join(words)}: exit status {ended.returncode}: {said}")


def _at(root, path):
    return root / path.lstrip("/")


def _replace(path, content, mode):
    """Atomic: the file is the old one or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.chmod(mode)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def _missing_folders(root, path):
    """Folders that a file at `path` needs and that are not there, outermost first."""
    folders = []
    for folder in pathlib.PurePath(path).parents:
        if _at(root, str(folder)).exists():
            break
        folders.insert(0, str(folder))
    return folders


def _remove(root, path, folders):
    _at(root, path).unlink(missing_ok=True)
    for folder in reversed(folders):
        where = _at(root, folder)
        if where.is_dir() and not any(where.iterdir()):
            where.rmdir()


@dataclass(frozen=True)
class File:
    """A file with a content."""

    path: str
    content: str
    purpose: str

    def say(self):
        return f"write {self.path}: {self.purpose}"

    def before(self, root):
        where = _at(root, self.path)
        if not where.exists():
            return {"folders": _missing_folders(root, self.path)}
        status = where.stat()
        content = base64.b64encode(where.read_bytes()).decode()
        return {"content": content, "mode": status.st_mode & 0o7777, "owner": [status.st_uid, status.st_gid]}

    def do(self, root):
        where = _at(root, self.path)
        where.parent.mkdir(parents=True, exist_ok=True)
        _replace(where, self.content.encode(), 0o644)

    def undo(self, root, before):
        if "content" not in before:
            _remove(root, self.path, before["folders"])
            return
        where = _at(root, self.path)
        _replace(where, base64.b64decode(before["content"]), before["mode"])
        os.chown(where, *before["owner"])


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    path: str
    target: str
    purpose: str

    def say(self):
        return f"link {self.path} to {self.target}: {self.purpose}"

    def before(self, root):
        where = _at(root, self.path)
        if where.is_symlink():
            return {"target": str(where.readlink())}
        if where.exists():
            raise Failed(f"{self.path} is there and is no link: move it away")
        return {"folders": _missing_folders(root, self.path)}

    def do(self, root):
        where = _at(root, self.path)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.unlink(missing_ok=True)
        where.symlink_to(self.target)

    def undo(self, root, before):
        _remove(root, self.path, before.get("folders", []))
        if "target" in before:
            _at(root, self.path).symlink_to(before["target"])


@dataclass(frozen=True)
class Value:
    """A value of the kernel in sysfs, until the next boot."""

    path: str
    value: str
    purpose: str

    def say(self):
        return f"set {self.path} to {self.value}: {self.purpose}"

    def before(self, root):
        return {"value": _at(root, self.path).read_text().strip()}

    def do(self, root):
        self._set(root, self.value, "after a reboot there is more room")

    def undo(self, root, before):
        if _at(root, self.path).exists():
            self._set(root, before["value"], "what uses it, such as Weir, has to stop first")

    def _set(self, root, value, remedy):
        where = _at(root, self.path)
        where.write_text(f"{value}\n")
        got = where.read_text().strip()
        if got != value:
            raise Failed(f"{self.path}: the kernel made it {got} instead of {value}: {remedy}")


@dataclass(frozen=True)
class Pages(Value):
    """A number of huge pages. The kernel keeps those that a file holds."""

    def undo(self, root, before):
        left_pages.remove(root)
        super().undo(root, before)


@dataclass(frozen=True)
class Override:
    """A card that driverctl gives to a driver, now and at each boot."""

    device: str
    driver: str
    now: bool  # False: from the next boot on; until then the kernel keeps the card

    def say(self):
        when = "now and at each boot" if self.now else "from the next boot on"
        return f"give {self.device} to {self.driver} by driverctl: {when}"

    def before(self, root):
        folders = _missing_folders(root, self._file())
        return {"override": self._saved(root), "bound": self._bound(root), "folders": folders}

    def do(self, root):
        if self.now:
            _run(["driverctl", "set-override", self.device, self.driver])
            return
        where = _at(root, self._file())
        where.parent.mkdir(parents=True, exist_ok=True)
        _replace(where, f"{self.driver}\n".encode(), 0o644)

    def undo(self, root, before):
        """A card that is where it was is not touched: it would lose the addresses of its interface."""
        if self._bound(root) != before["bound"]:
            self._give_back(before)
            if before["bound"] and self._bound(root) != before["bound"]:
                _run(["driverctl", "--nosave", "set-override", self.device, before["bound"]])
        if not before["override"]:
            _remove(root, self._file(), before["folders"])
        elif self._saved(root) != before["override"]:
            _replace(_at(root, self._file()), f"{before['override']}\n".encode(), 0o644)

    def _give_back(self, before):
        if before["override"]:
            _run(["driverctl", "set-override", self.device, before["override"]])
        else:
            _run(["driverctl", "unset-override", self.device])

    def _file(self):
        return f"/etc/driverctl.d/pci-{self.device}"

    def _saved(self, root):
        where = _at(root, self._file())
        return where.read_text().strip() if where.exists() else ""

    def _bound(self, root):
        link = _at(root, f"/sys/bus/pci/devices/{self.device}/driver")
        return link.readlink().name if link.is_symlink() else ""


@dataclass(frozen=True)
class Command:
    """A program that makes something of files: after they are written, or after they are undone."""

    words: tuple
    purpose: str
    at_undo: bool = False  # steps are undone backwards, so this one stands before its files

    def say(self):
        return f"{' '.join(self.words)}: {self.purpose}"

    def before(self, root):
        return {}

    def do(self, root):
        if not self.at_undo:
            _run(self.words)

    def undo(self, root, before):
        if self.at_undo:
            _run(self.words)


KINDS = {kind.__name__: kind for kind in (File, Link, Value, Pages, Override, Command)}
