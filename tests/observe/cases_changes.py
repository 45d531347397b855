# SPDX-License-Identifier: BSD-3-Clause
"""weir-gateway's REST paths that change something, as Torrust has them: a fake control socket notes
what reaches it."""

import calendar
import contextlib
import random
import socket
import threading
import time

import control_server
import gateway
import partial_weir
from control_server import KEY
from rest import A, check_equal, fill, wait_until
from suite import case, check

READ, WRITE = "reading-0123456789", "writing-0123456789"
JSON = {"Content-Type": "application/json"}
OWN = "xqD6NWH9TcKrOCwDmqcdH5hF5RrbL0A6"
SOON_S = 3
CLOCK_REALTIME_COARSE = 5  # what time() reads in the gateway; Python has no name for it

# Method, path, body, and the command that must reach Weir; "until" stands for now and 3600 s.
CHANGES = [
    ("POST", f"/api/v1/whitelist/{A.hex()}", None, {"command": "access.add", "entries": [A.hex()]}),
    ("DELETE", f"/api/v1/whitelist/{A.hex()}", None, {"command": "access.remove", "entries": [A.hex()]}),
    ("GET", "/api/v1/whitelist/reload", None, {"command": "access.reload"}),
    ("POST", "/api/v1/key/3600", None, {"command": "key.add", "until": 3600}),
    ("POST", "/api/v1/keys", "{}", {"command": "key.add"}),
    ("DELETE", f"/api/v1/key/{OWN}", None, {"command": "key.remove", "entries": [OWN]}),
    ("GET", "/api/v1/keys/reload", None, {"command": "key.reload"}),
]


class Changer:
    """A gateway that may make changes, with the socket that they go to."""

    def __init__(self, server, control, partial):
        self.server = server
        self.control = control
        self.partial = partial

    def ask(self, method, target, body=None, token=WRITE, headers=None):
        headers = {**(JSON if body is not None else {}), **(headers or {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.server.ask(target, method, headers, body)

    def told(self, method, target, body=None, status=200):
        reply = self.ask(method, target, body)
        check_equal(f"status of {method} {target}", reply.status, status)
        return reply.json()

    def mode(self, mode):
        row = {"name": "access", "mode": mode}
        self.partial.replies["/weir/lists"] = {"0": row, "1": {"name": "clients", "mode": "deny"}}
        time.sleep(1.1)  # until what is kept is too old


def token_file(laboratory, text):
    path = laboratory.folder() / "token"
    path.touch(mode=0o600)
    path.write_text(f"{text}\n")
    return path


@contextlib.contextmanager
def changing(laboratory, *arguments):
    scenario = laboratory.scenario()
    fill(scenario)
    with (
        laboratory.fed(scenario) as weir,
        partial_weir.between(laboratory, weir) as partial,
        control_server.listening(laboratory) as control,
    ):
        partial.replies["/weir/lists"] = {"0": {"name": "access", "mode": "allow"}}
        words = ("--socket", partial.path, "--control-socket", control.path)
        words += ("--write-token-file", token_file(laboratory, WRITE), *arguments)
        with gateway.serving(laboratory, None, *words) as server:
            yield Changer(server, control, partial)


@case("changes: each path sends its command to the control socket, and replies as Torrust does")
def commands(laboratory):
    with changing(laboratory) as changer:
        for method, target, body, wanted in CHANGES:
            for slash in ("", "/"):
                now = int(time.clock_gettime(CLOCK_REALTIME_COARSE))
                told = changer.told(method, target + slash, body)
                [sent] = changer.control.requests
                changer.control.requests.clear()
                if "until" in wanted:
                    check(0 <= sent["until"] - now - 3600 <= SOON_S, f"{target}: {sent}")
                    sent["until"] = 3600
                check_equal(f"{method} {target}", sent, wanted)
                if not wanted["command"] == "key.add":
                    check_equal(f"reply to {method} {target}", told, {"status": "ok"})
        magnet = "magnet%3A%3Fxt%3Durn%3Abtih%3A" + A.hex().upper()
        changer.told("POST", f"/api/v1/whitelist/{magnet}")
        check_equal("a link", changer.control.requests[0]["entries"], [A.hex()])
        text = changer.server.metrics()
    for line in ("weir_gateway_changes_total 15", "weir_gateway_change_failures_total 0"):
        check(f"\n{line}\n" in text, f"no {line}")


@case("changes: keys are told with their end, as Torrust tells it")
def keys(laboratory):
    with changing(laboratory) as changer:
        told = changer.told("POST", "/api/v1/key/3600")
        [sent] = changer.control.requests
        check_equal("members", list(told), ["key", "valid_until", "expiry_time"])
        check_equal("key", (told["key"], told["valid_until"]), (KEY, sent["until"]))
        end = time.strptime(told["expiry_time"], "%Y-%m-%d %H:%M:%S UTC")
        check_equal("both times", calendar.timegm(end), told["valid_until"])
        own = changer.told("POST", "/api/v1/keys", f'{{"key": "{OWN}", "seconds_valid": 60}}')
        check_equal("own key", own["key"], OWN)
        check_equal("its entry", changer.control.requests[-1]["entries"], [OWN])
        for body in ("{}", '{"key": null, "seconds_valid": null}'):
            told = changer.told("POST", "/api/v1/keys", body)
            check_equal(body, told, {"key": KEY, "valid_until": None, "expiry_time": None})
            check_equal(f"command of {body}", changer.control.requests[-1], {"command": "key.add"})


@case("changes: need the writing token, which also reads")
def tokens(laboratory):
    with changing(laboratory, "--token-file", token_file(laboratory, READ)) as changer:
        for method, target, body, _ in CHANGES:
            for token in (None, READ, "", WRITE[:-1], WRITE + "x", "x" * 300):
                reply = changer.ask(method, target, body, token)
                got = (reply.status, reply.headers["www-authenticate"])
                check_equal(f"{method} {target} with {token}", got, (401, "Bearer"))
                check("writing token" in reply.json()["error"], reply.body)
            reply = changer.ask(method, f"{target}?token={READ}", body, None)
            check_equal(f"{method} {target}?token", reply.status, 401)
        check_equal("commands", changer.control.requests, [])
        reply = changer.ask("POST", f"/api/v1/whitelist/{A.hex()}?token={WRITE}", token=None)
        check_equal("in the target", reply.status, 200)
        for token, status in ((READ, 200), (WRITE, 200), (None, 401)):
            reply = changer.ask("GET", "/api/v1/stats", token=token)
            check_equal(f"reading with {token}", reply.status, status)


@case("changes: are off without a writing token, and under a host name without a token")
def off(laboratory):
    with control_server.listening(laboratory) as control:
        words = ("--control-socket", control.path)
        with gateway.serving(laboratory, "nobody", *words) as server:
            changer = Changer(server, control, None)
            for method, target, body, _ in CHANGES:
                for token in (None, WRITE):
                    reply = changer.ask(method, target, body, token)
                    check_equal(f"{method} {target}", reply.status, 403)
                    check("changes are off" in reply.json()["error"], reply.body)
        check_equal("commands", control.requests, [])
    with changing(laboratory) as changer:
        for method, target, body, _ in CHANGES:
            reply = changer.ask(method, target, body, headers={"Host": "evil.example:1212"})
            check_equal(f"{method} {target} by name", reply.status, 403)
        check_equal("commands by name", changer.control.requests, [])


@case("changes: two tokens that are the same are refused")
def same_token(laboratory):
    same = (token_file(laboratory, READ), token_file(laboratory, READ))
    words = ("--token-file", same[0], "--write-token-file", same[1], "--listen", "127.0.0.1:0")
    ended = laboratory.run(laboratory.programs.weir_gateway, *words)
    check_equal("status", ended.status, 2)
    check("--write-token-file: must not hold the token of --token-file" in ended.err, ended.err)
    ended = laboratory.run(laboratory.programs.weir_gateway, "--write-token-file", "/nothing/there")
    check("--write-token-file /nothing/there: cannot be read" in ended.err, ended.err)


@case("changes: other methods get 405 and what is allowed; nothing is done")
def methods(laboratory):
    allowed = {
        f"/api/v1/whitelist/{A.hex()}": "POST, DELETE",
        "/api/v1/whitelist/reload": "GET",
        "/api/v1/key/60": "POST, DELETE",
        "/api/v1/keys": "POST",
        "/api/v1/keys/reload": "GET",
    }
    with changing(laboratory) as changer:
        for target, allow in allowed.items():
            for method in ("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"):
                if method not in allow.split(", "):
                    reply = changer.ask(method, target)
                    got = (reply.status, reply.headers["allow"])
                    check_equal(f"{method} {target}", got, (405, allow))
        check_equal("commands", changer.control.requests, [])


# What is refused: method, target, body, headers, status, and a part of the sentence.
REFUSED = [
    ("POST", "/api/v1/whitelist/", None, {}, 400, "40 or 64 hexadecimal digits"),
    ("POST", f"/api/v1/whitelist/{A.hex()}0", None, {}, 400, "40 or 64 hexadecimal digits"),
    ("POST", f"/api/v1/whitelist/{A.hex()}?x=1", None, {}, 400, "known here: token"),
    ("POST", f"/api/v1/whitelist/{A.hex()}", "{}", {}, 413, "no body"),
    ("POST", "/api/v1/key/0", None, {}, 400, "from 1 to 1000000000"),
    ("POST", "/api/v1/key/99999999999999999999999", None, {}, 400, "from 1 to 1000000000"),
    ("POST", "/api/v1/key/x", None, {}, 400, "from 1 to 1000000000"),
    ("DELETE", "/api/v1/key/x", None, {}, 400, "32 letters and digits"),
    ("DELETE", f"/api/v1/key/{OWN[:-1]}-", None, {}, 400, "32 letters and digits"),
    ("POST", "/api/v1/keys", None, {}, 415, "application/json"),
    ("POST", "/api/v1/keys", "{}", {"Content-Type": "text/plain"}, 415, "application/json"),
    ("POST", "/api/v1/keys", "", {}, 400, "JSON object"),
    ("POST", "/api/v1/keys", "[]", {}, 400, "JSON object"),
    ("POST", "/api/v1/keys", '{"key": ', {}, 400, "JSON object"),
    ("POST", "/api/v1/keys", '{"seconds": 5}', {}, 400, "known here: key seconds_valid"),
    ("POST", "/api/v1/keys", '{"key": "short"}', {}, 400, "32 letters and digits"),
    ("POST", "/api/v1/keys", '{"seconds_valid": "60"}', {}, 400, "from 1 to 1000000000"),
    ("POST", "/api/v1/keys", "[" * 1024, {}, 400, "JSON object"),
    ("POST", "/api/v1/keys", " " * 1025, {}, 413, "at most 1024 bytes"),
    ("POST", "/api/v1/keys", "{}" + " " * 10_000_000, {}, 413, "at most 1024 bytes"),
]


@case("changes: wrong requests are refused with a reason, and nothing is done")
def refusals(laboratory):
    with changing(laboratory) as changer:
        for method, target, body, headers, status, part in REFUSED:
            what = f"{method} {target} {(body or '')[:40]}"
            try:
                reply = changer.ask(method, target, body, headers=headers)
            except ConnectionError:  # refused before all of it was sent
                check(len(body) > 1 << 20, what)
                continue
            check_equal(what, reply.status, status)
            check(part in reply.json()["error"], f"{what}: {reply.body}")
        headers = {**JSON, "Transfer-Encoding": "chunked"}
        reply = changer.ask("POST", "/api/v1/keys", headers=headers)
        check_equal("a body of unknown length", reply.status, 411)
        check_equal("commands", changer.control.requests, [])
        changer.told("POST", "/api/v1/keys", "{}" + " " * 1022)


@case("changes: the whitelist is not changed while access.mode is deny, or unknown")
def modes(laboratory):
    with changing(laboratory) as changer:
        for mode, status in (("deny", 409), ("off", 200), (None, 503), ("allow", 200)):
            changer.mode(mode)
            for method, target, _, wanted in CHANGES[:2]:
                told = changer.told(method, target, status=status)
                check(status == 200 or "access.mode" in told["error"], f"{mode}: {told}")
            check_equal(mode, len(changer.control.requests), 2 if status == 200 else 0)
            changer.control.requests.clear()
        changer.mode("deny")
        changer.told("GET", "/api/v1/whitelist/reload")
        changer.partial.refused = {"/weir/lists"}
        time.sleep(1.1)
        changer.told(*CHANGES[0][:2], status=503)


@case("changes: what Weir refuses is told with its sentence; a missing key is 404")
def refused_by_weir(laboratory):
    with changing(laboratory) as changer:
        changer.control.answer = lambda _: {"ok": False, "error": "No space left", "errors": ["x"]}
        for method, target, body, _ in CHANGES:
            told = changer.told(method, target, body, 500)
            check_equal(f"{method} {target}", told, {"error": "No space left"})
        changer.control.answer = lambda _: {"ok": True, "changed": 0}
        told = changer.told("DELETE", f"/api/v1/key/{OWN}", status=404)
        check_equal("no such key", told, {"error": "there is no such key"})
        told = changer.told("DELETE", f"/api/v1/whitelist/{A.hex()}")
        check_equal("a torrent that is not listed", told, {"status": "ok"})
        text = changer.server.metrics()
    check("\nweir_gateway_change_failures_total 8\n" in text, "failures are counted")


GARBAGE = [
    b"",
    b"\n",
    b"garbage\n",
    b"[]\n",
    b"null\n",
    b"{}\n",
    b'{"ok": 1}\n',
    b'{"ok": false}\n',
    b'{"ok": false, "error": 5}\n',
    b'{"ok": true, "ok": true}\n',
    b'{"ok": true}',
    b'{"ok": true, "key": "\xff"}\n',
    b'{"ok": true, "key": "short"}\n',
    b'{"ok": true, "key": 7, "changed": "1"}\n',
    b"\0" * 100 + b"\n",
    b"x" * (1 << 20),
]


@case("changes: garbage from the control socket is an error, and the next request is served")
def garbage(laboratory):
    with changing(laboratory) as changer:
        for reply in GARBAGE:
            changer.control.answer = lambda _, reply=reply: reply
            told = changer.told("POST", "/api/v1/key/60", status=503)
            check("error" in told, f"{reply[:40]}: {told}")
        changer.control.answer = control_server.right_answer
        changer.told("POST", "/api/v1/key/60")
        changer.control.answer = lambda _: b'{"ok": true, "changed": 1}\nmore\n'
        changer.told("DELETE", f"/api/v1/key/{OWN}")


@case("changes: a Weir without a control socket is an error")
def absent(laboratory):
    words = ("--write-token-file", token_file(laboratory, WRITE))
    with gateway.serving(laboratory, "nobody", *words) as server:
        told = Changer(server, None, None).told("POST", "/api/v1/key/60", status=503)
        check("dpdk/nobody/control: No such file" in told["error"], told)
        told = Changer(server, None, None).told(*CHANGES[0][:2], status=503)
        check("no Weir runs" in told["error"], told)


@case("changes: a slow control socket is waited for; those who read do not wait")
def slow(laboratory):
    with changing(laboratory) as changer:
        go_on = threading.Event()

        def late(request):
            go_on.wait()
            return control_server.right_answer(request)

        changer.control.answer = late
        replies = []
        threads = [
            threading.Thread(target=lambda: replies.append(changer.ask("POST", "/api/v1/key/60")))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        wait_until("the first command", lambda: changer.control.requests)
        for target in ("/", "/api/v1/stats", "/metrics", f"/api/v1/torrent/{A.hex()}"):
            from_s = time.monotonic()
            check_equal(target, changer.server.ask(target).status, 200)
            took = time.monotonic() - from_s
            check(took < SOON_S, f"{target} took {took:.1f} s")
        check_equal("one at a time", (len(changer.control.requests), replies), (1, []))
        go_on.set()
        for thread in threads:
            thread.join()
        check_equal("statuses", [reply.status for reply in replies], [200] * 3)


@case("changes: a control socket that never answers costs its clients 8 s, and nobody else anything")
def silent(laboratory):
    with changing(laboratory) as changer:
        changer.control.answer = lambda _: None
        replies = []
        thread = threading.Thread(target=lambda: replies.append(changer.ask("POST", "/api/v1/key/60")))
        thread.start()
        wait_until("the command", lambda: changer.control.requests)
        second = changer.ask("POST", "/api/v1/key/61")  # behind the first
        thread.join()
        for reply in (replies[0], second):
            check_equal("status", reply.status, 503)
            check("may have been made or not" in reply.json()["error"], reply.body)
        check_equal("commands", len(changer.control.requests), 1)
        check_equal("reading", changer.server.ask("/api/v1/stats").status, 200)
        # It is ended while the first command is still waited for: at once, and with status 0.


@case("changes: clients that leave, or send half a body, leave nothing behind")
def leavers(laboratory):
    head = f"POST /api/v1/keys HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Bearer {WRITE}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with changing(laboratory) as changer:
        for _ in range(100):
            with socket.create_connection((changer.server.host, changer.server.port)) as client:
                client.sendall(head.encode() + b'{"key": null,')
        check_equal("half a body", changer.control.requests, [])
        for _ in range(20):
            with socket.create_connection((changer.server.host, changer.server.port)) as client:
                client.sendall(head.replace("1000", "2").encode() + b"{}")
        wait_until("the whole ones", lambda: len(changer.control.requests) == 20)
        changer.told("POST", "/api/v1/key/60")


@case("changes: reach a real Weir: its files, and what it serves")
def real(laboratory):
    folder = laboratory.folder()
    torrents, keys_file = folder / "torrents", folder / "keys"
    torrents.write_text("# a list\n")
    keys_file.touch(mode=0o600)
    settings = {
        "access.mode": "allow",
        "access.file": str(torrents),
        "keys.required": True,
        "keys.file": str(keys_file),
    }
    scenario = laboratory.scenario(settings=settings)
    scenario.noise(1)
    words = ("--write-token-file", token_file(laboratory, WRITE))
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix, *words) as server:
        changer = Changer(server, None, None)

        def entries(number):
            return weir.ask(f"/weir/lists,{number}")["entries"]

        for _ in range(2):  # again: it is there
            changer.told("POST", f"/api/v1/whitelist/{A.hex()}")
        check_equal("the file", torrents.read_text(), f"# a list\n{A.hex()}\n")
        check_equal("torrents", entries(0), 1)
        torrents.write_text(f"{A.hex()}\n{'b' * 40}\n")
        changer.told("GET", "/api/v1/whitelist/reload")
        check_equal("after a reload", entries(0), 2)
        for _ in range(2):  # again: it is not there
            changer.told("DELETE", f"/api/v1/whitelist/{A.hex()}")
        check_equal("the file", torrents.read_text(), "b" * 40 + "\n")
        made = changer.told("POST", "/api/v1/key/3600")
        own = changer.told("POST", "/api/v1/keys", f'{{"key": "{OWN}"}}')
        check_equal("keys", entries(3), 2)
        lines = keys_file.read_text().splitlines()
        check(lines[0].startswith(f"{made['key']} until=") and lines[1] == own["key"], lines)
        changer.told("DELETE", f"/api/v1/key/{OWN}")
        changer.told("DELETE", f"/api/v1/key/{OWN}", status=404)
        changer.told("GET", "/api/v1/keys/reload")
        check_equal("keys", entries(3), 1)
        torrents.write_text("garbage\n")
        told = changer.told("GET", "/api/v1/whitelist/reload", status=500)
        check("list" in told["error"], told)


def raw_reply(server, data):
    """What comes back for these bytes, to the end."""
    with socket.create_connection((server.host, server.port), timeout=15) as client:
        got = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while part := client.recv(65536):
                got += part
    return got


@case("changes: bodies of any bytes and lengths are refused, or are a key")
def any_bodies(laboratory):
    rng = random.Random(5)
    form = f'{{"key": "{OWN}", "seconds_valid": 60}}'.encode()
    lengths = ["-1", "99999999999999999999", "1 1", "x", "", "0", "1024", "1025", "5, 6"]
    with changing(laboratory) as changer:
        for number in range(400):
            body = bytearray(form if rng.random() < 0.7 else rng.randbytes(rng.randrange(1500)))
            for _ in range(rng.randrange(4) if body else 0):
                body[rng.randrange(len(body))] = rng.randrange(256)
            length = rng.choice(lengths) if rng.random() < 0.2 else str(len(body))
            head = f"POST /api/v1/keys HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Bearer {WRITE}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            got = raw_reply(changer.server, head.encode() + body)
            check(got[:9] in (b"HTTP/1.1 ", b""), f"{number}: {bytes(body)} was answered with {got[:100]}")
            check(b" 500 " not in got[:20], f"{number}: {bytes(body)}: {got}")
        for sent in changer.control.requests:
            check(set(sent) <= {"command", "entries", "until"}, f"{sent}")
            [key] = sent.get("entries", [KEY])
            check(len(key) == 32 and key.isascii() and key.isalnum(), f"{sent}")
        check(len(changer.control.requests) > 50, "too few right bodies")
        changer.told("POST", "/api/v1/key/60")
