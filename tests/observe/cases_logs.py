# SPDX-License-Identifier: BSD-3-Clause
"""Where Weir's messages go: standard error, the journal, syslog; and what when nobody reads them."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time

import config
import telemetry
from appliance import TIMEOUT_S
from suite import Skipped, case, check

RING = {
    "driver.virtual": True,
    "driver.eal": ["--no-pci", "--vdev=net_ring0"],
    "driver.rx_descriptors": 256,
    "driver.tx_descriptors": 256,
    "swarm.max_torrents": 1000,
    "swarm.max_peers": 1000,
    "host.dad": False,  # ready at once
}
PORT = {"addresses": ["10.77.0.1/24"]}
PRIORITIES = (("weir: error: ", 3), ("weir: warning: ", 4), ("weir: debug: ", 7), ("weir: ", 6))


def write_config(laboratory, settings=None, ports=(PORT,)):
    """Returns the path and the file prefix."""
    prefix = laboratory.file_prefix()
    path = laboratory.folder() / "weir.cfg"
    settings = {**RING, "memory.file_prefix": prefix, **(settings or {})}
    path.write_text(config.text(settings, list(ports)))
    return path, prefix


def start(laboratory, path, *, stderr, run_for_s=1, environment=None, inside=()):
    return subprocess.Popen(
        [*inside, laboratory.programs.weir, "-c", path, "--run-for", str(run_for_s)],
        env={**laboratory.environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stderr=stderr,
    )


def run(laboratory, path, stream=None):
    """Runs a Weir whose standard error is a pipe; `stream(pipe)`: its JOURNAL_STREAM."""
    reader, writer = os.pipe()
    environment = {"JOURNAL_STREAM": stream(writer)} if stream else {}
    process = start(laboratory, path, stderr=writer, environment=environment)
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    return process.wait(timeout=TIMEOUT_S), said.splitlines()


def stream_of(pipe, more=0):
    status = os.fstat(pipe)
    return f"{status.st_dev}:{status.st_ino + more}"


def kinds(lines):
    """Lines without what differs from run to run."""
    return [re.sub(r"\d+", "N", line) for line in lines if " stat " not in line]


def check_priorities(lines):
    for line in lines:
        found = re.match(r"<(\d)>(.*)", line)
        check(found, f"no priority: {line}")
        for words, priority in PRIORITIES:
            if found[2].startswith(words):
                check(int(found[1]) == priority, f"not priority {priority}: {line}")
                break


@case("logs: only the journal gets priorities")
def journal(laboratory):
    path, _ = write_config(laboratory, {"log.level": "debug"})
    status, plain = run(laboratory, path)
    check(status == 0 and "weir: ready" in plain, "\n".join(plain))
    check(not any(line.startswith("<") for line in plain), "\n".join(plain))
    status, lines = run(laboratory, path, stream_of)
    check(status == 0 and "<6>weir: ready" in lines, "\n".join(lines))
    check_priorities(lines)
    check(any(line.startswith("<7>weir: debug: EAL argument") for line in lines), "no debug line")
    bare = [line[3:] for line in lines]
    check(kinds(bare) == kinds(plain), "\n".join(bare))
    status, lines = run(laboratory, path, lambda pipe: stream_of(pipe, 1))  # redirected since
    check(status == 0 and kinds(lines) == kinds(plain), "\n".join(lines))


@case("logs: log.target selects the destination")
def by_name(laboratory):
    path, _ = write_config(laboratory, {"log.target": "stderr"})
    status, lines = run(laboratory, path, stream_of)
    check(status == 0 and "weir: ready" in lines, "\n".join(lines))
    path, _ = write_config(laboratory, {"log.target": "journal", "memory.size": 1})
    status, lines = run(laboratory, path)
    errors = [line for line in lines if line.startswith("<3>weir: error: not enough memory for")]
    check(status == 1 and len(errors) == 1, "\n".join(lines))
    check_priorities(lines)


@case("logs: every line appears once, DPDK's too")
def not_doubled(laboratory):
    path, _ = write_config(
        laboratory, {"driver.eal": ["--no-pci", "--vdev=no_such_driver0"], "log.level": "debug"}
    )
    for stream in (None, stream_of):
        status, lines = run(laboratory, path, stream)
        check(status == 1, f"exit status {status}\n" + "\n".join(lines))
        named = [line for line in lines if "no_such_driver0" in line and "argument" not in line]
        check(named and len(set(named)) == len(named), "\n".join(lines))


class Syslog:
    """Reads a socket that stands for /dev/log."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.messages = []
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self):
        while message := self.socket.recv(1 << 16):
            self.messages.append(message.decode())

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()


# A /dev of its own: what Weir needs of the real one, and a log socket. $1 becomes the /dev, $2 is the
# socket; the rest is run.
PRIVATE_DEV = """
set -e
mount -t tmpfs none "$1"
for name in null zero urandom random full; do
    touch "$1/$name"
    mount --bind "/dev/$name" "$1/$name"
done
[ -z "$2" ] || ln -s "$2" "$1/log"
mount --rbind "$1" /dev
shift 2
exec "$@"
"""


def private_dev(laboratory, socket_path):
    if os.geteuid() != 0:
        raise Skipped("needs root for a /dev/log of its own")
    words = ["unshare", "--mount", "sh", "-c", PRIVATE_DEV, "sh", laboratory.folder(), socket_path]
    return [str(word) for word in words]


@case("logs: syslog")
def syslog(laboratory):
    log_socket = laboratory.folder() / "log"
    inside = private_dev(laboratory, log_socket)
    path, _ = write_config(laboratory, {"log.target": "syslog"})
    with contextlib.closing(Syslog(log_socket)) as log:
        process = start(laboratory, path, stderr=subprocess.PIPE, inside=inside)
        said = process.communicate(timeout=TIMEOUT_S)[1]
    check(process.returncode == 0 and said == b"", f"on standard error:\n{said.decode()}")
    daemon = 3 << 3
    expected = re.compile(rf"<(\d+)>\w+ +\d+ [\d:]+ weir\[{process.pid}\]: (.*)", re.S)
    texts = []
    for message in log.messages:
        found = expected.fullmatch(message)
        check(found, f"not as syslog has it: {message!r}")
        texts.append((int(found[1]), found[2].rstrip("\n")))
    check(texts.count((daemon | 6, "ready")) == 1, f"{texts}")
    check(texts.count((daemon | 6, "stopping: 1 seconds have passed")) == 1, f"{texts}")
    check(texts[-1][1].endswith("mbufs returned"), f"{texts[-1]}")


@case("logs: without a syslog daemon, everything goes to standard error")
def no_syslog(laboratory):
    inside = private_dev(laboratory, "")
    path, _ = write_config(laboratory, {"log.target": "syslog"})
    process = start(laboratory, path, stderr=subprocess.PIPE, inside=inside)
    said = process.communicate(timeout=TIMEOUT_S)[1].decode()
    check(process.returncode == 0, said)
    check("weir: warning: no syslog daemon listens at /dev/log" in said, said)
    check("weir: ready\n" in said, said)


@case("logs: messages above log.rate are left out and counted, except at start and end")
def rate(laboratory):
    addresses = [f"10.77.0.{i}/24" for i in range(1, 9)]
    path, _ = write_config(
        laboratory, {"log.rate": 1, "host.allow_private": True}, [{"addresses": addresses}]
    )
    process = start(laboratory, path, stderr=subprocess.PIPE, run_for_s=4)
    lines = []
    for line in process.stderr:
        lines.append(line.decode().rstrip("\n"))
        if lines[-1] == "weir: ready":
            break
    hangups = 8
    for _ in range(hangups):
        process.send_signal(signal.SIGHUP)
        time.sleep(0.15)  # a tick sees one
    lines += process.stderr.read().decode().splitlines()
    check(process.wait(TIMEOUT_S) == 0, "\n".join(lines))
    process.stderr.close()
    ready = lines.index("weir: ready")
    ours = [line for line in lines[:ready] if line.endswith(": no conflict, in use")]
    check(len(ours) == len(addresses), "\n".join(lines))
    summary = next(i for i, line in enumerate(lines) if line.startswith("weir: ran for "))
    running = lines[ready + 1 : summary]
    lost = [re.fullmatch(r"weir: warning: (\d+) messages? (?:was|were) left out", x) for x in running]
    lost_count = sum(int(found[1]) for found in lost if found)
    said = [line for line in running if "left out" not in line]
    # Each SIGHUP, the end.
    check(len(said) + lost_count == hangups + 1, "\n".join(running))
    check(lost_count > 0, "\n".join(running))
    check(lines[-1].endswith("mbufs returned"), lines[-1])


def check_lives(laboratory, process, prefix):
    """A Weir that answers, and ends as it should."""
    path = telemetry.socket_path(laboratory.weir.runtime, prefix)
    deadline = time.monotonic() + TIMEOUT_S
    told = None
    while told is None:
        check(time.monotonic() < deadline and process.poll() is None, "it does not answer")
        with contextlib.suppress(OSError, ValueError, KeyError):
            told = telemetry.ask(path, "/weir/info")
        time.sleep(0.05)
    process.terminate()
    check(process.wait(timeout=TIMEOUT_S) == 0, f"exit status {process.returncode}")


@case("logs: Weir survives a standard error that is closed, full or without reader")
def nobody_reads(laboratory):
    key = laboratory.folder() / "key"
    settings = {"tracker.key_file": str(key), "log.level": "debug"}
    path, prefix = write_config(laboratory, settings)
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    process = start(laboratory, path, stderr=None, run_for_s=60, inside=closed)
    check_lives(laboratory, process, prefix)
    check(re.fullmatch(r"[0-9a-f]{64}\n", key.read_text()), "messages went into a file of ours")

    path, prefix = write_config(laboratory, settings)
    with open("/dev/full", "wb") as full:
        check_lives(laboratory, start(laboratory, path, stderr=full, run_for_s=60), prefix)

    path, prefix = write_config(laboratory, settings)
    reader, writer = os.pipe()
    process = start(laboratory, path, stderr=writer, run_for_s=60)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    check_lives(laboratory, process, prefix)

    path, prefix = write_config(laboratory, settings)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, b"x" * 4096):
            pass
    os.set_blocking(writer, True)
    process = start(laboratory, path, stderr=writer, run_for_s=60)  # nobody reads, ever
    check_lives(laboratory, process, prefix)
    os.close(reader)
    os.close(writer)


@case("logs: a telemetry client that disconnects before the reply does not end Weir")
def asker_leaves(laboratory):
    path, prefix = write_config(laboratory)
    process = start(laboratory, path, stderr=subprocess.PIPE, run_for_s=60)
    threading.Thread(target=process.stderr.read, daemon=True).start()
    socket_path = telemetry.socket_path(laboratory.weir.runtime, prefix)
    deadline = time.monotonic() + TIMEOUT_S
    asked = 0
    while asked < 50:
        check(time.monotonic() < deadline, f"nobody listens; {asked} have asked")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            try:
                connection.connect(socket_path)
                connection.send(b"/weir/stats")
                asked += 1
            except OSError:  # not there yet, or DPDK turns away who comes while ten are served
                time.sleep(0.05)
    check_lives(laboratory, process, prefix)
