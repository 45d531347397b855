# SPDX-License-Identifier: BSD-3-Clause
"""Core dumps hold keys: none is written unless somebody asks for them."""

import pathlib
import re
import resource
import signal
import subprocess

from appliance import Watched
from cases_command_line import write_config
from cases_output import program
from suite import Skipped, case, check

# Whoever starts us allows as much as may be allowed.
ALLOW = ("sh", "-c", 'ulimit -c "$(ulimit -H -c)" && exec "$@"', "sh")


def core_limit(pid):
    text = pathlib.Path(f"/proc/{pid}/limits").read_text()
    return re.search(r"^Max core file size +(\S+) +(\S+)", text, re.M).groups()


def abort(watched):
    watched.process.send_signal(signal.SIGABRT)
    ended = watched.end()
    check(ended.status == -signal.SIGABRT, f"status {ended.status}\n{ended.err}")


def check_may_dump():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if 0 <= hard < 1 << 30:
        raise Skipped(f"no core dumps here: the hard limit is {hard} bytes")


@case("core dumps: weir writes none, unless --core-dumps allows them")
def weir(lab):
    if lab.weir.wrapper:
        raise Skipped("the wrapper is what would be dumped")
    check_may_dump()
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    for options, dumps in (((), False), (("--core-dumps",), True)):
        folder = lab.folder()
        started = lab.another_weir(before=ALLOW).start(["-c", write_config(lab), *options], folder)
        watched = Watched(started)
        watched.wait_for("weir: ready")
        limit = core_limit(watched.process.pid)
        # 1, not 0: a pattern that pipes dumps into a program ignores 0.
        check((limit == ("1", "1")) != dumps, f"{options}: limit {limit}")
        abort(watched)
        if pattern.startswith(("|", "/", "@")):
            continue  # they go elsewhere
        left = list(folder.iterdir())
        if any(path.name.startswith("qemu_") for path in left):
            raise Skipped("qemu-user writes core dumps of its own")
        expected = dumps and limit[0] != "0"  # sanitizers forbid them, too
        check(bool(left) == expected, f"{options}: left behind: {left}")


@case("core dumps: weir-gateway writes none, in neither of its processes")
def gateway(lab):
    check_may_dump()
    path = program(lab, "weir-gateway")
    token = lab.folder() / "token"
    token.write_text("x" * 32 + "\n")
    token.chmod(0o600)
    process = subprocess.Popen(
        [*ALLOW, path, "--listen", "127.0.0.1:0", "--token-file", token],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stderr.readline()
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    limits = {core_limit(pid) for pid in (process.pid, *children.split())}
    process.terminate()
    process.communicate(timeout=60)
    check(limits <= {("0", "0"), ("1", "1")}, f"{limits}\n{line}")
