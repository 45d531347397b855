# SPDX-License-Identifier: BSD-3-Clause
"""What only one Weir may use at a time, and what a dead one leaves behind."""

import os
import signal
import socket

from appliance import Watched
from cases_command_line import (
    FAILED,
    check_nothing_started,
    check_status,
    error_lines,
    run,
    write_config,
)
from suite import case, check


def start_and_wait(lab, path):
    watched = Watched(lab.weir.start(["-c", path], lab.folder()))
    watched.wait_for("weir: ready")
    return watched


def check_refused(lab, path, words, holder):
    ended = run(lab, "-c", path, "--run-for", "5")
    check_status(ended, FAILED)
    check_nothing_started(ended)
    check(len(error_lines(ended)) == 1, ended.err)
    for word in (words, f"is in use by another Weir, process {holder.process.pid}: give each"):
        check(word in ended.err, f"no {word} in\n{ended.err}")


def memif(path):
    device = f"net_memif0,role=server,id=0,socket={path},socket-abstract=no"
    return {"driver.eal": ["--no-pci", f"--vdev={device}"]}


@case("locks: a second Weir with the same prefix, export, snapshot or socket is refused and names the first")
def locks(lab):
    folder = lab.folder()
    (folder / "link").symlink_to(folder)
    snapshots = folder / "snapshots"
    snapshots.mkdir()
    for first, second, words in (
        ({"memory.file_prefix": "same"}, {"memory.file_prefix": "same"}, "memory.file_prefix same"),
        (
            {"export.file": str(folder / "list")},
            {"export.file": str(folder / "link" / "list")},
            "export.file ",
        ),
        (
            {"snapshot.file": str(snapshots / "peers")},
            {"snapshot.file": str(folder / "link" / "snapshots" / "peers")},
            "snapshot.file ",
        ),
        (memif(folder / "sock"), memif(folder / "sock"), f"socket {folder}/sock "),
    ):
        holder = start_and_wait(lab, write_config(lab, first))
        check_refused(lab, write_config(lab, second), words, holder)
        holder.process.send_signal(signal.SIGTERM)
        holder.end().check_clean()
        run(lab, "-c", write_config(lab, second), "--run-for", "1").check_clean()
    left = sorted(entry.name for entry in folder.iterdir())
    check(left == ["link", "snapshots"], f"left behind: {left}")
    left = sorted(entry.name for entry in snapshots.iterdir())
    check(left == ["peers", "peers.1"], f"left behind: {left}")
    # One key file is for all.
    key = {"tracker.key_file": str(folder / "key")}
    holder = start_and_wait(lab, write_config(lab, key))
    run(lab, "-c", write_config(lab, key), "--run-for", "1").check_clean()
    holder.process.send_signal(signal.SIGTERM)
    holder.end().check_clean()


@case("locks: what a killed Weir leaves behind does not stop the next")
def left_behind(lab):
    folder = lab.folder()
    settings = {"memory.file_prefix": "killed", "export.file": str(folder / "list"), **memif(folder / "sock")}
    killed = start_and_wait(lab, write_config(lab, settings))
    killed.process.kill()
    killed.end()
    check((folder / "sock").is_socket(), "no socket was left behind")
    ended = run(lab, "-c", write_config(lab, settings), "--run-for", "1")
    ended.check_clean()
    ended.said(f"removed the socket {folder}/sock, which a dead process left behind")
    # One that somebody listens on, and what is no socket, are left alone.
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(folder / "sock"))
        listener.listen()
        ended = run(lab, "-c", write_config(lab, settings), "--run-for", "5")
        check_status(ended, FAILED)
        check_nothing_started(ended)
        check(f"process {os.getpid()} listens on {folder}/sock" in ended.err, ended.err)
    (folder / "sock").unlink()
    (folder / "sock").write_text("precious")
    ended = run(lab, "-c", write_config(lab, settings), "--run-for", "5")
    check_status(ended, FAILED)
    check("is there and is not a socket" in ended.err, ended.err)
    check((folder / "sock").read_text() == "precious", "it was removed")
