#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether the simulator finds what it is for: plants one defect after another in a copy of the sources, and
simulates seeds until one fails. Writes TAP: a case for each defect, with the seed and what was found.

Without a defect no seed may fail. Takes a minute for each defect, most of it to build.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from source_copy import copy_sources  # noqa: E402

STEPS = 400_000
SEEDS = 40
PROGRAM = "tests/sim/weir_sim"
USUAL = ("--often", "5")
# Days of little traffic, in which nothing else delays the sweep.
QUIET = tuple("--only suspend --often 10 --clients 20 --torrents 10 --rate 2".split())


@dataclass(frozen=True)
class Defect:
    what: str
    path: str
    right: str  # is there once
    wrong: str
    options: tuple = USUAL


DEFECTS = [
    Defect(
        "peers expire an eighth too early",
        "lib/swarm/swarm.c",
        "if (age <= timeout) {",
        "if (age <= timeout - timeout / 8) {",
    ),
    Defect(
        "a peer that comes back is older than it was",
        "lib/swarm/shard_restore.c",
        "SNAPSHOT_AGE_SHIFT) + restore->source->aged_s;",
        "SNAPSHOT_AGE_SHIFT);",
    ),
    Defect(
        "a snapshot lacks one peer of a swarm in a thousand",
        "lib/swarm/shard_save.c",
        "\tcursor->peer += count;",
        "\tcursor->peer += count + (count == 7);",
    ),
    Defect(
        "times of a shard wrap",
        "lib/swarm/shard_sweep.c",
        "shard->time = RTE_MIN(shard->time + units, shard->time_max);",
        "shard->time += units;",
        QUIET,
    ),
    Defect(
        "a snapshot that was not synced counts as taken",
        "app/weir/snapshot/snapshot_file.c",
        "if (fsync(file->fd) != 0)",
        "if (fsync(file->fd) > 0)",
    ),
    Defect(
        "an announce costs its source half",
        "lib/guard/budget_charge.h",
        "\tsketch_raise(cells, source->hash, full);",
        "\tsketch_raise(cells, source->hash, full - cost / 2);",
    ),
    Defect(
        "an id of another address of the /64 lets long replies out",
        "app/weir/datapath/request_inline.h",
        "if (unlikely(proof == CONNID_SHARED))",
        "if (unlikely(proof == CONNID_SHARED && request->len == 0))",
    ),
    Defect(
        "a connection id lives a slot longer",
        "lib/guard/connid_burst.c",
        "if (age > (int32_t)connid->slots_max)",
        "if (age > (int32_t)connid->slots_max + 1)",
    ),
    Defect(
        "a dropped request keeps its mbuf, where it is for nobody known",
        "app/weir/datapath/transmit_inline.h",
        "\trte_pktmbuf_free(mbuf);",
        "\tif (verdict != VERDICT_source_limited)\n\t\trte_pktmbuf_free(mbuf);",
    ),
    Defect(
        "a reply that a full queue refused counts as sent",
        "app/weir/datapath/transmit_inline.h",
        "loop_count(io->stats, queue->tx_family[i], VERDICT_tx_full);",
        "loop_count(io->stats, queue->tx_family[i], queue->tx_verdict[i]);",
    ),
    Defect(
        "seeders and leechers of a scrape change places",
        "lib/tracker/scrape.c",
        "row->seeders = rte_cpu_to_be_32(ops->seeders);",
        "row->seeders = rte_cpu_to_be_32(ops->leechers);",
    ),
    Defect(
        "a long scrape looks for its torrents in the wrong place",
        "lib/tracker/scrape.c",
        "plan->hashes[i] = (uint32_t)hash;",
        "plan->hashes[i] = (uint32_t)hash ^ (from > 0);",
    ),
    Defect(
        "a client finds itself in a reply that wraps around",
        "lib/swarm/swarm_select_inline.h",
        "out = copy_candidates(ref, shape, self, 0, length - here, out);",
        "out = copy_range(ref, shape, 0, length - here, out);",
    ),
    Defect(
        "a source has a peer too many in a swarm",
        "lib/swarm/sources.c",
        "\t\t< sources->limits.pair;",
        "\t\t< sources->limits.pair + 1u;",
    ),
    Defect(
        "a ring gives a credit too many",
        "lib/base/ring_requester.h",
        "\trequester->limit += count;",
        "\trequester->limit += count + (count == 3);",
    ),
]


class Copy:
    """The sources with a build of the simulator."""

    def __init__(self, folder):
        self.tree = folder / "tree"
        self.build = folder / "build"
        copy_sources(self.tree)
        subprocess.run(
            ["meson", "setup", "-Dtests=true", self.build, self.tree], check=True, stdout=sys.stderr
        )
        self.make()

    def make(self):
        subprocess.run(["ninja", "-C", self.build, PROGRAM], check=True, stdout=sys.stderr)

    def first_failure(self, options):
        """The first seed that fails, and what it says; None: none does."""
        for seed in range(1, SEEDS + 1):
            words = [self.build / PROGRAM, "--seed", str(seed), "--steps", str(STEPS), *options]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                return seed, done.stderr
        return None

    def with_defect(self, defect):
        path = self.tree / defect.path
        source = path.read_text(encoding="utf-8")
        if source.count(defect.right) != 1:
            raise ValueError(f"{defect.path} has {source.count(defect.right)} times {defect.right.strip()!r}")
        path.write_text(source.replace(defect.right, defect.wrong), encoding="utf-8")
        try:
            self.make()
            return self.first_failure(defect.options)
        finally:
            path.write_text(source, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="WORDS", help="defects with WORDS in their names")
    options = parser.parse_args()
    missed = 0
    chosen = [defect for defect in DEFECTS if options.only in defect.what]
    print(f"1..{1 + len(chosen)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="weir-planted-") as folder:
        copy = Copy(pathlib.Path(folder))
        found = copy.first_failure(USUAL) or copy.first_failure(QUIET)
        print("not ok 1 - " + f"seed {found[0]} fails without a defect" if found else "ok 1 - no defect")
        missed += found is not None
        for number, defect in enumerate(chosen, 2):
            began = time.monotonic()
            found = copy.with_defect(defect)
            missed += found is None
            print(f"{'ok' if found else 'not ok'} {number} - {defect.what}")
            said = f"seed {found[0]}: {found[1].splitlines()[0]}" if found else f"no seed up to {SEEDS} fails"
            print(f"# {said}; {time.monotonic() - began:.0f} s", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
