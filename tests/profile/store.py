# SPDX-License-Identifier: BSD-3-Clause
"""The torrents and peers of one worker, without packets: bench_swarm under callgrind and perf."""

import pathlib
from dataclasses import dataclass

import callgrind
import callgrind_file
import costs
import perf
import process
from symbols import Symbols, plain_name

ROWS = (
    "announce_1m_uniform_plain",
    "announce_1m_uniform_detail",
    "announce_1m_popular_plain",
    "announce_1m_popular_detail",
    "announce_10k_uniform_plain",
    "announce_10k_popular_plain",
)
ANNOUNCES = "time_announces"  # the function of the benchmark that announces
STORE = "shard_process"  # the store's, which it calls
BURST = 64  # announces in one call: LOAD_TURN of tests/bench/swarm/load.h
FILL = "store_fill"  # calls the store too, which is not wanted
RUN_S = 900

# The benchmark is over in seconds, and announces in a part of them.
FREQUENCY_HZ = 2999
STACK_BYTES = 8192


@dataclass
class Counted:
    costs: costs.Costs
    announces: int


def _command(binary, row, *options):
    return [binary, *options, "--only", row]


def _inside_store(profile):
    """Without what was collected of the filling itself."""
    wanted = {}
    for place, cost in profile.costs.items():
        if not place.symbol.startswith((FILL, "load_")):
            wanted[place] = cost
    calls = [call for call in profile.calls if call.site in wanted]
    return callgrind_file.Profile(wanted, calls)


def _announces(profile):
    """How often the first instruction of the store's function was executed."""
    inside = [place for place in profile.costs if plain_name(place.symbol) == STORE]
    if not inside:
        raise process.Failure(f"callgrind saw no {STORE}")
    return profile.costs[min(inside, key=lambda place: place.address)] * BURST


def count(binary, row, folder):
    """Counts in STORE alone: each entry and exit of a function that is named turns collecting on or
    off. Within FILL it is on when STORE is entered, so there STORE is left out."""
    callgrind.require()
    out = pathlib.Path(folder) / "callgrind.out"
    words = [
        *("valgrind", "--tool=callgrind", "--quiet", "--dump-instr=yes", "--collect-atstart=no"),
        *(f"--toggle-collect={function}*" for function in (STORE, FILL)),
        f"--callgrind-out-file={out}",
        *_command(binary, row, "--quick"),
    ]
    process.run(words, timeout=RUN_S)
    profile = _inside_store(callgrind_file.read(out))
    return Counted(costs.summarise(profile, Symbols(binary)), _announces(profile))


def sample(binary, row, folder, event):
    """Stacks of the announces alone."""
    data = pathlib.Path(folder) / "perf.data"
    perf.record(
        data,
        event,
        RUN_S,
        command=_command(binary, row),
        frequency_hz=FREQUENCY_HZ,
        stack_bytes=STACK_BYTES,
    )
    return perf.read(data, binary, ANNOUNCES)
