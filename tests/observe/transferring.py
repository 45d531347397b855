#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A transfer between two libtorrent clients, with a Weir that can be watched meanwhile.

A program of its own, because tests/clients and tests/golden have modules of the same names. It says
in lines of JSON what it has; the transfer goes on until its standard input ends.
"""

import contextlib
import json
import os
import pathlib
import select
import subprocess
import sys

sys.dont_write_bytecode = True
PROGRAM = pathlib.Path(__file__).resolve()
MIB = 1 << 20
SIZE = 64 * MIB
RATE = MIB // 2  # bytes a second: it does not end while somebody looks
START_S = 60


@contextlib.contextmanager
def transferring(weir):
    """{"socket": of its telemetry, "info_hash"} while one seeds and one fetches; {"skip": why}."""
    process = subprocess.Popen(
        [sys.executable, PROGRAM, weir], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        ready = select.select([process.stdout], [], [], START_S)[0]
        line = process.stdout.readline() if ready else ""
        yield json.loads(line or '{"problem": "the transfer does not start"}')
    finally:
        process.stdin.close()
        process.wait(START_S)


def obstacle():
    import catalogue

    return catalogue.obstacle(catalogue.Test("transfer", None, ["libtorrent"], False))


def say(**words):
    print(json.dumps(words), flush=True)


def transfer(weir):
    import telemetry
    from lab import QUICK, Lab
    from swarm import Swarm

    with Lab(weir, f'{QUICK}control = {{ group = "nogroup"; }};') as lab:  # of a gateway that root starts
        os.chmod(lab.folder, 0o711)
        lab.start_weir()
        swarm = Swarm(lab, sizes=(SIZE,))
        leecher = swarm.fetcher(download_limit=RATE)
        swarm.expect_swarm(seeders=1, leechers=1)
        info_hash = next(iter(lab.weir.ask("/weir/torrents")["torrents"].values()))["info_hash"]
        say(socket=telemetry.socket_path(lab.folder), info_hash=info_hash)
        sys.stdin.read()
        swarm.leave(leecher)


def main():
    tests = PROGRAM.parents[1]
    sys.path[:0] = [str(tests / folder) for folder in ("clients", "support")]
    why = obstacle()
    if why is not None:
        say(skip=why)
        return
    transfer(sys.argv[1])


if __name__ == "__main__":
    main()
