# SPDX-License-Identifier: BSD-3-Clause
"""What Weir may do once it serves: the user, capabilities and filters of every thread."""

import contextlib
import os
import pathlib
import pwd
import signal
import time

from appliance import Watched
from cases_command_line import OK, WRONG, check_nothing_started, check_status, run, write_config
from cases_lcores import by_nobody
from suite import Skipped, case, check

FILTER_S = 5  # until a lcore has its filter, on a busy machine

USER = "nobody"


def sanitized(lab):
    """The run times of sanitizers make calls of their own, so there is no filter."""
    return b"__asan_init" in lab.weir.path.read_bytes()


@contextlib.contextmanager
def serving(lab, settings):
    watched = Watched(lab.weir.start(["-c", write_config(lab, settings)], lab.folder()))
    try:
        watched.wait_for("weir: ready")
        yield watched
    finally:
        watched.process.send_signal(signal.SIGTERM)
        ended = watched.end()
    check_status(ended, OK)


def threads(watched):
    """The status of each thread, by its name."""
    for task in pathlib.Path(f"/proc/{watched.process.pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        yield (task / "comm").read_text().strip(), status


def filter_counts(found):
    """The numbers of filters that threads have."""
    return {status["Seccomp_filters"] for _, status in found}


@case("rights: a user that does not exist, or that is root, is refused")
def wrong_user(lab):
    for name, words in (("no-such-user", "no such user"), ("root", "must not be root")):
        ended = run(lab, "-c", write_config(lab, {"security.user": name}), "--check")
        check_status(ended, WRONG)
        check("security.user" in ended.err and words in ended.err, ended.err)
        check_nothing_started(ended)


@case("rights: no thread may get new privileges, not one that DPDK starts either, with filters or without")
def no_new_privileges(lab):
    for mode in ("on", "off"):
        with serving(lab, {"security.seccomp": mode}) as watched:
            found = list(threads(watched))
        check(len(found) >= 3, f"{found}")
        wrong = [name for name, status in found if status["NoNewPrivs"] != "1"]
        check(not wrong, f"security.seccomp = {mode}: threads {wrong} may get new privileges")


@case("rights: every thread has a filter of system calls, lcores have another one; off: none")
def filters(lab):
    if sanitized(lab):
        raise Skipped("Weir sets no filter where it is built with a sanitizer")
    for mode, expected in (("on", "2"), ("log", "2"), ("off", "0")):
        with serving(lab, {"security.seccomp": mode}) as watched:
            found = list(threads(watched))
            deadline = time.monotonic() + FILTER_S  # a lcore sets its own one, when its CPU is free
            while expected == "2" and filter_counts(found) == {"1"} and time.monotonic() < deadline:
                time.sleep(0.05)
                found = list(threads(watched))
        check(len(found) >= 3, f"{found}")
        wrong = [name for name, status in found if status["Seccomp"] != expected]
        check(not wrong, f"security.seccomp = {mode}: threads {wrong} are not in mode {expected}")
        if expected == "2":
            counts = filter_counts(found)
            check(len(counts) == 2, f"security.seccomp = {mode}: numbers of filters {counts}")


@case("rights: a device that takes more rights than Weir has ends the start with what to do")
def too_few(lab):
    weir = by_nobody(lab)
    folder = lab.folder()
    weir.adopt(folder)
    settings = {"driver.eal": ["--no-pci", "--vdev=net_tap0,iface=denied0"]}
    path = write_config(lab, settings)
    path.parent.chmod(0o711)
    ended = weir.run(["-c", path], folder)
    check_status(ended, 1)
    for words in ("DPDK found no port", "start Weir as root or by weir.service"):
        check(words in ended.err, ended.err)


@case("rights: started by root, Weir becomes security.user in every thread, and does so again")
def becomes_user(lab):
    if os.geteuid() != 0:
        raise Skipped("nobody here is root: there is nothing to give up")
    for passed in (lab.root, lab.weir.runtime):
        passed.chmod(0o711)  # the user may pass, to folders of its own
    user = pwd.getpwnam(USER)
    folder = lab.folder()
    folder.chmod(0o700)
    os.chown(folder, user.pw_uid, user.pw_gid)
    settings = {
        "security.user": USER,
        "tracker.key_file": f"{folder}/key",
        "snapshot.file": f"{folder}/peers",
        "memory.file_prefix": lab.file_prefix(),
    }
    for _ in range(2):  # the second start finds files of that user
        with serving(lab, settings) as watched:
            found = list(threads(watched))
        for name, status in found:
            check(set(status["Uid"].split()) == {str(user.pw_uid)}, f"{name}: user {status['Uid']}")
            held = [kind for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(status[kind], 16)]
            check(not held, f"{name} holds capabilities: {held}")
            check(status["NoNewPrivs"] == "1", f"{name} may get new privileges")
        owners = {path.name: path.stat().st_uid for path in folder.iterdir()}
        check({"key", "peers"} <= set(owners), f"{owners}")
        check(set(owners.values()) == {user.pw_uid}, f"{owners}")
