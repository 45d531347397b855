# SPDX-License-Identifier: BSD-3-Clause
"""Each setting that a reload changes is seen to change what Weir does."""

import contextlib
import time

import frames
import reloading
from cases_capture import Wire
from cases_logs import Syslog, private_dev
from private_network import private_network
from suite import case, check

CLIENT = frames.client4(50)
OPEN = {"host.echo_rate": 1000000, "host.neighbour_rate": 1000000, "host.unreachable_rate": 1000000}
AF_PACKET = {"driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"]}


def ping(port):
    return frames.echo(CLIENT, port)


def resolve(port):
    return frames.arp(CLIENT, port)


def wrong_port(port):
    return frames.request(CLIENT, port, bytes(40), udp={"dport": 1})


# A setting, what is sent 20 times, and the verdict that comes of it alone or with others.
HOST = (
    ({}, ping, "echo_answered"),
    ({"host.echo_rate": 0}, ping, "echo_limited"),
    ({}, ping, "echo_answered"),
    ({}, resolve, "arp_answered"),
    ({"host.neighbour_rate": 1}, resolve, "arp_limited"),
    ({}, resolve, "arp_answered"),
    ({}, wrong_port, "port_unreachable"),
    ({"host.unreachable_rate": 0}, wrong_port, "unreachable_limited"),
    ({"host.port_unreachable": False}, wrong_port, "port_closed"),
    ({}, wrong_port, "port_unreachable"),
)
FRAMES = 20
OTHERS_MAX = 3  # replies that a rate of 1 allows in this time


@contextlib.contextmanager
def on_a_wire(laboratory):
    """A Weir on an interface, what sends it frames, and a function for its file with settings."""
    prefix = laboratory.file_prefix()

    def text(settings):
        return reloading.config_text(prefix, {**AF_PACKET, **OPEN, **settings})

    with contextlib.ExitStack() as stack:
        inside = stack.enter_context(private_network(frames.Port().mac))
        weir = stack.enter_context(reloading.running(laboratory, text({}), inside))
        yield weir, stack.enter_context(contextlib.closing(Wire(inside))), text


def send(weir, wire, frame):
    """Until each has its verdict."""
    decided = weir.weir.decided()
    for _ in range(FRAMES):
        wire.send(bytes(frame))
    weir.weir.wait_for(lambda: weir.weir.decided() >= decided + FRAMES, "verdicts")


@case("reload in force: rates and replies of the host stack")
def host_stack(laboratory):
    with on_a_wire(laboratory) as (weir, wire, text):
        for settings, build, verdict in HOST:
            weir.reload(text(settings))
            before = weir.weir.ask("/weir/verdicts")[verdict]
            send(weir, wire, build(frames.Port()))
            count = weir.weir.ask("/weir/verdicts")[verdict] - before
            least = FRAMES - OTHERS_MAX if verdict == "arp_limited" else FRAMES
            check(least <= count <= FRAMES, f"{settings}: {verdict} {count} times")


@case("reload in force: telemetry.stage_turns")
def stage_turns(laboratory):
    with on_a_wire(laboratory) as (weir, wire, text):
        for every, items in ((1, FRAMES), (0, 0), (1, FRAMES)):
            weir.reload(text({"telemetry.stage_turns": every}))
            time.sleep(0.2)  # for the turn that follows it
            before = weir.weir.ask("/weir/stages")
            send(weir, wire, ping(frames.Port()))
            time.sleep(0.2)  # for the turn that they belong to
            after = weir.weir.ask("/weir/stages")
            check(after["stage_turns"] == every, f"{after}")
            timed = after["receive_items"] - before["receive_items"]
            check(timed >= items if items else timed == 0, f"{every}: {timed} packets timed")


def exporting(prefix, path, interval=1):
    return reloading.config_text(prefix, {"export.file": str(path), "export.interval": interval})


def runs(weir):
    return weir.weir.ask("/weir/export")["runs"]


def wait_export(weir, path):
    weir.weir.wait_for(path.exists, f"{path} is written")


@case("reload in force: export.file, export.interval")
def export(laboratory):
    prefix, folder = laboratory.file_prefix(), laboratory.folder()
    one, other = folder / "one", folder / "other"
    with reloading.running(laboratory, reloading.config_text(prefix)) as weir:
        weir.reload(exporting(prefix, one))
        wait_export(weir, one)
        weir.reload(exporting(prefix, other))
        wait_export(weir, other)
        one.unlink()
        weir.reload(exporting(prefix, other, 600))
        time.sleep(1.1)  # one that had begun
        before = runs(weir)
        time.sleep(2.5)
        check(runs(weir) == before, "it exports too often")
        weir.reload(exporting(prefix, other, 1))
        weir.weir.wait_for(lambda: runs(weir) >= before + 2, "two exports")
        check(not one.exists(), "the file before is still written")
        hidden = folder.with_name(folder.name + "-hidden")
        folder.rename(hidden)
        weir.weir.wait_for(lambda: weir.weir.ask("/weir/health")["export_failing"], "it fails")
        weir.reload(exporting(prefix, ""))
        weir.weir.wait_for(lambda: not weir.weir.ask("/weir/health")["export_failing"], "it is over")
        hidden.rename(folder)
        before = runs(weir)
        time.sleep(2)
        check(runs(weir) == before, "it exports without a file")


@case("reload in force: the lock of export.file goes with the name")
def export_lock(laboratory):
    folder = laboratory.folder()
    one, other = folder / "one", folder / "other"
    (folder / "link").symlink_to(folder)
    first, second = laboratory.file_prefix(), laboratory.file_prefix()
    with reloading.running(laboratory, exporting(first, one)) as weir:
        weir.reload(exporting(first, other))
        check(not (folder / "one.lock").exists(), "the lock before is still there")
        with reloading.running(laboratory, exporting(second, one)) as another:
            before = len(weir.said())
            weir.refuse(exporting(first, one))
            said = weir.said()[before:]
            check(f"{weir.path}:" in said and ": export.file: " in said, said)
            check(f"is in use by another Weir, process {another.weir.process.pid}" in said, said)
            another.refuse(exporting(second, other))
            wait_export(weir, other)
            another.reload(exporting(second, ""))
            weir.reload(exporting(first, one))
            another.reload(exporting(second, other))
        weir.reload(exporting(first, folder / "link" / "one"))  # the same file, which it holds
        weir.reload(exporting(first, other))
    left = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".lock"))
    check(not left, f"left behind: {left}")


def logging(prefix, **settings):
    return reloading.config_text(prefix, {f"log.{name}": value for name, value in settings.items()})


def change_quietly(weir, text, level):
    """Reloads where the log does not say so."""
    weir.write(text)
    weir.signal()
    weir.weir.wait_for(lambda: weir.weir.ask("/weir/config")["log/level"] == level, level)


@case("reload in force: log.level")
def log_level(laboratory):
    prefix = laboratory.file_prefix()
    path = laboratory.folder() / "list"
    export = {"export.file": str(path), "export.interval": 1}
    with reloading.running(laboratory, reloading.config_text(prefix, export)) as weir:
        weir.weir.wait_for(lambda: runs(weir) >= 1, "an export")
        check("weir: debug: " not in weir.said(), weir.said())
        weir.reload(reloading.config_text(prefix, {**export, "log.level": "debug"}))
        weir.weir.watched.wait_for("weir: debug: export: ")
        before = len(weir.said())
        change_quietly(weir, reloading.config_text(prefix, {"log.level": "error"}), "error")
        weir.refuse("")
        said = weir.said()[before:]
        check("weir: reload: " not in said and "weir: warning: " not in said, said)
        weir.reload(reloading.config_text(prefix))


@case("reload in force: log.rate")
def log_rate(laboratory):
    prefix = laboratory.file_prefix()
    with reloading.running(laboratory, logging(prefix, rate=0)) as weir:
        for _ in range(300):  # more than the default allows
            weir.refuse("")
        change_quietly(weir, logging(prefix, rate=1), "info")
        weir.weir.wait_for(lambda: weir.weir.ask("/weir/config")["log/rate"] == 1, "log.rate")
        time.sleep(1.1)
        for _ in range(5):
            weir.signal()
            time.sleep(0.05)
        weir.weir.watched.wait_for("were left out")


@case("reload in force: log.target")
def log_target(laboratory):
    prefix = laboratory.file_prefix()
    log_socket = laboratory.folder() / "log"
    inside = private_dev(laboratory, log_socket)
    with contextlib.closing(Syslog(log_socket)) as log:
        with reloading.running(laboratory, logging(prefix, target="stderr"), inside) as weir:
            weir.reload(logging(prefix, target="journal"))
            check("\n<6>weir: reload: " in weir.said(), weir.said())
            before = len(weir.said())
            weir.write(logging(prefix, target="syslog"))
            weir.signal()
            weir.weir.wait_for(lambda: log.messages and "in force" in log.messages[-1], "syslog")
            check(weir.said()[before:] == "", weir.said()[before:])
            weir.reload(logging(prefix, target="stderr"))
            check("\nweir: reload: " in weir.said()[before - 1 :], weir.said()[before:])
