# SPDX-License-Identifier: BSD-3-Clause
"""What will be Weir's configuration, while it is put together."""

from dataclasses import dataclass, field

from .report import Fate

# Ranges of those settings that other trackers have without a limit, or with another one. A test compares them
# with weir --print-options.
RANGES = {
    "tracker.port": (1, 65535),
    "tracker.interval": (1, 86400),
    "tracker.interval_spread": (0, 3600),
    "tracker.peers_default": (0, 200),
    "tracker.peers_max_ipv4": (0, 200),
    "tracker.peers_max_ipv6": (0, 66),
    "tracker.connection_id_max_age": (60, 7200),
    "swarm.max_torrents": (1, 134000000),
    "swarm.max_peers": (1, 2000000000),
    "swarm.peer_timeout": (1, 604800),
    "swarm.keep_completed": (0, 31536000),
    "export.interval": (1, 604800),
}

# What those are in Weir that the rules below need.
DEFAULTS = {
    "tracker.interval": 1800,
    "tracker.interval_spread": 120,
    "swarm.peer_timeout": 2700,
    "swarm.keep_completed": 86400,
}

SPREAD_PART = 15  # Weir's default spread is this part of its default interval
COME_BACK_S = 60  # what a peer gets above the longest interval, at least


@dataclass(frozen=True)
class Source:
    """Where a value comes from, for the report."""

    name: str
    value: object
    where: str = ""  # FILE:LINE; "": a default of the tracker, or of this program


@dataclass
class Draft:
    report: object
    settings: dict = field(default_factory=dict)  # "group.name" -> value
    origins: dict = field(default_factory=dict)  # "group.name" -> Source
    listens: list = field(default_factory=list)  # (address, port, Source), UDP only
    comments: list = field(default_factory=list)  # lines for the end of the configuration
    torrents: list = field(default_factory=list)  # see lists.py
    clients: list = field(default_factory=list)
    keys: list = field(default_factory=list)
    root: str = ""  # folder that the tracker was closed into
    kept: dict = field(default_factory=dict)  # key -> (value, source), of settings that depend on each other

    def set(self, setting, value, source, note="", fate=Fate.TAKEN):
        """Of a number outside of Weir's range the nearest one is taken, and the report says so."""
        low, high = RANGES.get(setting, (value, value))
        allowed = min(max(value, low), high) if setting in RANGES else value
        if allowed != value:
            fate = Fate.ADAPTED
            note = f"{note}; " if note else ""
            note += f"Weir takes {low} to {high}"
        self.settings[setting] = allowed
        self.origins[setting] = source
        self.report.add(fate, source, setting, allowed, note)

    def get(self, setting):
        return self.settings.get(setting, DEFAULTS.get(setting))

    def listen(self, endpoint, source):
        self.listens.append((endpoint[0], endpoint[1], source))

    def finish_times(self):
        """Weir's rule: a peer must not expire before it announces again."""
        interval, timeout = self.get("tracker.interval"), self.get("swarm.peer_timeout")
        room = timeout - interval if timeout > interval else interval
        if "tracker.interval_spread" not in self.settings:
            self.set(
                "tracker.interval_spread",
                min(interval // SPREAD_PART, room // 2),
                Source("announce interval", "the same for all clients"),
                "random seconds on top, so that clients do not all announce at once",
                Fate.ADAPTED,
            )
        longest = interval + self.get("tracker.interval_spread")
        if timeout > longest:
            return
        source = self.origins.get("swarm.peer_timeout", Source("peer timeout", timeout))
        self.report.lines = [line for line in self.report.lines if line.setting != "swarm.peer_timeout"]
        self.set(
            "swarm.peer_timeout",
            longest + max(COME_BACK_S, interval // 10),
            source,
            "raised: peers would expire before they announce again",
            Fate.ADAPTED,
        )

    def finish_port(self):
        """One UDP port for all addresses."""
        if not self.listens:
            return
        ports = [port for _, port, _ in self.listens]
        port = max(dict.fromkeys(ports), key=ports.count)
        for address, other, source in self.listens:
            if other == port:
                where = "any address" if address.is_unspecified else str(address)
                self.set("tracker.port", port, source, f"on {where}: ports[].addresses has Weir's")
            else:
                self.report.add(
                    Fate.NO_EQUAL,
                    source,
                    note=f"a Weir has one UDP port, here {port}: run another Weir for port {other}, or give "
                    "these clients a new URL",
                )
        self.listens = [listen for listen in self.listens if listen[1] == port]
