# SPDX-License-Identifier: BSD-3-Clause
"""aquatic_udp: TOML, every key optional, unknown ones refused (crates/udp/src/config.rs)."""

from . import actions, kinds, toml_file
from .mapping import adapted, missing, needless, taken
from .report import Fate

NAME = "aquatic"
COUNTS = "aquatic does not count downloads, so there are no counts to move."

SOCKETS = "Weir has queues of the card instead of sockets: driver.rx_descriptors, driver.tx_descriptors"
METRICS = "weir-gateway serves metrics and a page; weirctl shows the same"


def family(draft, row, source, value, entry):
    actions.keep(draft, row, source, value, entry)
    draft.report.add(Fate.ADAPTED, source, "ports[].addresses", "", row.note)


def export(draft, row, source, value, entry):
    draft.report.add(Fate.ADAPTED, source, "export.file", "", row.note)
    draft.report.todo.append("Set export.file in weir.cfg if something reads the scrape export of aquatic.")


TABLE = (
    adapted("socket_workers", kinds.number(), "", "", default=1, do=actions.workers),
    taken("log_level", kinds.word(*actions.LEVELS), "log.level", default="error", do=actions.log_level),
    adapted("network.use_ipv4", kinds.flag, "", "addresses of ports decide", default=True, do=family),
    adapted("network.use_ipv6", kinds.flag, "", "addresses of ports decide", default=True, do=family),
    taken("network.address_ipv4", kinds.listen(), "tracker.port", default="0.0.0.0:3000", do=actions.listen),
    taken("network.address_ipv6", kinds.listen(), "tracker.port", default="[::]:3000", do=actions.listen),
    needless("network.socket_recv_buffer_size", kinds.number(), SOCKETS),
    needless("network.poll_timeout_ms", kinds.number(), "lcores poll without a timeout (lcores.idle)"),
    needless("network.resend_buffer_max_len", kinds.number(), SOCKETS),
    needless("network.set_only_ipv6", kinds.flag, "addresses are of one family each"),
    needless("network.use_io_uring", kinds.flag, "DPDK passes the kernel by"),
    needless("network.ring_size", kinds.number(0, 65535), SOCKETS),
    needless("network.set_reuseport_lb", kinds.flag, "for FreeBSD"),
    needless(
        "protocol.max_scrape_torrents",
        kinds.number(0, 255),
        "Weir answers as many as fit a packet: 72 over IPv4, 71 over IPv6",
    ),
    taken(
        "protocol.max_response_peers",
        kinds.number(),
        "tracker.peers_max_ipv4",
        default=30,
        do=actions.peers_all,
    ),
    taken("protocol.peer_announce_interval", kinds.number(1, 2**31 - 1), "tracker.interval", default=900),
    needless("statistics.interval", kinds.number(), METRICS),
    missing(
        "statistics.torrent_peer_histograms",
        kinds.flag,
        "weirctl largest shows the largest swarms",
        off=(False,),
    ),
    missing("statistics.peer_clients", kinds.flag, "weirctl clients counts client programs", off=(False,)),
    missing("statistics.print_to_stdout", kinds.flag, "use weirctl top or weirctl stats", off=(False,)),
    missing("statistics.write_html_to_file", kinds.flag, METRICS, off=(False,)),
    needless("statistics.html_file_path", kinds.text, METRICS),
    missing("statistics.run_prometheus_endpoint", kinds.flag, METRICS + " (/metrics)", off=(False,)),
    adapted("statistics.prometheus_endpoint_address", kinds.endpoint(), "", METRICS, do=actions.gateway),
    missing("statistics.prometheus_peer_id_prefixes", kinds.flag, METRICS, off=(False,)),
    needless("cleaning.torrent_cleaning_interval", kinds.number(), "workers remove old peers all the time"),
    taken(
        "cleaning.max_connection_age",
        kinds.number(0, kinds.UINT32_MAX),
        "tracker.connection_id_max_age",
        default=120,
    ),
    taken("cleaning.max_peer_age", kinds.number(0, kinds.UINT32_MAX), "swarm.peer_timeout", default=1200),
    needless(
        "privileges.drop_privileges",
        kinds.flag,
        "weir.service runs Weir as user weir",
        do=actions.keep_and_tell,
    ),
    needless(
        "privileges.chroot_path",
        kinds.text,
        "weir.service closes Weir in; lists are where access.file says",
        do=actions.chroot,
    ),
    needless("privileges.group", kinds.text, "weir.service has a group of its own"),
    needless("privileges.user", kinds.text, "weir.service has a user of its own"),
    taken(
        "access_list.mode", kinds.word("off", "allow", "deny"), "access.mode", default="off", do=actions.keep
    ),
    taken("access_list.path", kinds.path, "access.file", default="./access-list.txt", do=actions.keep),
    adapted(
        "scrape_exports.enable_scrape_exports",
        kinds.flag,
        "",
        "lines have a fifth column, completed; export.file must be a path that Weir may write",
        off=(False,),
        do=export,
    ),
    needless("scrape_exports.frequency", kinds.number(), "export.interval is in seconds, by default 600"),
    needless("scrape_exports.path", kinds.path, "export.file is to be set by hand"),
)


def entries(path, problems):
    return toml_file.read(path, problems)


def finish(draft, problems):
    mode, mode_source = draft.kept["access_list.mode"]
    path, path_source = draft.kept["access_list.path"]
    if not draft.kept.get("privileges.drop_privileges", (False, None))[0]:
        draft.root = ""
    used = {4: draft.kept["network.use_ipv4"][0], 6: draft.kept["network.use_ipv6"][0]}
    for address, _, source in draft.listens:
        if not used[address.version]:
            draft.report.add(Fate.NOT_NEEDED, source, note=f"network.use_ipv{address.version} is false")
    draft.listens = [listen for listen in draft.listens if used[listen[0].version]]
    draft.report.add(Fate.TAKEN, mode_source, "access.mode", mode)
    if mode == "off":
        draft.report.add(Fate.NOT_NEEDED, path_source, note="access_list.mode is off")
    else:
        draft.torrents.append((mode, path, path_source))
    if not draft.listens:
        source = draft.kept["network.use_ipv6"][1]
        problems.add(source.where or NAME, "network", "uses neither IPv4 nor IPv6; must use one of them")
