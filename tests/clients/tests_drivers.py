# SPDX-License-Identifier: BSD-3-Clause
"""Each file of a virtual driver, used as it is: -c drivers-config/<driver>.cfg."""

import os
import subprocess

import bep15
import frames
import process
import weir as weir_module
from bep15 import expect
from catalogue import test
from lab import Lab
from process import Failure
from tests_host import ping
from weir import Weir, write_config

RETURNED = "mbufs returned"


def _literal(driver):
    return os.path.join("drivers-config", f"{driver}.cfg")


def _serves(weir, client, link):
    """Pings, and one exchange of every kind, over both families; then a clean end."""
    for address in ("10.77.0.1", "fd77::1"):
        ping(client, address, link)
        bep15.full_exchange(client, address)
    expect("exit status", weir.stop(), 0)


@test("net_tap.cfg serves", "ping")
def net_tap(binary):
    with Lab(binary, config=_literal("net_tap")) as lab:
        lab.start_weir()
        _serves(lab.weir, lab.client(2), "eth0")
        expect("mbufs leaked", "leaked" in lab.weir.log(), False)


def _on_kernel_interface(binary, driver):
    with Lab(binary) as lab:
        client = lab.wire()
        lab.weir = Weir(lab.hub, binary, _literal(driver), lab.folder)
        lab.on_exit(lab.weir.stop)
        lab.weir.start()
        lab.weir.wait_for_addresses()
        _serves(lab.weir, client, "client0")


@test("net_af_packet.cfg serves", "ping")
def net_af_packet(binary):
    _on_kernel_interface(binary, "net_af_packet")


@test("net_af_xdp.cfg serves", "ping")
def net_af_xdp(binary):
    weir_module.needs_af_xdp()
    _on_kernel_interface(binary, "net_af_xdp")


def _memif_to_tap(lab, run_folder):
    """A wire of another DPDK process: what comes from the TAP client0 goes to Weir, and back."""
    client = lab.namespace("client0")
    command = (
        "dpdk-testpmd",
        "--lcores=0,1",
        "--no-huge",
        "--no-shconf",
        "-m",
        "256",
        "--no-pci",
        "--file-prefix=wire",
        "--no-telemetry",
        "--vdev=net_memif0,role=client,id=0,socket=/run/weir-memif.sock,socket-abstract=no",
        "--vdev=net_tap0,iface=client0",
        "--",
        "-i",
        "--forward-mode=io",
        "--total-num-mbufs=8192",
        "--disable-link-check",
    )
    script = 'mount --bind "$0" /run && exec "$@"'
    log_path = lab.path("testpmd.log")
    with open(log_path, "w", encoding="utf-8") as log:
        wire = lab.spawn(
            client,
            "sh",
            "-c",
            script,
            run_folder,
            *command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            env=dict(os.environ, RUNTIME_DIRECTORY=lab.folder),
        )
    try:
        process.wait_until(lambda: "testpmd>" in process.read_text(log_path), "testpmd")
        client.configure_client("client0", 2)
        wire.stdin.write("start\n")
        wire.stdin.flush()
    except Failure as error:
        error.add_note(process.read_text(log_path))
        raise
    return client


@test("net_memif.cfg serves", "ping", "dpdk-testpmd")
def net_memif(binary):
    with Lab(binary) as lab:
        # The file names a socket in /run: both sides get a /run of their own.
        run_folder = lab.make_folder("run")
        lab.weir = Weir(lab.hub, binary, _literal("net_memif"), lab.folder)
        lab.on_exit(lab.weir.stop)
        lab.weir.start(run_folder=run_folder)
        client = _memif_to_tap(lab, run_folder)
        lab.weir.wait_for_addresses()
        _serves(lab.weir, client, "client0")


def _connect_frames(count):
    """Connect requests of both families to the address of a net_pcap port."""
    made = []
    for i in range(count):
        for pair in (("10.77.0.9", "10.77.0.1"), ("fd77::9", "fd77::1")):
            made.append(
                frames.build(
                    "02:00:00:00:00:09",
                    "02:70:63:61:70:00",
                    *pair,
                    (4000 + i, 6969),
                    bep15.connect_request(i),
                )
            )
    return made


def _run_pcap(lab, config, *arguments):
    """Runs Weir on in.pcap in the lab's folder to its end; returns it."""
    frames.write_pcap(lab.path("in.pcap"), _connect_frames(50))
    run = Weir(lab.hub, lab.binary, config, lab.folder)
    lab.weir = run
    lab.on_exit(run.stop)
    run.start(*arguments, folder=lab.folder)
    expect("exit status", run.wait_for_end(), 0)
    return run


@test("net_pcap.cfg reads every frame and ends cleanly")
def net_pcap(binary):
    with Lab(binary) as lab:
        config = weir_module.driver_config("net_pcap")  # in.pcap is in the current folder
        run = _run_pcap(lab, config, "--run-for", "2")
        expect("frames read", "stat rx_packets 100\n" in run.log(), True)
        expect("out.pcap is there", os.path.exists(lab.path("out.pcap")), True)


@test("net_pcap answers a file of connects with a file of replies")
def net_pcap_replies(binary):
    settings = "host = { dad = false; }; test = { stop_after = 100; };"
    with Lab(binary) as lab:
        _run_pcap(lab, write_config(lab.folder, "net_pcap", settings))
        replies = list(frames.read_datagrams(lab.path("out.pcap")))
        expect("replies", len(replies), 100)
        ids = {(reply.source, reply.payload[8:]) for reply in replies}
        expect("sizes", {len(reply.payload) for reply in replies}, {16})
        expect("one id for each address", len(ids), 2)


@test("net_ring.cfg starts and ends cleanly")
def net_ring(binary):
    with Lab(binary) as lab:
        run = Weir(lab.hub, binary, _literal("net_ring"), lab.folder)
        lab.weir = run
        lab.on_exit(run.stop)
        run.start("--run-for", "2")
        expect("exit status", run.wait_for_end(), 0)
        expect("all mbufs returned", RETURNED in run.log(), True)
