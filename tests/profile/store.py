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
ANNOUNCES = "time_announces"  # function of the benchmark that sends announces to the store
STORE = "shard_process"  # function of the store that it calls
BURST = 64  # announces in one call: LOAD_TURN of tests/bench/swarm/load.h
FILL = "store_fill"  # also calls the store: to be left out
RUN_S = 900

# The benchmark takes seconds, of which announces are a part.
FREQUENCY_HZ = 2999
STACK_BYTES = 8192


@dataclass
class Counted:
    costs: costs.Costs
    announces: int


def _command(binary, row, *options):
    return [binary, *options, "--only", row]


def _inside_store(profile):
    """The profile without the filling of the store."""
    wanted = {}
    for place, cost in profile.costs.items():
        if not place.symbol.startswith((FILL, "load_")):
            wanted[place] = cost
    calls = [call for call in profile.calls if call.site in wanted]
    return callgrind_file.Profile(wanted, calls)


def _announces(profile):
    """Number of announces: executions of the first instruction of STORE, times BURST."""
    inside = [place for place in profile.costs if plain_name(place.symbol) == STORE]
    if not inside:
        raise process.Failure(f"no function {STORE} in the profile of callgrind")
    return profile.costs[min(inside, key=lambda place: place.address)] * BURST


def count(binary, row, folder):
    """Counts in STORE only: collection is toggled at entry and exit of the named functions. In FILL it
    is on before STORE is entered, so calls of STORE from there are left out."""
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
    """Samples announces; returns their stacks."""
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
