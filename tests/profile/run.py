#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The program behind scripts/profile: profiles of Weir."""

import argparse
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
_tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(_tests / folder) for folder in ("golden", "clients", "support")]

import callgrind  # noqa: E402
import costs  # noqa: E402
import flamegraph  # noqa: E402
import load  # noqa: E402
import perf  # noqa: E402
import process  # noqa: E402
import report  # noqa: E402
import stages  # noqa: E402
import standard_output  # noqa: E402
import store  # noqa: E402
from pipeline import Pipeline  # noqa: E402
from progress import Progress  # noqa: E402

LOOP = "lcore_main"  # the function in which an lcore polls

EXAMPLES = """\
scripts/profile callgrind --kind announce       instructions per packet, by function
scripts/profile flamegraph --seconds 10         flame graph of CPU time
scripts/profile store                           instructions and time of torrents and peers only
scripts/profile stages                          cycles per packet, by stage
"""

CALLGRIND = """\
Runs an optimised Weir on one lcore under valgrind's callgrind, and counts the instructions of its
polling lcore under a steady load. The load is a file of requests that net_pcap repeats without end: it
needs no network, no privileges and no huge pages.

Prints instructions per packet, of Weir and of the driver, by function. Inlined functions are listed as
functions, by means of debug information.

Writes FILE, with inlined functions as functions, and instr.FILE, the output of valgrind with source
lines and assembler. Open both with kcachegrind (Debian package kcachegrind) or callgrind_annotate.
Instructions are not time: a cache miss costs as many cycles as hundreds of them. For time see
flamegraph and stages."""

FLAMEGRAPH = """\
Runs an optimised Weir on one polling lcore at full speed, on a file of requests that net_pcap repeats
without end, samples it with perf, and draws a flame graph: FILE is a self-contained SVG for any
browser, with search (in its corner), zoom (click) and details (hover). The width of a frame is its
share of time, its colour is the layer. Inlined functions are frames of their own.

perf samples by cycles if the CPU has a cycle counter. In most virtual machines it has none; then
cpu-clock is used, which is accurate for programs but not for the kernel. On Debian only root may use
perf, unless kernel.perf_event_paranoid is 2 or less."""

STORE = """\
Profiles the torrents and peers of one worker, without packets: the announces of `scripts/bench swarm`
are counted by callgrind and sampled by perf. Generating the load and filling the store are left
out."""

STAGES = """\
Runs an optimised Weir at full speed like flamegraph, reads the cycle counters of its stages twice
(telemetry command /weir/stages), and prints the difference: cycles per packet, by stage, for each
loop. --plot FILE draws a bar for each loop."""


def share(text):
    value = int(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError("must be from 0 to 100")
    return value


def bounded(low, high):
    def parse(text):
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low} to {high}")
        return value

    return parse


def add_load(parser):
    group = parser.add_argument_group("load")
    group.add_argument(
        "--kind",
        choices=[*load.KINDS],
        default="production",
        help="kind of requests; production is connect, announce and scrape as 50 : 50 : 1 "
        "(default: production)",
    )
    group.add_argument(
        "--torrents",
        type=bounded(1, 10_000_000),
        default=100_000,
        metavar="N",
        help="number of torrents, with two peers each on average, by popularity (default: 100000)",
    )
    group.add_argument(
        "--frames",
        type=bounded(32, 1 << 21),
        default=4095 * 32,  # an odd number of bursts, so that sampled turns cover all of them
        metavar="N",
        help="number of frames in the file that is repeated; they stay in memory, 2.3 KB each "
        "(default: 131040)",
    )
    group.add_argument(
        "--ipv6-share",
        type=share,
        default=0,
        metavar="PERCENT",
        help="share of requests over IPv6 (default: 0)",
    )


def add_seconds(parser, default):
    parser.add_argument(
        "--seconds",
        type=bounded(1, 600),
        default=default,
        metavar="N",
        help=f"length of the measurement (default: {default})",
    )


def add_apart(parser):
    parser.add_argument(
        "--apart",
        action="store_true",
        help="io lcore and worker lcore on separate CPUs (two idle CPUs)",
    )


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/profile",
        description="Profiles of Weir: instructions and time.",
        epilog="examples:\n" + EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--builds", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check-arguments", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, summary, text, function):
        sub = commands.add_parser(
            name,
            help=summary,
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(function=function)
        return sub

    sub = command("callgrind", "instructions per packet, by function", CALLGRIND, run_callgrind)
    span = sub.add_mutually_exclusive_group()
    span.add_argument(
        "--seconds",
        type=bounded(1, 600),
        metavar="N",
        help="length of the count, instead of --packets",
    )
    span.add_argument(
        "--packets",
        type=bounded(1000, 100_000_000),
        default=200_000,
        metavar="N",
        help="minimum number of packets to count over (default: 200000)",
    )
    sub.add_argument("--out", type=pathlib.Path, default=pathlib.Path("callgrind.out.weir"), metavar="FILE")
    add_load(sub)

    sub = command("flamegraph", "flame graph of CPU time", FLAMEGRAPH, run_flamegraph)
    add_seconds(sub, 5)
    sub.add_argument("--out", type=pathlib.Path, default=pathlib.Path("flamegraph.svg"), metavar="FILE")
    sub.add_argument(
        "--folded", type=pathlib.Path, metavar="FILE", help="also write the stacks, one per line"
    )
    add_apart(sub)
    add_load(sub)

    sub = command("store", "torrents and peers only", STORE, run_store)
    sub.add_argument(
        "--row",
        choices=store.ROWS,
        default=store.ROWS[0],
        metavar="ROW",
        help=f"row of `scripts/bench swarm`: {', '.join(store.ROWS)} (default: the first)",
    )
    sub.add_argument(
        "--with",
        dest="tool",
        choices=["callgrind", "perf", "both"],
        default="both",
        help="profiler (default: both)",
    )
    sub.add_argument("--out", type=pathlib.Path, default=pathlib.Path("callgrind.out.store"), metavar="FILE")
    sub.add_argument("--flamegraph", type=pathlib.Path, metavar="FILE", help="also draw the samples of perf")

    sub = command("stages", "cycles per packet, by stage", STAGES, run_stages)
    add_seconds(sub, 5)
    sub.add_argument(
        "--plot", type=pathlib.Path, metavar="FILE", help="draw the stages: name.svg or name.png"
    )
    add_apart(sub)
    add_load(sub)
    return parser.parse_args()


def make_load(arguments, folder, progress):
    progress.say(f"writing {arguments.frames:,} requests of kind {arguments.kind}")
    return load.make(
        arguments.builds / "profile/app/weir-load/weir-load",
        folder,
        kind=arguments.kind,
        frames=arguments.frames,
        torrents=arguments.torrents,
        ipv6_share=arguments.ipv6_share,
    )


def weir_of(arguments):
    return (arguments.builds / "profile/app/weir/weir").resolve()


def command_line(arguments):
    """The command line as the user typed it."""
    return shlex.join(["scripts/profile", *sys.argv[sys.argv.index(arguments.command) :]])


def run_callgrind(arguments, folder, progress):
    callgrind.require()
    requests = make_load(arguments, folder, progress)
    span = {"seconds": arguments.seconds} if arguments.seconds else {"packets": arguments.packets}
    counted = callgrind.count(weir_of(arguments), requests, folder, progress, **span)
    progress.clear()
    print(f"{counted.weir:,.0f} instructions per packet in Weir, {counted.driver:,.0f} in the driver")
    print(f"counted over {counted.packets:,} packets of kind {arguments.kind}")
    report.verdicts(counted.verdicts)
    report.layers(counted.costs, counted.packets)
    report.functions(counted.costs, counted.packets, "packet")
    costs.write_callgrind(arguments.out, counted.costs, command_line(arguments))
    # kcachegrind opens all files with a common prefix together
    instr = arguments.out.with_name("instr." + arguments.out.name)
    instr.write_bytes(counted.file.read_bytes())
    print(f"\nwritten: {arguments.out} and {instr}; open them with kcachegrind")


def make_pipeline(arguments, folder, progress):
    """A weir with a steady load."""
    return Pipeline(weir_of(arguments), make_load(arguments, folder, progress), folder, apart=arguments.apart)


def run_flamegraph(arguments, folder, progress):
    perf.require()
    flamegraph.require()
    event = perf.choose_event()
    if event != "cycles":
        progress.say(f"no cycle counter (virtual machine?): sampling by {event}")
    data = pathlib.Path(folder) / "perf.data"
    with make_pipeline(arguments, folder, progress) as weir:
        weir.warm_up(progress)
        progress.say(f"sampling for {arguments.seconds} s")
        before, start = weir.ask("/weir/verdicts"), time.monotonic()
        perf.record(data, event, arguments.seconds, threads=weir.lcore_threads())
        verdicts = weir.verdicts_since(before)
        rate = sum(verdicts.values()) / (time.monotonic() - start)
        weir.end()
    progress.say("unwinding stacks")
    stacks = perf.read(data, weir_of(arguments), LOOP)
    lcores = "two lcores" if arguments.apart else "one lcore"
    title = f"Weir, {arguments.kind}, {lcores}"
    flamegraph.draw(stacks, title, arguments.out)
    if arguments.folded is not None:
        stacks.write_folded(arguments.folded)
    print(f"{title}: about {rate / 1e6:.1f} M packets/s while sampled by {event}")
    report.verdicts(verdicts)
    print(f"{stacks.samples:,} samples; {stacks.truncated:,} more with a truncated stack")
    report.samples(stacks)
    print(f"\nwritten: {arguments.out}; open it with a browser")


def count_store(arguments, binary, folder, progress):
    progress.say(f"counting {arguments.row} under valgrind: a minute or two")
    counted = store.count(binary, arguments.row, folder)
    each = counted.costs.total / counted.announces
    print(f"{each:,.1f} instructions per announce in the store, over {counted.announces:,} announces")
    report.layers(counted.costs, counted.announces)
    report.functions(counted.costs, counted.announces, "announce")
    costs.write_callgrind(arguments.out, counted.costs, command_line(arguments))
    print(f"\nwritten: {arguments.out}; open it with kcachegrind")


def sample_store(arguments, binary, folder, progress):
    perf.require()
    event = perf.choose_event()
    progress.say(f"sampling {arguments.row} by {event}: half a minute")
    stacks = store.sample(binary, arguments.row, folder, event)
    print(f"\n{arguments.row}: {stacks.samples:,} samples of announces by {event}")
    report.samples(stacks)
    if arguments.flamegraph is not None:
        flamegraph.draw(stacks, arguments.row, arguments.flamegraph)
        print(f"\nwritten: {arguments.flamegraph}; open it with a browser")


def run_store(arguments, folder, progress):
    binary = (arguments.builds / "profile-store/tests/bench/bench_swarm").resolve()
    if arguments.tool in ("callgrind", "both"):
        count_store(arguments, binary, folder, progress)
    if arguments.tool in ("perf", "both"):
        sample_store(arguments, binary, folder, progress)


def run_stages(arguments, folder, progress):
    with make_pipeline(arguments, folder, progress) as weir:
        weir.warm_up(progress)
        progress.say(f"measuring for {arguments.seconds} s")
        interval = stages.watch(weir.ask, arguments.seconds)
        weir.end()
    interval.print()
    if arguments.plot is not None:
        stages.plot(interval, arguments.plot, f"Weir, {arguments.kind}")
        print(f"\nwritten: {arguments.plot}")


def main():
    arguments = parse_arguments()
    if arguments.check_arguments:
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="weir-profile-") as folder:
            arguments.function(arguments, folder, Progress())
    except (process.Failure, OSError, subprocess.SubprocessError) as failure:
        print(f"scripts/profile: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    standard_output.run(main)
