# SPDX-License-Identifier: BSD-3-Clause
"""Weir among its neighbours: addresses that others have, too."""

import time

from bep15 import expect
from catalogue import test
from lab import Lab
from results import Results
from tests_host import ping
from tests_interface import BOTH, PRIVATE, row, soon, start, unwell, well

RETRY_S = 60 + 5 + 1  # the pause, at most so much longer, and the question


@test("an address that another host had at the start is used once that host is gone", "ping")
def conflict_ends(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        client.ip("addr", "add", "10.77.0.1/24", "dev", "client0")
        client.ip("addr", "add", "fd77::1/64", "dev", "client0", "nodad")
        weir = start(lab, binary, settings=BOTH + PRIVATE)
        for address in ("10.77.0.1", "fd77::1"):
            weir.wait_for_log(f"address {address} is in use by another host")
        soon(lambda: unwell(weir, "address_conflict"), "address_conflict")
        soon(lambda: unwell(weir, "no_address"), "no_address", 10)
        expect("usable", row(weir).get("addresses_used", []), [])
        client.ip("addr", "del", "10.77.0.1/24", "dev", "client0")
        client.ip("addr", "del", "fd77::1/64", "dev", "client0")
        gone = time.monotonic()
        soon(lambda: len(row(weir).get("addresses_used", [])) == 2, "both addresses", RETRY_S)
        Results.note(f"served {time.monotonic() - gone:.1f} s after the other host was gone")
        soon(lambda: well(weir), "health without problems")
        for address in ("10.77.0.1", "fd77::1"):
            ping(client, address, "client0")
        expect("told once", weir.log().count("is in use by another host"), 2)
