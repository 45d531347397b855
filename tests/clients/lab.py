# SPDX-License-Identifier: BSD-3-Clause
"""A network of namespaces with one Weir in the middle.

    hub:      bridge br0 ── weir0 (TAP) ── Weir, 10.77.0.1 and fd77::1
                │  │
    clients:  eth0  eth0 …                 10.77.0.N and fd77::N

Clients see each other and Weir, and nothing else: no namespace has a route out.

The kernel's end of a net_tap device gets the MAC address that Weir uses too. A bridge takes the
addresses of its own ports for itself: it would deliver frames for Weir to the hub's own stack,
and they would never reach the TAP. So the kernel's end gets another address before it joins.
"""

import contextlib
import itertools
import os
import shutil
import tempfile

import capture
import namespace
import process
import weir

TAP_KERNEL_MAC = "02:00:00:00:00:fe"
# Ready at once: nobody else is on this network. The driver tests keep the default.
QUICK = "host = { dad = false; };"

_serial = itertools.count()


class Lab:
    """with Lab(binary) as lab: …   Everything it made is gone afterwards, whatever happened."""

    def __init__(self, binary, settings="", config=None):
        self.binary = binary
        self.settings = settings
        self.config = config
        self.weir = None
        self.weir_starts = 0
        self.hub = None
        self._clients = {}
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as exits:
            self._exits = exits
            self.folder = tempfile.mkdtemp(prefix="weir-lab-")  # 0700, as telemetry wants it
            exits.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.hub = self.namespace("hub")
            self.hub.silence_ipv6()
            self.hub.ip("link", "add", "br0", "type", "bridge")
            self.hub.ip("link", "set", "br0", "up")
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None and self.weir is not None:
            error.add_note(f"Log of weir:\n{self.weir.log()}")
        return self._exits.__exit__(kind, error, trace)

    def namespace(self, name):
        """A new namespace that nothing is joined to yet."""
        made = namespace.Namespace(f"weir-{os.getpid()}-{next(_serial)}-{name}")
        self._exits.callback(made.delete)
        return made

    def path(self, *names):
        """A path in the lab's own folder."""
        return os.path.join(self.folder, *names)

    def make_folder(self, *names):
        """A folder in the lab's own folder, there from now on."""
        os.makedirs(self.path(*names), exist_ok=True)
        return self.path(*names)

    def start_weir(self):
        """Starts Weir on a TAP of the bridge and waits until it answers on its addresses."""
        config = self.config
        if config is None:
            config = weir.write_config(self.folder, "net_tap", self.settings)
        self.weir_starts += 1
        log_name = f"weir-{self.weir_starts}.log"
        self.weir = weir.Weir(self.hub, self.binary, config, self.folder, log_name)
        self._exits.callback(self.weir.stop)
        self.weir.start()
        self._plug_tap()
        self.weir.wait_for_addresses()
        # A new TAP has a new MAC address, where a card keeps its own: clients look again.
        for client in self._clients.values():
            client.ip("neigh", "flush", "dev", "eth0")
        return self.weir

    def _plug_tap(self):
        tap = ["link", "set", "weir0"]
        self.hub.ip(*tap, "address", TAP_KERNEL_MAC)
        # First the bridge, then up: what Weir sends when its link comes up must reach clients.
        self.hub.ip(*tap, "master", "br0")
        self.hub.ip(*tap, "up")

    def client(self, number):
        """The namespace of client `number` (2 to 9), made when first asked for."""
        if number not in self._clients:
            client = self.namespace(f"client{number}")
            port = f"port{number}"
            self.hub.ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", client.name)
            self.hub.ip("link", "set", port, "master", "br0", "up")
            client.configure_client("eth0", number)
            self._clients[number] = client
        return self._clients[number]

    def wire(self):
        """A client joined to the hub by a plain veth pair: weir0 there, client0 in the client."""
        client = self.namespace("client0")
        self.hub.ip("link", "add", "weir0", "type", "veth", "peer", "name", "client0", "netns", client.name)
        self.hub.ip("link", "set", "weir0", "up")
        client.configure_client("client0", 2)
        return client

    def spawn(self, where, *arguments, **options):
        """A program in a namespace, ended with the lab at the latest."""
        child = where.spawn(*arguments, **options)
        self._exits.callback(process.stop, child)
        return child

    def on_exit(self, function, *arguments):
        self._exits.callback(function, *arguments)

    def capture(self, path=None):
        """Records all frames on Weir's TAP until stop()."""
        path = path or self.path("capture.pcap")
        recording = capture.Capture(self.hub, "weir0", path)
        self._exits.callback(recording.stop)
        return recording
