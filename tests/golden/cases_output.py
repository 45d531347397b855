# SPDX-License-Identifier: BSD-3-Clause
"""Every program, every output: what standard output does not take is an error."""

import os
import subprocess
import sys

from appliance import Watched
from cases_command_line import run, write_config
from lab import REPOSITORY
from suite import Skipped, case, check

TIMEOUT_S = 60

# Programs beside weir in the folder that meson builds, and what they are asked to print.
TEXTS = {
    "weir": (
        ("--help",),
        ("--version",),
        ("--print-options",),
        ("--print-options=man",),
        ("--print-control",),
        ("--print-telemetry",),
        ("-c", "CONFIG", "--check"),
        ("-c", "CONFIG", "--check", "--json"),
        ("-c", "CONFIG", "--plan"),
        ("-c", "CONFIG", "--plan", "--json"),
        ("-c", "CONFIG", "--print-config"),
        ("-c", "CONFIG", "--print-setting", "tracker.interval"),
    ),
    "weirctl": (("--help",), ("--version",)),
    "weir-gateway": (("--help",), ("--version",)),
    "weir-migrate": (
        ("--help",),
        ("--help=man",),
        ("--version",),
        ("aquatic", "-c", "AQUATIC", "--check"),
        ("aquatic", "-c", "AQUATIC", "--check", "--json"),
    ),
    "weir-load": (
        ("--help",),
        ("--version",),
        ("--print-hashes", "/dev/stdout", "--torrents", "9"),
        ("--write", "/dev/null", "--count", "9", "--json", "-"),
    ),
}

# Of tests/bench, which scripts/bench runs.
BENCHES = {
    "bench_stalls": ("0.1", "CPU"),
    "bench_swarm": ("--help",),
    "bench_control": ("--help",),
    "bench_repository": ("--help",),
}

# Of a running Weir.
COMMANDS = ("info", "stats", "verdicts", "lcores", "memory", "config", "health", "torrents")

SCRIPTS = ("run", "test", "lint", "bench", "profile", "demo.py")


def close_output():
    os.close(1)


def ended_with(words, environment, **how):
    return subprocess.run(
        list(map(str, words)),
        env={**os.environ, "LC_ALL": "C", **environment},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT_S,
        **how,
    )


def judge_output(words, environment=None, name="standard output"):
    """What is wrong with a program that prints to a full device, and to a closed descriptor."""
    environment = environment or {}
    good = ended_with(words, environment, stdout=subprocess.PIPE)
    if good.returncode != 0 or not good.stdout:
        return [f"{words}: status {good.returncode}, {len(good.stdout)} bytes\n{good.stderr}"]
    wrong = []
    with open("/dev/full", "w") as full:
        for how, ended in (
            ("full", ended_with(words, environment, stdout=full)),
            ("closed", ended_with(words, environment, preexec_fn=close_output)),
        ):
            if ended.returncode in (0, None) or ended.returncode < 0 or name not in ended.stderr:
                wrong.append(f"{words}, {how}: status {ended.returncode}\n{ended.stderr}")
    return wrong


def program(lab, name):
    folder = lab.weir.path.parent
    found = folder / name if name == "weir" else folder.parent / name / name
    if not found.exists():
        raise Skipped(f"{found} was not built")
    return found


@case("output: every program reports a full device or a closed descriptor")
def texts(lab):
    files = {"CONFIG": write_config(lab), "AQUATIC": REPOSITORY / "tests" / "migrate" / "aquatic.toml"}
    wrong = []
    for name, rows in TEXTS.items():
        path = program(lab, name)
        for row in rows:
            words = [path, *(files.get(word, word) for word in row)]
            # weir-load names the option with the file that it was told to write.
            named = name == "weir-load" and row[0] not in ("--help", "--version")
            wrong += judge_output(words, name="weir-load: --" if named else "standard output")
    check(not wrong, "\n".join(wrong))


@case("output: programs of scripts/bench report a full device or a closed descriptor")
def benches(lab):
    folder = lab.weir.path.parents[2] / "tests" / "bench"
    cpu = str(min(os.sched_getaffinity(0)))
    wrong = []
    for name, arguments in BENCHES.items():
        if not (folder / name).exists():
            raise Skipped(f"{name} was not built")
        words = [folder / name, *(cpu if word == "CPU" else word for word in arguments)]
        wrong += judge_output(words)
    check(not wrong, "\n".join(wrong))


@case("output: weirctl's tables and JSON report a full device or a closed descriptor")
def tables(lab):
    weirctl = program(lab, "weirctl")
    environment = {"RUNTIME_DIRECTORY": str(lab.weir.runtime)}
    prefix = lab.file_prefix()
    watched = Watched(lab.weir.start(["-c", write_config(lab, {"memory.file_prefix": prefix})], lab.folder()))
    watched.wait_for("weir: ready")
    wrong = []
    for command in COMMANDS:
        for options in ((), ("--json",)):
            words = [weirctl, "--file-prefix", prefix, *options, command]
            wrong += judge_output(words, environment)
    watched.process.terminate()
    watched.end().check_clean()
    check(not wrong, "\n".join(wrong))


@case("output: help of every script reports a full device or a closed descriptor")
def scripts(lab):
    wrong = []
    for name in SCRIPTS:
        path = REPOSITORY / "scripts" / name
        words = [sys.executable, path] if name.endswith(".py") else [path]
        wrong += judge_output([*words, "--help"], name="")
    check(not wrong, "\n".join(wrong))


@case("output: a reader that closes the pipe causes no message, and no success")
def reader_leaves(lab):
    reading, writing = os.pipe()
    os.close(reading)
    ended = ended_with([lab.weir.path, "--print-options"], {}, stdout=writing)
    os.close(writing)
    check(ended.returncode == 1 and ended.stderr == "", f"{ended.returncode}: {ended.stderr}")
    # Standard output is no matter to a Weir that serves.
    ended = run(lab, "-c", write_config(lab), "--run-for", "1")
    ended.check_clean()


@case("output: weir-load fails at once on a FIFO that nobody reads")
def fifos(lab):
    load = program(lab, "weir-load")
    fifo = lab.folder() / "fifo"
    os.mkfifo(fifo)
    for words in (("--print-hashes", fifo), ("--write", fifo), ("--write", "/dev/null", "--json", fifo)):
        ended = ended_with([load, "--torrents", "9", "--count", "9", *words], {})
        said = str(fifo) in ended.stderr and "No such device or address" in ended.stderr
        check(ended.returncode == 1 and said, f"{words}: {ended.returncode}\n{ended.stderr}")
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    ended = ended_with([load, "--torrents", "9", "--print-hashes", fifo], {})
    check(ended.returncode == 0, ended.stderr)
    check(len(os.read(reader, 4096)) == 9 * 41, "it was not written")
    os.close(reader)
