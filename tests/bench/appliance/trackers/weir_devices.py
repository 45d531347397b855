# SPDX-License-Identifier: BSD-3-Clause
"""Weir on several devices, with both roles on one CPU, and once without the full records of peers."""

from lab_network import TRACKER_LINK
from trackers.tracker import Tracker
from weir import Settings, Weir

_MARGIN = 1.1  # capacity of tables, relative to the load


class OnDevice(Tracker):
    version = "this tree"
    device = ""  # its --vdev argument
    descriptors = 512
    detail = True  # full records of peers, which Weir keeps by default
    stack = "own"  # host.stack
    # As in the driver files of software devices: busy polling would take the CPU from the kernel,
    # which has to deliver the packets.
    idle = "auto"

    def __init__(self, program):
        super().__init__(program.parent)
        self._program = program

    @property
    def program(self):
        return self._program

    def missing(self):
        return "" if self.program.exists() else f"{self.program} does not exist"

    def start(self, lab, wire, task):
        # The kernel needs no configuration: Weir has its own addresses and resolves next hops itself.
        settings = Settings(
            vdevs=[self.device_of(lab)],
            main=task.cpu,
            io=[task.cpu],
            workers=[task.cpu],
            ports=self.ports(),
            groups={
                "host": {"stack": self.stack},
                "lcores": {"idle": self.idle},
                "driver": {"rx_descriptors": self.descriptors, "tx_descriptors": self.descriptors},
                "swarm": {
                    "max_torrents": int(task.torrents * _MARGIN),
                    "max_peers": int(task.peers * _MARGIN),
                    "max_peers_ipv6": 0,
                    "peer_detail": self.detail,
                },
            },
        )
        with wire.tracker.inside():
            return Weir(lab, self.program, settings).wait_ready().process

    def stop(self, lab, process):
        lab.end(process)

    def device_of(self, lab):
        return self.device

    def ports(self):
        """As in weir.Settings; empty: the device, with the tracker's address."""
        return []

    def client_device(self):
        """The device of the load on the other end; None: that of the veth pair."""


class OnMemif(OnDevice):
    name = "weir_memif"
    over_wire = False
    idle = "poll"
    remark = "not comparable: shared memory in place of the network, no kernel in the path"

    def device_of(self, lab):
        self._socket = lab.folder / "memif.sock"
        return f"net_memif0,role=server,id=0,socket={self._socket},socket-abstract=no"

    def client_device(self):
        return f"net_memif0,role=client,id=0,rsize=12,socket={self._socket},socket-abstract=no"


class OnMemifPlain(OnMemif):
    name = "weir_memif_plain"
    detail = False


class OnAfPacket(OnDevice):
    name = "weir_af_packet"
    device = f"net_af_packet0,iface={TRACKER_LINK},framecnt=4096"


class OnAfXdp(OnDevice):
    name = "weir_af_xdp"
    device = f"net_af_xdp0,iface={TRACKER_LINK},start_queue=0,queue_count=1,force_copy=1,busy_budget=0"
    descriptors = 2048

    def start(self, lab, wire, task):
        process = super().start(lab, wire, task)
        self.helpers = (wire.thread_receive_work(task.cpu),)
        return process


class Beside(OnAfXdp):
    """The interface stays the kernel's, and Weir's XDP program hands over the datagrams for the tracker."""

    name = "weir_beside"
    stack = "kernel"

    @property
    def xdp_program(self):
        return self.program.parents[1] / "xdp/tracker_port.o"

    def missing(self):
        return super().missing() or (
            "" if self.xdp_program.exists() else f"{self.xdp_program} does not exist"
        )

    def start(self, lab, wire, task):
        wire.route_through_kernel()
        return super().start(lab, wire, task)

    def device_of(self, lab):
        return f"{self.device},xdp_prog={self.xdp_program.resolve()}"

    def ports(self):
        return [("net_af_xdp0", ["interface"])]
