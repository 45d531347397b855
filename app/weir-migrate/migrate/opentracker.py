# SPDX-License-Identifier: BSD-3-Clause
"""opentracker: lines of KEY VALUE. What is compiled in is a default here.

Its parser takes `#` for a comment at the start of a line only, and an address without a port for port 6969.
"""

import re

from . import actions, config_text, kinds
from .draft import Source
from .entries import Entry
from .mapping import adapted, missing, needless, taken
from .report import Fate

NAME = "opentracker"
COUNTS = (
    "opentracker's counts can be moved: fetch http://TRACKER/stats?mode=statedump, and give it to --counts."
)
PORT = 6969
COMPILED = "compiled into opentracker"

HTTP = "Weir answers UDP alone; clients keep using opentracker, or another tracker, over HTTP"
STATS = "statistics come from weir-gateway (--listen, --token-file), not from the tracker's port"
CLUSTER = (
    "Weirs do not copy swarms to each other; tracker.key_file can be shared by several (docs/control.md)"
)


def listen_both(draft, row, source, value, entry):
    draft.listen(value, source)
    draft.report.add(Fate.NO_EQUAL, Source(f"{source.name} (TCP)", source.value, source.where), note=HTTP)


def access(mode):
    def do(draft, row, source, value, entry):
        draft.torrents.append((mode, value, source))

    return do


TABLE = (
    adapted("listen.udp.workers", kinds.number_text(), "", "", do=actions.workers),
    taken("listen.tcp_udp", kinds.listen(PORT), "tracker.port", do=listen_both),
    missing("listen.tcp", kinds.endpoint(PORT), HTTP),
    taken("listen.udp", kinds.listen(PORT), "tracker.port", do=actions.listen),
    taken("access.whitelist", kinds.path, "access.file", do=access("allow")),
    taken("access.blacklist", kinds.path, "access.file", do=access("deny")),
    missing("access.fifo_add", kinds.path, "use: weirctl access add HASH, which also keeps it in the file"),
    missing(
        "access.fifo_delete", kinds.path, "use: weirctl access remove HASH, which also keeps it in the file"
    ),
    missing("access.stats", kinds.network, STATS),
    missing("access.stats_path", kinds.text, STATS),
    missing("access.proxy", kinds.network, "Weir sees the addresses of clients themselves; it has no HTTP"),
    missing("livesync.cluster.listen", kinds.endpoint(9696), CLUSTER),
    missing("livesync.cluster.node_ip", kinds.network, CLUSTER),
    missing("batchsync.cluster.admin_ip", kinds.address, CLUSTER),
    needless(
        "tracker.rootdir",
        kinds.path,
        "weir.service closes Weir in; lists are where access.file says",
        do=actions.chroot,
    ),
    needless("tracker.user", kinds.text, "weir.service runs Weir as user weir"),
    missing("tracker.redirect_url", kinds.text, "Weir answers no HTTP; a web server can redirect"),
)

# trackerlogic.h: what an operator cannot set. The interval varies by as much to both sides.
COMPILED_IN = (
    ("OT_CLIENT_REQUEST_INTERVAL", "1800 +- 180 s", "tracker.interval", 1620),
    ("OT_CLIENT_REQUEST_VARIATION", "360 s", "tracker.interval_spread", 360),
    ("OT_PEER_TIMEOUT", "45 min", "swarm.peer_timeout", 2700),
    ("OT_TORRENT_TIMEOUT", "24 h", "swarm.keep_completed", 86400),
    ("OT_MAX_PEERS_UDP4", "200", "tracker.peers_max_ipv4", 200),
    ("OT_MAX_PEERS_UDP6", "66", "tracker.peers_max_ipv6", 66),
)


# What may stand there several times.
MANY = ("listen.", "access.stats", "access.proxy", "livesync.cluster.node_ip")


def check_again(seen, name, where, problems):
    """opentracker would take the last one."""
    if name in seen and (name == "access.stats_path" or not name.startswith(MANY)):
        problems.add(where, name, f"is there twice, first in line {seen[name]}; must be there once at most")
    seen.setdefault(name, where.rpartition(":")[2])


def entries(path, problems):
    """Entries of the file. Lines that are too long for opentracker's buffer are wrong."""
    text, seen = config_text.read_text(path, problems), {}
    for number, line in enumerate((text or "").split("\n"), 1):
        line = line.strip()
        if line == "" or line.startswith("#"):
            continue
        where = f"{path}:{number}"
        if len(line.encode()) > 510:
            problems.add(where, "", "is too long; opentracker reads at most 510 bytes a line")
            continue
        match = re.fullmatch(r"(\S+)\s+(.*)", line)
        if match is None:
            problems.add(where, line[:60], "has no value; must be KEY VALUE")
            continue
        check_again(seen, match[1], where, problems)
        yield Entry(match[1], match[1], match[2], where)


def check_lists(draft, problems):
    if len({mode for mode, _, _ in draft.torrents}) > 1:
        _, _, source = draft.torrents[-1]
        problems.add(
            source.where, source.name, "stands beside another list; must be a whitelist or a blacklist"
        )
    draft.torrents[:-1] = []  # opentracker takes the last one


def finish(draft, problems):
    check_lists(draft, problems)
    if not draft.listens:
        draft.listen(kinds.endpoint(PORT)(f"0.0.0.0:{PORT}"), Source("listen.tcp_udp", f"0.0.0.0:{PORT}"))
    for name, value, setting, number in COMPILED_IN:
        draft.set(setting, number, Source(name, value, ""), COMPILED)
    draft.report.add(
        Fate.ADAPTED,
        Source("connection ids", "good until opentracker ends"),
        "tracker.connection_id_max_age",
        120,
        "a client that uses an older one gets an error and connects again; up to 7200 is allowed",
    )
