# SPDX-License-Identifier: BSD-3-Clause
"""weir-gateway itself: command line, addresses, token, processes, and a Weir that is away."""

import os
import pathlib
import signal
import time

import frames
import gateway
from rest import Named, check_equal, fill, wait_until
from suite import Skipped, case, check

PAGE = pathlib.Path(__file__).resolve().parents[2] / "app/weir-gateway/page"


@case("gateway: without a token, requests under a host name are refused (DNS rebinding)")
def rebinding(laboratory):
    # There is no Weir: who is answered is told so.
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        for host, status in (("evil.example:1212", 403), ("localhost", 503), ("[::1]:5", 503)):
            reply = server.ask("/api/v1/stats", headers={"Host": host})
            check_equal(host, reply.status, status)


@case("gateway: HEAD, cache and content security headers are right")
def headers(laboratory):
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        files = {f"/{path.name}" for path in PAGE.iterdir()} - {"/index.html"} | {"/"}
        check({"/panels.css", "/page.js", "/icon.svg"} < files, files)
        for target in sorted(files):
            whole = server.ask(target)
            check(whole.status == 200 and whole.body, f"{target}: {whole.status}")
            tag = whole.headers["etag"]
            head = server.ask(target, "HEAD")
            check_equal(f"HEAD {target}", (head.status, head.body), (200, b""))
            check_equal("length", head.headers["content-length"], str(len(whole.body)))
            known = server.ask(target, headers={"If-None-Match": tag})
            check_equal(f"{target} again", (known.status, known.body), (304, b""))
            other = server.ask(target, headers={"If-None-Match": '"0123456789abcdef"'})
            check_equal(f"{target} changed", other.status, 200)
        for target in ("/", "/api/v1/status", "/metrics", "/nothing"):
            names = server.ask(target).headers
            check_equal("nosniff", names["x-content-type-options"], "nosniff")
            check("default-src 'none'" in names["content-security-policy"], target)
            check("access-control-allow-origin" not in names, f"{target}: CORS")
            wanted = "no-cache" if target == "/" else "no-store"
            check_equal(f"{target}: cache-control", names["cache-control"], wanted)


@case("gateway: a configured token is required")
def token(laboratory):
    path = laboratory.folder() / "token"
    path.write_text("secret-0123456789\n")
    path.chmod(0o600)
    prefix = laboratory.file_prefix()
    with gateway.serving(laboratory, prefix, "--token-file", path) as server:
        for target in ("/", "/page.js", "/api/health_check"):
            check(server.ask(target).status != 401, f"{target} wants a token")
        for target in ("/metrics", "/api/v1/metrics", "/api/v1/status", "/api/v1/stats"):
            reply = server.ask(target)
            check_equal(target, (reply.status, reply.headers["www-authenticate"]), (401, "Bearer"))
        for wrong in ("secret-012345678", "secret-01234567890", "", "x" * 300):
            reply = server.ask("/metrics", headers={"Authorization": f"Bearer {wrong}"})
            check_equal(f"token {wrong}", reply.status, 401)
            check_equal(wrong, server.ask(f"/metrics?token={wrong}").status, 401)
        right = {"Authorization": "Bearer secret-0123456789"}
        check_equal("header", server.ask("/metrics", headers=right).status, 200)
        check_equal("parameter", server.ask("/metrics?token=secret-0123456789").status, 200)
        escaped = server.ask("/metrics?token=%73ecret-0123456789")
        check_equal("escaped", escaped.status, 200)
        hidden = server.ask("/api/v1/torrent/x")
        check_equal("errors behind the token", hidden.status, 401)


def refused(laboratory, *arguments):
    ended = laboratory.run(laboratory.programs.weir_gateway, *arguments)
    check_equal(f"status of {arguments}", (ended.status, ended.out), (2, ""))
    return ended.err.splitlines()


@case("gateway: every mistake of a command line is reported, and nothing starts")
def command_line(laboratory):
    open_token = laboratory.folder() / "open"
    open_token.write_text("secret\n")
    open_token.chmod(0o644)
    long_token = laboratory.folder() / "long"
    long_token.write_text("two\nlines\n")
    long_token.chmod(0o600)
    said = refused(
        laboratory,
        *("--listen", "localhost:1", "--listen", "127.0.0.1", "-l", "127.0.0.1:65536"),
        *("--file-prefix", "a/b", "--nothing", "--token-file", open_token, "words"),
    )
    wanted = [
        "--listen localhost:1: must be an address and a port",
        "--listen 127.0.0.1: must be an address and a port",
        "--listen 127.0.0.1:65536: must be an address and a port",
        "--file-prefix a/b: must be a name without /",
        "unknown option --nothing",
        "unexpected argument 'words'",
        f"--token-file {open_token}: can be read or changed by others than its owner: chmod 600",
    ]
    check_equal("lines", len(said), len(wanted))
    for line, part in zip(said, wanted):
        check(line.startswith(f"weir-gateway: {part}"), f"{line}\nnot\n{part}")
    cases = {
        ("--token-file", long_token): "must hold one line",
        ("--token-file", "/nothing/there"): "No such file",
        ("--token-file", "/"): "is a folder",
        ("--token-file", "/dev/null"): "is a device; a regular file is needed",
        ("--socket", "x" * 108): "at most 107 bytes",
        ("--file-prefix", "x" * 100): "more than 107 bytes",
        ("--socket", "a", "--file-prefix", "b"): "exclude each other",
        ("--listen",): "requires an argument",
        ("--user", "nobody-of-that-name"): "user" if gateway.is_root() else "only root",
        ("--listen", "127.0.0.1:0") * 9: "at most 8 times",
    }
    for arguments, part in cases.items():
        [line] = refused(laboratory, *arguments)
        check(part in line, f"{arguments}: {line}")
    helped = laboratory.run(laboratory.programs.weir_gateway, "--help")
    check(helped.status == 0 and "/api/v1/torrents" in helped.out, "help")


@case("gateway: listens on several addresses; one in use is reported, status 1")
def addresses(laboratory):
    both = ("127.0.0.1:0", "[::1]:0")
    with gateway.serving(laboratory, laboratory.file_prefix(), listen=both) as server:
        check_equal("hosts", [host for host, _ in server.addresses], ["127.0.0.1", "::1"])
        for address in server.addresses:
            check_equal(address, server.ask("/", address=address).status, 200)
        taken = f"127.0.0.1:{server.port}"
        ended = laboratory.run(laboratory.programs.weir_gateway, "--listen", taken)
    check_equal("status", ended.status, 1)
    check(f"--listen {taken}: Address already in use" in ended.err, ended.err)


@case("gateway: a Weir that ends and comes back is noticed by every path")
def restart(laboratory):
    prefix = laboratory.file_prefix()
    with gateway.serving(laboratory, prefix) as server:
        for life, count in enumerate((1, 3), 1):
            for target in ("/api/v1/stats", "/api/v1/torrents", "/api/health_check"):
                told = server.json(target, 503)
                check("no Weir runs there" in told["error"], f"{target}: {told}")
            told = server.json("/api/v1/status")
            check(told["up"] is False and "no Weir" in told["error"], f"status {told['error']}")
            scenario = laboratory.scenario()
            scenario.lab = Named(laboratory, prefix)
            for number in range(count):
                scenario.announce(frames.client4(number + 2), bytes([life]) * 20)
            with laboratory.fed(scenario):
                wait_until("Weir is found", lambda: server.json("/api/v1/status")["up"])
                told = server.json(f"/api/v1/torrent/{(bytes([life]) * 20).hex()}")
                check_equal("leechers", told["leechers"], count)
                rows = server.json("/api/v1/torrents")
                check_equal("torrents", [row["leechers"] for row in rows], [count])
            wait_until("Weir is missed", lambda: not server.json("/api/v1/status")["up"])
            server.json("/api/v1/stats", 503)


@case("gateway: many requests ask Weir once a second")
def cache(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        from_s = time.monotonic()
        for _ in range(200):
            server.json("/api/v1/status")
        seconds = time.monotonic() - from_s
        asked = server.metrics().split("weir_gateway_questions_total ")[-1].split("\n")[0]
    parts = 14 + 4  # of the status, and what metrics ask besides
    check(parts <= int(asked) <= parts * (int(seconds) + 2), f"{asked} questions, {seconds} s")


@case("gateway: a Weir that hangs delays its own requests briefly and others not at all")
def stuck(laboratory):
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        server.json("/api/v1/stats")
        time.sleep(1.1)  # until that is too old
        weir.process.send_signal(signal.SIGSTOP)
        try:
            from_s = time.monotonic()
            told = server.json("/api/v1/stats", 503)
            waited = time.monotonic() - from_s
            check("does not answer" in told["error"], f"{told}")
            check(4 < waited < 12, f"waited {waited:.1f} s")
            from_s = time.monotonic()
            check_equal("the page", server.ask("/").status, 200)
            check(time.monotonic() - from_s < 1, "the page had to wait")
        finally:
            weir.process.send_signal(signal.SIGCONT)
        wait_until("it answers", lambda: server.ask("/api/v1/stats").status == 200)
        check_equal("torrents", server.json("/api/v1/stats")["torrents"], 2)


@case("gateway: reports why Weir is away")
def causes(laboratory):
    with gateway.serving(laboratory, laboratory.file_prefix()) as server:
        check_equal("cause", server.json("/api/v1/status")["cause"], "not_running")
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        told = server.json("/api/v1/status")
        check_equal("up", (told["up"], told["cause"], told["error"]), (True, None, None))
        check_equal("severity", (told["severity"], told["problems"]), ("ok", []))
        weir.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(1.1)  # until what is kept is too old
            told = server.json("/api/v1/status")
            check_equal("stopped", (told["up"], told["cause"]), (False, "slow"))
        finally:
            weir.process.send_signal(signal.SIGCONT)


def process_status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines if ":\t" in line)


def can_open(path, uid):
    """Whether a user may look into a folder, tried in a process of his."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresuid(uid, uid, uid)
            os.listdir(path)
            os._exit(0)
        except OSError:
            os._exit(1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def needs_root():
    if not gateway.is_root():
        raise Skipped("needs root")


@case("gateway: started as root, it serves as another user, in one process, and reaches Weir by its group")
def unprivileged(laboratory):
    needs_root()
    scenario = laboratory.scenario()
    fill(scenario)
    with laboratory.fed(scenario) as weir, gateway.serving(
        laboratory, weir.prefix, "--user", "nobody"
    ) as server:
        server.json("/api/v1/stats")
        told = process_status(server.process.pid)
        uids = told["Uid"].split()
        check("0" not in uids and len(set(uids)) == 1, f"user ids {uids}")
        check("0" not in told["Gid"].split(), f"group ids {told['Gid']}")
        check("0" not in told["Groups"].split(), f"groups {told['Groups']}")
        check_equal("Seccomp", told["Seccomp"], "2")
        check_equal("NoNewPrivs", told["NoNewPrivs"], "1")
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            check_equal(kind, int(told[kind], 16), 0)
        children = f"/proc/{server.process.pid}/task/{server.process.pid}/children"
        check_equal("children", pathlib.Path(children).read_text(), "")
        folder = os.path.dirname(weir.socket)
        check(can_open(folder, 0), f"{folder} is not there")
        check(not can_open(folder, int(uids[0])), f"{folder} is open to those who are not in the group")


@case("gateway: started as root beside a Weir of root alone, it says that it cannot use its sockets")
def closed_sockets(laboratory):
    needs_root()
    folder = laboratory.folder() / "closed"
    folder.mkdir(mode=0o700)
    with gateway.serving(
        laboratory, None, "--user", "nobody", "--socket", folder / "dpdk_telemetry.v2"
    ) as server:
        sentence = f"user nobody cannot use the sockets in {folder}: start Weir with a control.group"
        check(sentence in server.watched._text(), server.watched._text())
        told = server.json("/api/v1/stats", 503)
    check("members of control.group may use it" in told["error"], f"{told}")


@case("gateway: SIGINT and SIGTERM end it with 0")
def signals(laboratory):
    for number in (signal.SIGTERM, signal.SIGINT):
        watched = gateway.start(laboratory, "-f", laboratory.file_prefix(), "--listen", "127.0.0.1:0")
        watched.wait_for("ready")
        watched.process.send_signal(number)
        check_equal(number.name, watched.end().status, 0)


@case("gateway: started as a user, it stays that user")
def as_user(laboratory):
    needs_root()
    folder = laboratory.folder() / "closed"
    folder.mkdir(mode=0o700)
    try:
        with gateway.serving(
            laboratory, None, "--socket", folder / "dpdk_telemetry.v2", user="nobody"
        ) as server:
            told = server.json("/api/v1/stats", 503)
    except PermissionError:
        raise Skipped("nobody may not start it where it was built") from None
    check("members of control.group may use it" in told["error"], f"{told}")


@case("gateway: does not need DPDK at run time")
def libraries(laboratory):
    ended = laboratory.run("ldd", laboratory.programs.weir_gateway)
    check("libmicrohttpd" in ended.out and "librte" not in ended.out, ended.out)
