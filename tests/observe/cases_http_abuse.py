# SPDX-License-Identifier: BSD-3-Clause
"""Clients that mean no good: a running weir-gateway is bombarded for about a minute.

After each attack a right request gets its right answer, at once, and Weir has noticed nothing: its
verdicts are those of the frames, and its turns go on. Seeded: the same bytes each time.
"""

import contextlib
import random
import resource
import socket
import time

import frames
import gateway
import suite
from suite import check

SEED = 5
ATTACK_S = 10  # each
SOON_S = 10  # for a right answer, on a machine with other things to do
ANSWER_S = 15  # until a connection must have been answered or closed
IDLE = 1000
MEMORY_KIB = 48 * 1024  # that an attack may cost
CONNECTIONS_MAX = 512  # connections.h

HASH = b"\xaa" * 20
PATHS = [
    "/",
    "/metrics",
    "/page.js",
    "/api/health_check",
    "/api/v1/stats",
    "/api/v1/status",
    "/api/v1/torrents",
    f"/api/v1/torrent/{HASH.hex()}",
]
STATUSES = {100, 200, 304, 400, 401, 403, 404, 405, 408, 411, 413, 414, 417, 431, 500, 501, 503, 505}


class Target:
    """A gateway under attack, its Weir, and what both must go on to say."""

    def __init__(self, weir, server, scenario):
        self.weir = weir
        self.server = server
        self.scenario = scenario
        self.memory_kib = self.memory()

    def memory(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as lines:
            return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])

    def check_well(self):
        told = self.right_answer()
        check((told["seeders"], told["leechers"]) == (1, 1), f"{told}")
        check(len(told["peers"]) == 2, f"{told}")
        grown = self.memory() - self.memory_kib
        check(grown < MEMORY_KIB, f"memory grew by {grown} KiB")
        self.check_weir()

    def right_answer(self):
        """Soon. That Weir's worker is late is no fault of the gateway: asked again then."""
        from_s = time.monotonic()
        reply = self.server.ask(f"/api/v1/torrent/{HASH.hex()}")
        while reply.status == 503 and time.monotonic() - from_s < SOON_S:
            reply = self.server.ask(f"/api/v1/torrent/{HASH.hex()}")
        took = time.monotonic() - from_s
        check(reply.status == 200 and took < SOON_S, f"a right request took {took:.1f} s: {reply}")
        return reply.json()

    def check_weir(self):
        told = {
            (family, name): count
            for family in ("link", "ipv4", "ipv6")
            for name, count in self.weir.ask(f"/weir/verdicts,{family}").items()
            if count
        }
        check(told == dict(self.scenario.verdicts), f"verdicts {told}")
        before = self.weir.ask("/weir/stats")["io_turns"]
        until = time.monotonic() + SOON_S
        while self.weir.ask("/weir/stats")["io_turns"] == before:
            check(time.monotonic() < until, f"turns do not go on: {before}")
            time.sleep(0.01)

    def connect(self):
        connection = socket.create_connection((self.server.host, self.server.port), ANSWER_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


@contextlib.contextmanager
def attacked(laboratory):
    scenario = laboratory.scenario()
    scenario.announce(frames.client4(11), HASH, left=0)
    scenario.announce(frames.client6(12), HASH, left=7)
    with laboratory.fed(scenario) as weir, gateway.serving(laboratory, weir.prefix) as server:
        target = Target(weir, server, scenario)
        target.check_well()
        yield target
        target.check_well()


def case(name):
    """A case that is an attack on a gateway."""

    def add(function):
        @suite.case(f"abuse: {name}")
        def run(laboratory):
            with attacked(laboratory) as target:
                function(target, random.Random(SEED))

        return run

    return add


def read_all(connection):
    """What comes until the end. A reset is an end, too."""
    got = []
    try:
        while data := connection.recv(65536):
            got.append(data)
    except ConnectionError:
        pass
    except TimeoutError:
        check(False, f"neither answered nor closed within {ANSWER_S} s: {b''.join(got)[:200]}")
    return b"".join(got)


def read_some(connection):
    """What comes soon; who waits for the rest of a request is right to say nothing."""
    connection.settimeout(0.05)
    try:
        return connection.recv(65536)
    except (ConnectionError, TimeoutError):
        return b""


def exchange(target, data, whole):
    """Sends bytes. What comes back must be HTTP, or nothing. `whole`: to the end."""
    with target.connect() as connection:
        try:
            connection.sendall(data)
            if whole:
                connection.shutdown(socket.SHUT_WR)
        except OSError:  # it has hung up already
            pass
        got = read_all(connection) if whole else read_some(connection)
    if got:
        words = got.split(b" ", 2)
        good = words[0] in (b"HTTP/1.0", b"HTTP/1.1") and int(words[1]) in STATUSES
        check(good, f"{data[:200]} was answered with {got[:200]}")
    return got


def for_a_while(target, make):
    """Sends what `make` returns, again and again."""
    until = time.monotonic() + ATTACK_S
    sent = 0
    while time.monotonic() < until:
        exchange(target, make(), whole=sent % 50 == 0)
        sent += 1
        if sent % 200 == 0:
            target.check_well()
    check(sent > 100, f"only {sent} requests")


def noise(rng, most):
    return rng.randbytes(rng.randrange(most))


def mutate(rng, data):
    """A few bytes changed, gone, doubled, or moved."""
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            del data[at : at + rng.randrange(1, 9)]
        elif kind == 2:
            data[at:at] = data[: rng.randrange(64)]
        elif kind == 3:
            data[at:at] = noise(rng, 16)
        else:
            data[at:at] = rng.choice([b"%", b"%00", b"\0", b"\r\n", b"\n", b"&", b"=", b"//"])
    return bytes(data)


@case("malformed request lines")
def request_lines(target, rng):
    methods = [b"GET", b"HEAD", b"get", b"POST", b"", b"G" * 5000, b"\0", b"PRI", b"CONNECT"]
    versions = [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/9.9", b"HTTP/2.0", b"", b"http"]

    def make():
        path = rng.choice(PATHS).encode()
        line = b" ".join([rng.choice(methods), mutate(rng, path), rng.choice(versions)])
        whole = line + b"\r\nHost: [::1]\r\n\r\n"
        return mutate(rng, whole) if rng.random() < 0.5 else whole

    for_a_while(target, make)


@case("malformed headers")
def headers(target, rng):
    names = [b"Host", b"Accept", b"Authorization", b"Content-Length", b"Transfer-Encoding"]
    names += [b"Connection", b"Expect", b"If-None-Match", b"Range", b"Cookie", b"", b" ", b":"]
    values = [b"-1", b"99999999999999999999", b"chunked", b"close", b"100-continue", b"Bearer "]
    values += [b"application/openmetrics-text;q=;q=9;version", b'"' * 999, b",;=" * 500]
    values += [b"x" * 15000, b"\xff\xfe", b"\0", b"bytes=0-"]

    def make():
        lines = [b"GET " + rng.choice(PATHS).encode() + b" HTTP/1.1"]
        lines += [rng.choice((b"Host: x", b"Host: [::1]"))] * rng.randrange(3)
        for _ in range(rng.choice([1, 2, 5, 300])):
            lines.append(rng.choice(names) + b": " + rng.choice([*values, noise(rng, 50)]))
        return b"\r\n".join(lines) + b"\r\n\r\n" + noise(rng, 100)

    for_a_while(target, make)


@case("hashes, numbers and escapes of any form")
def targets(target, rng):
    names = ["offset", "limit", "info_hash", "peers_offset", "peers_limit", "token", "format", "x"]

    def number():
        large = str(rng.getrandbits(128))
        return rng.choice(["-1", "0", "1", "1e9", "0x10", "+1", large, "9" * 999])

    def hash_():
        return "".join(rng.choices("0123456789abcdefABCDEFgz%/", k=rng.randrange(90)))

    def make():
        path = rng.choice([*PATHS, "/api/v1/torrent/" + hash_()])
        count = rng.choice([0, 1, 2, 3, 150])
        query = "&".join(
            rng.choice(names) + rng.choice(["=", "", "=="]) + rng.choice([number(), hash_()])
            for _ in range(count)
        )
        line = f"GET {path}?{query} HTTP/1.1\r\nHost: [::1]\r\n\r\n".encode()
        return mutate(rng, line) if rng.random() < 0.3 else line

    for_a_while(target, make)


@case("many requests at once, and clients that disconnect before the reply")
def pipelining(target, rng):
    until = time.monotonic() + ATTACK_S
    while time.monotonic() < until:
        paths = rng.choices(PATHS, k=rng.randrange(1, 60))
        lines = [f"GET {path} HTTP/1.1\r\nHost: [::1]\r\n\r\n".encode() for path in paths]
        with target.connect() as connection:
            if rng.random() < 0.3:  # leaves
                connection.sendall(b"".join(lines))
                continue
            lines[-1] = lines[-1].replace(b"Host: [::1]", b"Host: [::1]\r\nConnection: close")
            connection.sendall(b"".join(lines))
            got = read_all(connection)
        answers = got.count(b"HTTP/1.1 200 OK\r\n") + got.count(b"HTTP/1.1 503 ")
        check(answers == len(paths), f"{answers} of {len(paths)} requests answered: {got[-300:]}")


@case("slow senders and readers")
def slow(target, rng):
    request = b"GET /api/v1/status HTTP/1.1\r\nHost: [::1]\r\n"
    until = time.monotonic() + ATTACK_S
    with contextlib.ExitStack() as stack:
        senders = [stack.enter_context(target.connect()) for _ in range(200)]
        readers = [stack.enter_context(target.connect()) for _ in range(50)]
        for reader in readers:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            reader.sendall((request + b"\r\n") * 50)
        for at in range(len(request)):
            for sender in senders:
                with contextlib.suppress(OSError):
                    sender.send(request[at : at + 1])
            if time.monotonic() > until:
                break
            if at % 4 == 0:
                target.check_well()
            time.sleep(rng.random() / 4)


def raise_descriptors():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + 200
    check(most == resource.RLIM_INFINITY or most >= wanted, f"only {most} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


@case("1,000 idle connections")
def idle(target, rng):
    raise_descriptors()
    with contextlib.ExitStack() as stack:
        connections = []
        for number in range(IDLE):
            connection = stack.enter_context(target.connect())
            if number % 2:
                connection.send(b"GET /metrics HTTP/1.1\r\nHo")
            connections.append(connection)
            if number % 100 == 0:
                target.check_well()
        target.check_well()
        text = target.server.metrics()
        open_now = int(text.partition("\nweir_gateway_connections ")[2].split()[0])
        check(open_now <= CONNECTIONS_MAX, f"{open_now} connections")
        time.sleep(ATTACK_S + 1)  # longer than one may be silent
        target.check_well()
        for connection in connections:  # closed, each of them
            check(read_all(connection)[:5] in (b"", b"HTTP/"), "something came")
