# SPDX-License-Identifier: BSD-3-Clause
"""--check before an upgrade: beside the Weir that serves, and by other users; what failed restarts leave."""

import json
import os
import signal

from appliance import Watched
from cases_command_line import FAILED, OK, PORT, WRONG, check_nothing_started, check_status, run, write_config
from cases_lcores import NOBODY, by_nobody
from cases_snapshot import _ask, _fill, _next, _settings
from suite import Skipped, case, check


def files(*folders):
    """Everything below the folders: what a program that only looks leaves as it is."""
    found = {}
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            status = path.lstat()
            found[path] = (status.st_ino, status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns)
    return found


def state(lab):
    """A folder, and settings that keep everything in it that outlives a Weir or is locked by it."""
    folder = lab.folder()
    return folder, {
        "memory.file_prefix": lab.file_prefix(),
        "tracker.key_file": f"{folder}/key",
        "snapshot.file": f"{folder}/peers",
        "export.file": f"{folder}/list",
        "control.socket": f"{folder}/control",
    }


@case("check: beside a Weir with the same prefix, files and sockets it succeeds, and disturbs nothing")
def beside(lab):
    folder, settings = state(lab)
    path = write_config(lab, settings)
    watched = Watched(lab.weir.start(["-c", path], lab.folder()))
    watched.wait_for("weir: ready")
    runtime = lab.weir.runtime / "dpdk" / settings["memory.file_prefix"]  # those beside it are of other cases
    before, said = files(folder, runtime), watched.text()
    for action in (
        ["--check"],
        ["--check", "--json"],
        ["--print-config"],
        ["--print-setting", "tracker.port"],
    ):
        ended = run(lab, "-c", path, *action)
        check_status(ended, OK)
        check(ended.err == "", ended.err)
    wrong = write_config(lab, settings, extra="no_such = { setting = 1; };\n")
    check_status(run(lab, "-c", wrong, "--check"), WRONG)
    changed = {str(name) for name, _ in set(files(folder, runtime).items()) ^ set(before.items())}
    check(not changed, f"changed: {changed}")
    check(watched.text() == said, f"the Weir that serves said more\n{watched.text()}")
    check_status(run(lab, "-c", path, "--run-for", "1"), FAILED)  # a start is refused, in the same place
    watched.process.send_signal(signal.SIGTERM)
    watched.end().check_clean()
    check((folder / "peers").exists(), "no snapshot at the end")


@case("check: other users than Weir's can run it, and are told what they may not read")
def by_others(lab):
    folder, settings = state(lab)
    run(lab, "-c", write_config(lab, settings), "--run-for", "1").check_clean()
    before = files(folder)
    nobody = by_nobody(lab)
    path = write_config(lab, {"memory.file_prefix": settings["memory.file_prefix"]})
    path.parent.chmod(0o755)
    ended = nobody.run(["-c", path, "--check"], nobody.runtime)
    check_status(ended, OK)
    check(ended.err == "" and "configuration OK" in ended.out, ended.err + ended.out)
    path = write_config(lab, settings)
    path.parent.chmod(0o755)
    ended = nobody.run(["-c", path, "--check"], nobody.runtime)
    check_status(ended, WRONG)
    for name, file in (("tracker.key_file", "key"), ("snapshot.file", "peers")):
        words = f"{name}: {folder}/{file} cannot be read: Permission denied"
        check(words in ended.err, f"no {words} in\n{ended.err}")
    check(files(folder) == before, "files were changed")


@case("check: root can check the files of the user who runs Weir, who alone can start with them")
def by_root(lab):
    if os.geteuid() != 0:
        raise Skipped("only root can")
    folder, settings = state(lab)
    path = write_config(lab, settings)
    run(lab, "-c", path, "--run-for", "1").check_clean()
    for entry in folder.iterdir():
        os.chown(entry, NOBODY, NOBODY)
    ended = run(lab, "-c", path, "--check")
    check_status(ended, OK)
    for name, file in (("tracker.key_file", "key"), ("snapshot.file", "peers")):
        words = f"weir: warning: {name}: {folder}/{file} belongs to user {NOBODY}, so that only this user can"
        check(words in ended.err, f"no {words} in\n{ended.err}")
    check_status(run(lab, "-c", path, "--print-setting", "tracker.port"), OK)
    ended = run(lab, "-c", path, "--run-for", "5")
    check_status(ended, WRONG)
    check_nothing_started(ended)
    check(f"belongs to user {NOBODY}; it must belong to user 0" in ended.err, ended.err)


@case("check: what ports leave to the kernel is a part of the plan, and its memory, too")
def kernel(lab):
    path = write_config(lab, ports=[{**PORT, "exception": "kernel0"}])
    words = "goes to the kernel, through interface kernel0"
    rings = {}
    for action in ("--check", "--plan"):
        ended = run(lab, "-c", path, action)
        check_status(ended, OK)
        check(words in ended.out, ended.out)
        plan = json.loads(run(lab, "-c", path, action, "--json").out)
        check(plan["ports"][0]["exception"] == "kernel0", str(plan["ports"]))
        rings[action] = plan["memory"]["parts_bytes"]["rings"]
    plan = json.loads(run(lab, "-c", write_config(lab, ports=[PORT]), "--plan", "--json").out)
    check(plan["ports"][0]["exception"] == "", str(plan["ports"]))
    io_lcores = sum(lcore["io"] for lcore in plan["lcores"])
    more = rings["--plan"] - plan["memory"]["parts_bytes"]["rings"]
    check(more > io_lcores * 300 * 1518, f"{more} bytes of memory for {io_lcores} io lcores")
    ended = run(lab, "-c", write_config(lab, {"driver.isolate": True}), "--plan")
    check("driver.isolate: all but the tracker's datagrams stays with the kernel" in ended.out, ended.out)


@case("check: a restart with a configuration that does not fit, or that cannot start, loses no torrent")
def failed_restarts(lab):
    path = lab.folder() / "peers"
    scenario = lab.scenario(settings=_settings(path))
    _fill(scenario)
    scenario.run()
    before = files(*path.parent.iterdir())
    snapshot = {"snapshot.file": str(path)}
    for status, config in (
        (WRONG, write_config(lab, snapshot, extra="tracker = { announce_over_carrier_pigeon = true; };\n")),
        (WRONG, write_config(lab, {**snapshot, "swarm.max_peers": 0})),
        (FAILED, write_config(lab, {**snapshot, "memory.size": 1})),
        (FAILED, write_config(lab, snapshot, [{"device": "net_ring5", **PORT}])),  # after it was loaded
    ):
        check_status(run(lab, "-c", config, "--run-for", "5"), status)
        check(files(*path.parent.iterdir()) == before, f"files were changed by\n{config.read_text()}")
    scenario = _next(lab, scenario, path)
    _ask(scenario)
    scenario.run()
