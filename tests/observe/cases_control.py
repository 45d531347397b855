# SPDX-License-Identifier: BSD-3-Clause
"""The control socket of a running Weir, by weirctl and by clients of every kind."""

import contextlib
import json
import os
import pathlib
import re
import socket
import stat
import subprocess
import time

import reloading
from reloading import config_text
from suite import Skipped, case, check

HASH = "0123456789abcdef0123456789abcdef01234567"
OTHER = "fedcba9876543210fedcba9876543210fedcba98"
BASE32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH"  # of HASH
PROMPT_S = 2  # in which a client that behaves is served, on a busy machine
TIMEOUT_S = 30
FLOOD = 1000


class Client:
    def __init__(self, weir):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path_of(weir))
        self.socket.settimeout(TIMEOUT_S)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def reply(self):
        line = self.file.readline()
        check(line.endswith(b"\n"), f"not a whole reply: {line[:200]}")
        return json.loads(line)

    def ask(self, command, **members):
        self.send(json.dumps({"command": command, **members}).encode() + b"\n")
        return self.reply()


def path_of(weir):
    return str(pathlib.Path(weir.socket).with_name("control"))


def ask(weir, command, **members):
    """One request, soon served."""
    start = time.monotonic()
    with Client(weir) as client:
        reply = client.ask(command, **members)
    took = time.monotonic() - start
    check(took < PROMPT_S, f"{command} took {took:.1f} s")
    return reply


def ok(reply):
    check(reply["ok"] is True, reply)
    return reply


def refused(reply, *words):
    check(reply["ok"] is False and reply["error"] and len(reply["errors"]) > 0, reply)
    for word in words:
        check(any(word in error for error in reply["errors"]), f"not {word!r} in {reply}")
    return reply


@contextlib.contextmanager
def running(laboratory, settings=None):
    text = config_text(laboratory.file_prefix(), settings)
    with reloading.running(laboratory, text) as reloads:
        yield reloads.weir


def lists(laboratory):
    """Settings with a file for each list, all of them on; the path of each."""
    folder = laboratory.folder()
    paths = {name: folder / name for name in ("access", "clients", "deny", "keys")}
    for name, path in paths.items():
        path.write_text("")
        path.chmod(0o600)
    settings = {
        "access.mode": "deny",
        "access.file": str(paths["access"]),
        "access.clients_mode": "deny",
        "access.clients_file": str(paths["clients"]),
        "sources.deny_file": str(paths["deny"]),
        "keys.required": True,
        "keys.file": str(paths["keys"]),
    }
    return settings, paths


def key_settings(laboratory):
    path = laboratory.folder() / "key"
    path.write_text("11" * 32 + "\n")
    path.chmod(0o600)
    return {"tracker.key_file": str(path)}, path


def weirctl(laboratory, weir, *words, status=0, **how):
    ended = laboratory.weirctl(weir, *words, **how)
    check(ended.status == status, f"{words}: exit status {ended.status}\n{ended.out}{ended.err}")
    return ended.out if status == 0 else ended.err


@case("control: the socket has mode 0660, and is gone after the end")
def life_of_the_socket(laboratory):
    with running(laboratory) as weir:
        path = path_of(weir)
        status = os.lstat(path)
        check(stat.S_ISSOCK(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o660, oct(status.st_mode))
        commands = ok(ask(weir, "help"))["commands"]
        check({"reload", "access.add", "secret.rotate"} < {row["command"] for row in commands}, commands)
    check(not os.path.exists(path), "it is still there")


@case("control: a group that does not exist is a mistake of the configuration")
def unknown_group(laboratory):
    path = laboratory.folder() / "weir.cfg"
    path.write_text(config_text(laboratory.file_prefix(), {"control.group": "no-such-group"}))
    ended = laboratory.run(laboratory.programs.weir, "-c", path, "--check")
    check(ended.status == 2, f"exit status {ended.status}")
    check(re.search(r"weir.cfg:\d+: control.group: there is no group no-such-group", ended.err), ended.err)


# What another user does: the programs of a build may be where only root can go.
STRANGER = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(b'{"command":"reload"}\\n')
print(client.makefile().readline())
"""


def as_other(group, path):
    """What user daemon gets, as a member of a group."""
    words = ["setpriv", "--reuid=daemon", f"--regid={group}", "--clear-groups"]
    words += ["/usr/bin/python3", "-c", STRANGER, str(path)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    return ended.stdout + ended.stderr


@case("control: another user is turned away, a member of control.group is served")
def users(laboratory):
    if os.geteuid() != 0:
        raise Skipped("needs root to become others")
    folder = laboratory.folder()
    path = folder / "socket"
    with running(laboratory, {"control.socket": str(path), "control.group": "nogroup"}) as weir:
        check("PermissionError" in as_other("daemon", path), "a stranger got in")
        got = as_other("nogroup", path)
        check('"ok":true' in got, got)
        path.chmod(0o666)  # the mode is not all that is checked
        got = as_other("daemon", path)
        check('"ok"' not in got, got)
        weir.watched.wait_for("weir: warning: control: user 1 (pid ", 1)
        weir.watched.wait_for("weir: control: user 1 (pid ", 1)


@case("control: weirctl edits, checks, shows and reads again each list")
def edits(laboratory):
    settings, paths = lists(laboratory)
    with running(laboratory, settings) as weir:

        def run(*words, **how):
            return weirctl(laboratory, weir, *words, **how)

        check(run("access", "add", HASH, OTHER, "--reason", "order 7") == "2 torrents added\n", "add")
        check(run("access", "add", BASE32) == "1 torrent added\n", "no reason any more")
        check(f"{OTHER} # order 7" in paths["access"].read_text(), paths["access"].read_text())
        check(run("access", "remove", OTHER, "00" * 20).startswith("1 torrent removed; 1 not in"), "remove")
        found = re.findall(r"^([0-9a-f]{40}) +(\w+) +(\w+)$", run("access", "check", HASH, OTHER), re.M)
        check(found == [(HASH, "yes", "no"), (OTHER, "no", "yes")], found)
        check(
            run("ban", "add", "192.0.2.0/24", "2001:db8::/32", "--for", "2h") == "2 networks added\n", "ban"
        )
        shown = json.loads(run("ban", "list", "--json"))
        check(
            shown["total"] == 2
            and [row["entry"] for row in shown["entries"]] == ["192.0.2.0/24", "2001:db8::/32"],
            shown,
        )
        check(all(7100 < row["until"] - time.time() <= 7200 for row in shown["entries"]), shown)
        check(run("ban", "list", "1", "1").count("2001:db8::/32") == 1, "a page")
        check(run("client", "add", "--", "-XX") == "1 client program added\n", "client")
        key = run("key", "add", "--for", "30d").strip()
        check(re.fullmatch(r"[0-9A-Za-z]{32}", key) and key in paths["keys"].read_text(), key)
        check(run("key", "check", key).count("yes") == 2, "key check")
        paths["access"].write_text(f"{HASH}\n{OTHER}\n{'00' * 20}\n")
        check(run("access", "reload") == "3 torrents in force\n", "reload")
        many = laboratory.folder() / "many"
        many.write_text("# header\n" + "".join(f"{n:040x} # {n}\n\n" for n in range(1, 6002)))
        out = run("access", "add", "--file", many)
        check(out == "5,000 torrents added\n1,001 torrents added\n", out)
        for counted, name in ((6004, "access"), (2, "ban"), (1, "client"), (1, "key")):
            total = ok(ask(weir, f"{name}.list"))["total"]
            check(total == counted, f"{name}: {total} entries")
        text = weir.watched.text()
    for line in (
        "access.add 2 entries",
        "ban.add 2 entries",
        "key.add",
        "access.reload",
        "access.add 5000 entries",
    ):
        check(re.search(rf"weir: control: user \d+ \(pid \d+\): {line}\n", text), f"no {line} in the log")
    check("access.list" not in text and key not in text, "more was logged")


@case("control: a wrong entry changes nothing, and all mistakes are told with their members")
def mistakes(laboratory):
    settings, paths = lists(laboratory)
    with running(laboratory, settings) as weir:
        before = {name: path.read_bytes() for name, path in paths.items()}
        refused(ask(weir, "access.add", entries=[HASH, "xyz"]), "xyz")
        refused(ask(weir, "ban.add", entries=["192.0.2.1/24"]))
        refused(ask(weir, "key.add", entries=["short"]))
        refused(ask(weir, "access.add", entries=[HASH], until=1), "until: is not in the future")
        refused(ask(weir, "access.add", entries=[HASH, HASH + "\n" + OTHER]), "entries[1]: must be a text")
        refused(
            ask(weir, "access.add", entries=[7], reason="a\nb", limit=1, **{"for": 0}),
            "entries[0]: must be a text",
            "reason: must be a text",
            "limit: is no member of access.add",
            "for: must be a whole number from 1 to ",
        )
        refused(ask(weir, "access.list", limit=1001), "limit: must be a whole number from 1 to 1000")
        check({name: path.read_bytes() for name, path in paths.items()} == before, "a file has changed")
        said = weirctl(laboratory, weir, "ban", "add", "10.0.0.1/8", status=1)
        check(said.startswith("weirctl: ") and "10.0.0.1/8" in said, said)
        said = weirctl(laboratory, weir, "access", "add", HASH, "xyz", status=1)
        check("weirctl: xyz: must be 40 or 64 hexadecimal digits" in said, said)


@case("control: a reload waits for the lists, and says what is wrong in which line")
def reload(laboratory):
    settings, paths = lists(laboratory)
    text = config_text(laboratory.file_prefix(), settings)
    with reloading.running(laboratory, text) as reloads:
        weir = reloads.weir
        paths["access"].write_text(f"{HASH}\n{OTHER}\n")
        reloads.write(text + "tracker = { interval = 777; };\n")
        out = weirctl(laboratory, weir, "reload")
        check("tracker.interval: was 1800, is 777" in out, out)
        check(f"{paths['access']}: 2 entries" in out, out)
        check(weir.ask("/weir/config")["tracker/interval"] == 777, "not in force")
        paths["access"].write_text(f"{HASH}\nnonsense\n")
        reply = refused(ask(weir, "reload"), f"{paths['access']}:2")
        check("the configuration is in force, but 1 of the lists" in reply["error"], reply)
        check(ok(ask(weir, "access.check", entries=[OTHER]))["results"][0]["listed"], "the list before")
        reloads.write(text + "tracker = { interval = 0; };\n")
        refused(ask(weir, "reload"), "tracker.interval")
        said = weirctl(laboratory, weir, "reload", status=1)
        check("reload failed: the running configuration stays" in said, said)


@case("control: secret rotate writes the key file, and a reload takes that of another tracker")
def secret(laboratory):
    settings, path = key_settings(laboratory)
    with running(laboratory, settings) as weir:
        out = weirctl(laboratory, weir, "secret", "rotate", "--in", "5m")
        check("a new secret of connection ids takes over at " in out, out)
        lines = path.read_text().splitlines()
        found = re.fullmatch(r"[0-9a-f]{64} from=(\d+)", lines[1])
        check(lines[0] == "11" * 32 and found, lines)
        check(300 <= int(found[1]) - time.time() + 5 < 370 and int(found[1]) % 64 == 0, lines[1])
        check(stat.S_IMODE(path.stat().st_mode) == 0o600, "mode")
        refused(ask(weir, "secret.rotate"), "a rotation is under way")
        other = "22" * 32 + "\n" + "33" * 32 + f" from={int(time.time()) + 640}\n"
        path.write_text(other)
        reply = ok(ask(weir, "reload"))
        check(any("another secret of connection ids" in line for line in reply["lines"]), reply)
        check(any("a new secret of connection ids takes over at" in line for line in reply["lines"]), reply)
        path.write_text("nonsense\n")
        refused(ask(weir, "reload"), "64 hexadecimal digits")
        path.unlink()
        refused(ask(weir, "secret.rotate"), str(path))
        refused(ask(weir, "reload"), "tracker.key_file")
        path.write_text(other)
        path.chmod(0o600)
        ok(ask(weir, "reload"))


@case("control: snapshot writes snapshot.file, and is refused without one")
def snapshot(laboratory):
    path = laboratory.folder() / "snapshot"
    with running(laboratory, {"snapshot.file": str(path), "snapshot.interval": 0}) as weir:
        check(not path.exists(), "it is there before")
        out = weirctl(laboratory, weir, "snapshot")
        check(re.match(r"a snapshot of 0 torrents and 0 peers, \d+ B, took ", out), out)
        check(path.stat().st_size > 0, "it is empty")
        reply = ok(ask(weir, "snapshot"))
        check(reply["bytes"] == path.stat().st_size and reply["peers"] == 0, reply)
    with running(laboratory) as weir:
        refused(ask(weir, "snapshot"), "snapshot.file")


@case("control: addresses are left and taken, which health and the ports show")
def addresses(laboratory):
    port = {"addresses": ["10.77.0.1/24", "fd77::1/64"]}
    text = config_text(laboratory.file_prefix(), {}, ports=[port])
    with reloading.running(laboratory, text) as reloads:
        weir = reloads.weir

        def used(*wanted):
            weir.wait_for(
                lambda: weir.ask("/weir/ports")["0"].get("addresses_used", []) == list(wanted), wanted
            )

        used("10.77.0.1/24", "fd77::1/64")
        told = weirctl(laboratory, weir, "address", "leave", "10.77.0.1")
        check(told == "1 address left\n", told)
        used("fd77::1/64")
        told = weirctl(laboratory, weir, "address", "leave", "10.77.0.1", "fd77::1")
        check(told == "1 address left; 1 left before\n", told)
        used()
        check("address fd77::1: left to another host" in weir.watched.text(), weir.watched.text())
        time.sleep(6.5)  # an address that is missing is a problem after five seconds; these are not
        check(weir.ask("/weir/health")["no_address"] == 0, "no_address")
        told = weirctl(laboratory, weir, "address", "take", "fd77::1", "10.77.0.1")
        check(told == "2 addresses taken\n", told)
        used("10.77.0.1/24", "fd77::1/64")
        told = weirctl(laboratory, weir, "address", "take", "10.77.0.1")
        check(told == "0 addresses taken; 1 in use before, announced again\n", told)
        reply = ask(weir, "address.leave", entries=["10.77.0.1", "10.77.0.2", "fe80::1", "10.77.0.1/24"])
        refused(reply, "10.77.0.2: must be an address of a port", "fe80::1: must", "10.77.0.1/24: must")
        used("10.77.0.1/24", "fd77::1/64")
        ok(ask(weir, "address.leave", entries=["10.77.0.1"]))
        used("fd77::1/64")


@case("control: without a Weir, weirctl says where it looked and what to do")
def nobody(laboratory):
    ended = laboratory.run(laboratory.programs.weirctl, "-f", "nobody", "reload")
    path = f"{laboratory.weir.runtime}/dpdk/nobody/control"
    check(
        ended.status == 1 and ended.err.startswith(f"weirctl: {path}: no Weir takes commands there"),
        ended.err,
    )
    check("--control PATH" in ended.err, ended.err)


def nasty_requests():
    yield b"\0" * 1000
    yield b'{"command":"help\0"}'
    yield b"[" * 100000
    yield b'{"command":' * 5000
    yield b"\xff\xfe" * 500
    yield b'{"command":"access.add","entries":[' + b'"x",' * 100000 + b'"x"]}'
    yield b'{"command":"access.add","entries":["' + b"x" * 1000000 + b'"]}'
    yield b'{"command":"access.add","entries":"' + HASH.encode() + b'"}'
    yield b'{"command":"' + b"A" * 1000000 + b'"}'
    yield b"{" + b",".join(b'"m%d":%d' % (n, n) for n in range(50000)) + b"}"
    yield b'{"command":"secret.rotate","in":1e308}'
    yield b'{"command":"secret.rotate","in":-99999999999999999999999999}'
    yield b"GET / HTTP/1.1\r"
    yield b""


@case("control: requests of any size and shape are refused, while others are served")
def nasty(laboratory):
    with running(laboratory) as weir:
        for request in nasty_requests():
            with Client(weir) as client:
                client.send(request + b"\n")
                refused(client.reply())
                ok(client.ask("help"))  # it may go on
            ok(ask(weir, "help"))
        with Client(weir) as client:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                client.send(b" " * (3 << 20))
            refused(client.reply(), "more than 1 MiB")
            with contextlib.suppress(ConnectionResetError):
                check(client.file.read() == b"", "the connection stays")
        text = weir.watched.text()
    check("user" not in text or "failed" not in text, "a request that was refused is in the log")


@case("control: a thousand idle clients, half requests, and one that never reads keep nobody waiting")
def abuse(laboratory):
    with running(laboratory) as weir, contextlib.ExitStack() as stack:
        deaf = stack.enter_context(Client(weir))
        deaf.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                deaf.socket.send(b'{"command":"help"}\n' * 100)
        for n in range(30):
            stack.enter_context(Client(weir)).send(b'{"command":' + b" " * n)
        for n in range(FLOOD):
            client = socket.socket(socket.AF_UNIX)
            client.connect(path_of(weir))
            stack.callback(client.close)
            if n % 100 == 99:
                time.sleep(0.05)
                ok(ask(weir, "reload"))
        check(weir.ask("/weir/info")["pid"] == weir.process.pid, "telemetry")
        weir.watched.wait_for("does not read its reply, and is disconnected", 1)
        ok(ask(weir, "help"))
