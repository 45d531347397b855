# SPDX-License-Identifier: BSD-3-Clause
"""What breaks around a Weir that serves: a disk that is full."""

import contextlib
import subprocess
import time

import loaded
from suite import case, check


def wait(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, f"not after {seconds} s: {what}")
        time.sleep(0.02)


@case(
    "fault: a snapshot finds the disk full: the one before stays, health tells of it; with room all is well"
)
def full_disk(laboratory):
    folder = laboratory.folder()
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", disk], check=True)
    try:
        more = f'snapshot = {{ file = "{disk}/peers"; interval = 0; }};'
        with loaded.running(laboratory, more=more) as weir:
            weir.load("--fill", "--torrents", 200, "--peers", 2000)
            first = laboratory.weirctl(weir.weir, "snapshot")
            check(first.status == 0, first.err)
            kept = (disk / "peers").read_bytes()
            (disk / "filler").write_bytes(b"")
            with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4096))
            refused = laboratory.weirctl(weir.weir, "snapshot")
            check(refused.status != 0 and "No space left" in refused.err + refused.out, f"{refused}")
            wait(lambda: weir.weir.ask("/weir/health").get("snapshot_failing"), 5, "health tells of it")
            check((disk / "peers").read_bytes() == kept, "the snapshot before is another one")
            served = weir.load("--count", 20_000, "--torrents", 200, "--peers", 2000)
            check(served["lost"] == served["wrong"] == 0, f"{served}")
            (disk / "filler").unlink()
            again = laboratory.weirctl(weir.weir, "snapshot")
            check(again.status == 0, again.err)
            wait(lambda: not weir.weir.ask("/weir/health").get("snapshot_failing"), 5, "health is well")
    finally:
        subprocess.run(["umount", disk], check=True)
