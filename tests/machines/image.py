# SPDX-License-Identifier: BSD-3-Clause
"""The disk of a fresh machine: Debian's packages by debootstrap, a file system made of them.

Both are kept. They are made anew when the list of packages, or what is configured here, changes.
"""

import hashlib
import json
import shutil
import subprocess

from root import Failure, Root

SIZE = "6G"  # sparse
PACKAGES = (
    *("linux-image-amd64", "initramfs-tools", "systemd-sysv", "udev", "dbus", "kmod", "procps", "pciutils"),
    *("iproute2", "iputils-ping", "ethtool", "python3", "curl"),
    *("driverctl", "grub2-common"),  # scripts/setup-host
    "dpdk",  # dpdk-devbind.py; binds NICs and reserves huge pages at boot
    "qemu-guest-agent",  # how the test gets in
    "python3-libtorrent",  # real clients
)
# Only what finds the disk: a tenth of the time that all modules take to unpack.
INITRD_MODULES = "virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n"
FILES = {
    "etc/fstab": "/dev/vda / ext4 errors=remount-ro 0 1\n"
    "share /mnt 9p trans=virtio,version=9p2000.L,msize=262144,ro,nofail 0 0\n",
    "etc/hostname": "machine\n",
    "etc/hosts": "127.0.0.1 localhost machine\n",
    "etc/initramfs-tools/modules": INITRD_MODULES,
    "etc/initramfs-tools/conf.d/machine": "MODULES=list\nCOMPRESS=gzip\n",
    # No boot loader starts this machine, but update-grub writes what one would pass to the kernel.
    "etc/default/grub": 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_DISABLE_OS_PROBER=true\n',
    # The journal of a boot that a power cut ended is there in the next one.
    "etc/systemd/journald.conf.d/machine.conf": "[Journal]\nStorage=persistent\nSyncIntervalSec=5s\n",
}
# Not part of a fresh machine: what a root needs while it is a folder.
REMOVED = ("usr/sbin/policy-rc.d", "etc/dpkg/dpkg.cfg.d/unsafe-io", "etc/resolv.conf")


def _run(command, what):
    ended = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=1800
    )
    if ended.returncode != 0:
        raise Failure(f"{what}: status {ended.returncode}\n{ended.stderr.strip()}")
    return ended.stdout


class Image:
    """`packages`: what the tested packages depend on, beside PACKAGES."""

    def __init__(self, system, folder, packages=()):
        self.system = system
        self.folder = folder
        self.packages = (*PACKAGES, *packages)
        self.base = folder / "base.img"
        self.kernel = folder / "vmlinuz"
        self.initrd = folder / "initrd.img"
        self._stamp = folder / "stamp"
        self.log = folder / "root.log"

    def _key(self):
        about = [self.system.suite, SIZE, sorted(self.packages), FILES, REMOVED]
        return hashlib.sha256(json.dumps(about).encode()).hexdigest()

    def made(self):
        return self._stamp.exists() and self._stamp.read_text() == self._key()

    def make(self, mirror):
        """Makes it, or takes what an earlier run made; says which."""
        if self.made():
            return f"of an earlier run: {self.base}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stamp.unlink(missing_ok=True)
        self.log.write_text("")
        root = Root(self.folder / "root", self.system, self.log, home="/")
        root.bootstrap(mirror)
        self._configure(root)
        root.update()
        root.install(*self.packages)
        root.inside("systemd-machine-id-setup && update-initramfs -u -k all", "making the initrd")
        self._copy_boot(root)
        self._pack(root)
        self._stamp.write_text(self._key())
        return f"made: {self.base}"

    @staticmethod
    def _configure(root):
        for name, text in FILES.items():
            path = root.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _copy_boot(self, root):
        for kind, target in (("vmlinuz", self.kernel), ("initrd.img", self.initrd)):
            newest = max((root.folder / "boot").glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
            shutil.copy(newest, target)

    def _pack(self, root):
        """The file system; what is not part of a machine is away meanwhile."""
        away = self.folder / "away"
        for name in REMOVED:
            (away / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(root.folder / name, away / name)
        try:
            self.base.unlink(missing_ok=True)
            _run(
                ["mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", str(root.folder), str(self.base), SIZE],
                "making the file system",
            )
        finally:
            for name in REMOVED:
                shutil.move(away / name, root.folder / name)

    def disk(self, path):
        """A new disk with this content; only what a guest changes is in it."""
        path.unlink(missing_ok=True)
        _run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(self.base), str(path)],
            "making the disk",
        )
        return path
