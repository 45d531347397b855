# SPDX-License-Identifier: BSD-3-Clause
"""Weir on three devices, receive queues and torrents on one CPU."""

from lab_network import TRACKER_LINK
from trackers.tracker import Tracker
from weir import Settings, Weir

_ROOM = 1.1  # some more than there are


class OnDevice(Tracker):
    version = "this tree"
    device = ""  # its --vdev argument
    descriptors = 512
    # As its driver files have it on a device made of software. One that polls takes the CPU from the
    # kernel, which must bring it the packets.
    idle = "auto"

    def __init__(self, program):
        super().__init__(program.parent)
        self._program = program

    @property
    def program(self):
        return self._program

    def missing(self):
        return "" if self.program.exists() else f"there is no {self.program}"

    def start(self, lab, wire, task):
        # Nothing of the kernel's: Weir has its own addresses and learns next hops by itself.
        settings = Settings(
            vdevs=[self.device_of(lab)],
            main=task.cpu,
            io=[task.cpu],
            workers=[task.cpu],
            groups={
                "lcores": {"idle": self.idle},
                "driver": {"rx_descriptors": self.descriptors, "tx_descriptors": self.descriptors},
                "swarm": {
                    "max_torrents": int(task.torrents * _ROOM),
                    "max_peers": int(task.peers * _ROOM),
                    "max_peers_ipv6": 0,
                },
            },
        )
        with wire.tracker.inside():
            return Weir(lab, self.program, settings).wait_ready().process

    def stop(self, lab, process):
        lab.end(process)

    def device_of(self, lab):
        return self.device

    def client_device(self):
        """Of the load on the other end; nothing if it is the wire's."""


class OnMemif(OnDevice):
    name = "weir_memif"
    over_wire = False
    idle = "poll"
    remark = "not like with like: shared memory in the network's place, no kernel on the way"

    def device_of(self, lab):
        self._socket = lab.folder / "memif.sock"
        return f"net_memif0,role=server,id=0,socket={self._socket},socket-abstract=no"

    def client_device(self):
        return f"net_memif0,role=client,id=0,rsize=12,socket={self._socket},socket-abstract=no"


class OnAfPacket(OnDevice):
    name = "weir_af_packet"
    device = f"net_af_packet0,iface={TRACKER_LINK},framecnt=4096"


class OnAfXdp(OnDevice):
    name = "weir_af_xdp"
    device = f"net_af_xdp0,iface={TRACKER_LINK},start_queue=0,queue_count=1,force_copy=1"
    descriptors = 2048

    def start(self, lab, wire, task):
        process = super().start(lab, wire, task)
        self.helpers = (wire.thread_receive_work(task.cpu),)
        return process
